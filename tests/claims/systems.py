"""The kinds of system of the article as small models, every number written out, so that no prior set moves a verdict.

Numbers are the defaults of the article's world: the domain model's, nearly all of them assumptions. Days are calendar
days, an hour a week is given at any time of it, and nobody has a calendar: claims are about work, not about nights.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from changeflow.model.reading import build_model
from changeflow.model.schema import Model

Raw = dict[str, Any]

WORK = {"data": (0.28, 4), "process": (0.20, 10), "event": (0.12, 6), "algorithm": (0.08, 16), "report": (0.22, 5),
        "analytics": (0.10, 8)}  # fmt: skip
"""Share of the requests and mean reference hours."""
QUALITY = {"law": "beta", "alpha": 2, "beta": 3}
CAUGHT = {"misunderstanding": (0.1, 0.6, 28), "omission": (0.05, 0.5, 63), "promise": (0.0, 0.7, 28),
          "slip": (0.4, 0.5, 28), "deviation": (0.1, 0.6, 28)}  # fmt: skip
"""By kind of error: caught at review, at acceptance, days to discovery."""
ERRORS: Raw = {
    "per_link": 0.15, "quality_effect": 0.6, "omission_share": 0.4, "irreducible": 0.05, "quality_gain": 0.2,
    "repair": {"review": 0.3, "acceptance": 0.5, "production": 1.5, "built_on": 2.5, "built_on_after_days": 60},
    "kinds": {
        kind: {"caught_at_review": review, "caught_at_acceptance": acceptance, "discovery_days": days}
        for kind, (review, acceptance, days) in CAUGHT.items()
    },
}  # fmt: skip
ARCHETYPES: dict[str, Raw] = {
    "turnkey": {"fit": 0.85, "flexibility": 0.45, "vendor": (1, 1), "engineers": 2, "project": 600},
    "script": {"fit": 0.85, "flexibility": 0.40, "open": (0.1, 0, 0, 0, 0.2, 0.1), "vendor": (1, 1), "inside": (1, 1),
               "links": (1, 1), "project": 600},
    "plugin": {"fit": 0.80, "flexibility": 0.35, "open": (0.4, 0.1, 0, 0, 0.4, 0.2), "vendor": (1, 1),
               "inside": (1.5, 2), "project": 450},
    "partly": {"fit": 0.80, "flexibility": 0.65, "open": (0.9, 0.5, 0.3, 0.1, 0.8, 0.5), "vendor": (2, 2),
               "inside": (2, 3), "project": 350},
    "open": {"fit": 0.80, "flexibility": 0.85, "open": (1, 0.95, 0.9, 0.8, 1, 0.95), "vendor": (3, 3),
             "inside": (3, 3), "project": 250},
    "in_name": {"fit": 0.80, "flexibility": 0.60, "open": (1, 0.95, 0.9, 0.8, 1, 0.95), "access": 0.15,
                "vendor": (2, 2), "inside": (1, 1), "links": (2, 1), "project": 400, "hours": 2.5},
}  # fmt: skip
"""A2 to A7. `vendor`: speed of the changes and of the project; `inside`: speed and people; `links`: vendor, inside."""


def system(kind: str, **changes: Any) -> Model:
    """One kind of system; `stations__vendor__speed=2` varies `stations.vendor.speed`, a table is merged into what is
    there."""
    raw = copy.deepcopy(_raw(ARCHETYPES[kind]))
    for path, value in changes.items():
        _put(raw, path.split("__"), value)
    return build_model(raw, file=Path(f"{kind}.toml"), shown=f"{kind}.toml")


def _raw(of: Raw) -> Raw:
    links = of.get("links", (2, 0))
    vendor = {
        "kind": "vendor", "stage": "change", "servers": of.get("engineers", 1), "hours_per_week": 40,
        "speed": of["vendor"][0], "price_per_hour": 90, "intake_delay_hours": 48,
        "errors": {"links": links[0], "slip": 0.04},
    }  # fmt: skip
    stations: Raw = {"vendor": vendor}
    if "open" in of:
        speed, people = of["inside"]
        inside = {
            "kind": "in_house", "stage": "change", "servers": people, "hours_per_week": of.get("hours", 7.5),
            "speed": speed, "price_per_hour": 45, "errors": {"links": links[1], "slip": 0.07},
            "openness": dict(zip(WORK, of["open"], strict=True)), "access": of.get("access", 1.0),
        }  # fmt: skip
        stations = {"inside": inside, "vendor": vendor}
    return {
        "title": "a claim on trial",
        "horizon_days": 540,
        "categories": {
            name: {
                "share": share, "work_hours": {"law": "lognormal", "mean": mean, "scv": 1},
                "specification_quality": QUALITY,
            }
            for name, (share, mean) in WORK.items()
        },
        "demand": {
            "sources": {
                "business": {"kind": "poisson", "rate_per_year": 100},
                "go_live": {"kind": "go_live", "misfits_per_100_users": 400, "fit": of["fit"], "time_days": 42},
            }
        },
        "stations": stations,
        "routing": {"entry": {"rule": "open_first", "prefer": list(stations)}},
        "system": {"flexibility": of["flexibility"]},
        "errors": ERRORS,
        "costs": {"waiting_per_day": 8, "unmet_need_per_request": 2000, "licence_per_user_month": 50},
        "adaptation": {"work_hours": of["project"], "speed": of["vendor"][1], "price_per_hour": 90},
    }  # fmt: skip


def _put(raw: Raw, path: list[str], value: Any) -> None:
    *outer, last = path
    for key in outer:
        raw = raw.setdefault(key, {})
    if value is None:
        raw.pop(last, None)
    elif isinstance(value, dict) and isinstance(raw.get(last), dict):
        raw[last] = raw[last] | value
    else:
        raw[last] = value
