"""One model with all that the engines know, for tests that need a single one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from changeflow.model.reading import build_model
from changeflow.model.schema import Model

RICH: dict[str, Any] = {
    "title": "rich",
    "horizon_days": 21,
    "open_today": 12,
    "weeks_since_go_live": 0.5,
    "calendars": {
        "office": {"hours": ["09:00-12:00", "13:00-17:00"], "holidays": "DE"},
        "late": {"week": {"mon": ["20:00-24:00"], "tue": ["00:00-02:00"], "thu": ["09:00-10:00", "11:00-19:00"]}},
    },
    "categories": {
        "data": {"share": 0.5, "work_hours": {"law": "lognormal", "mean": 2.0, "scv": 1.5}},
        "process": {
            "share": 0.3,
            "work_hours": {"law": "gamma", "mean": 2.0, "scv": 3.0},
            "difficulty": {"law": "discrete", "values": [0.0, 0.7, 1.0], "shares": [0.25, 0.5, 0.25]},
        },
        "event": {
            "share": 0.2,
            "work_hours": {"law": "weibull", "shape": 0.7, "scale": 2.0, "at_most": 3.0},
            "specification_quality": {"law": "uniform", "low": 0.0, "high": 1.0},
        },
    },
    "demand": {
        "sources": {
            "steady": {
                "kind": "poisson",
                "rate_per_day": 4,
                "batch": {"law": "discrete", "values": [1, 3], "shares": [0.7, 0.3]},
            },
            "burst": {
                "kind": "go_live",
                "misfits_per_100_users": 60,
                "fit": 0.3,
                "shape": "rise_then_decay",
                "time_days": 5,
            },
            "shifts": {
                "kind": "piecewise",
                "edges_days": [0, 5, 8, 30],
                "rates_per_day": [2, 0, 5],
                "category": "event",
            },
            "clockwork": {
                "kind": "renewal",
                "interarrival_hours": 6,
                "entry": {"inside": 0.5, "check": 0.25, "done": 0.25},
            },
            "irregular": {
                "kind": "renewal",
                "interarrival_hours": {"law": "hyperexponential", "shares": [0.4, 0.6], "means": [2.0, 19.0]},
            },
        }
    },
    "stations": {
        "inside": {
            "servers": 2,
            "stage": "change",
            "openness": {"data": 0.7, "default": 0.9},
            "calendar": "office",
            "acceptance": {"rework_probability": 0.3, "rework_work": 0.5, "max_attempts": 3, "at_limit": "withdrawn"},
        },
        "vendor": {
            "kind": "vendor",
            "servers": 70,
            "stage": "change",
            "share_for_us": 0.7,
            "calendar": "late",
            "intake_delay_hours": {"law": "erlang", "k": 2, "mean": 9.0},
            "acceptance": {"rework_probability": 0.2},
        },
        "check": {"servers": "infinite", "service_hours": {"law": "empirical", "values": [0, 0.5, 0.5, 1.0]}},
        "hall": {
            "servers": 1,
            "service_hours": {"data": 1, "default": {"law": "triangular", "low": 0.0, "mode": 1.0, "high": 2.0}},
        },
    },
    "routing": {
        "entry": {"rule": "open_first", "prefer": ["inside", "vendor"], "overflow_beyond": 1},
        "next": {
            "inside": {"check": 0.5, "done": 0.5},
            "check": {"rule": "by_category", "to": {"data": "hall", "default": "done"}},
            "hall": {"inside": 0.25, "hall": 0.25, "done": 0.5},
        },
    },
}


def rich(**changes: Any) -> Model:
    """The rich model, with some of its tables changed."""
    return small(**RICH | changes)


def small(**tables: Any) -> Model:
    """A checked model from raw tables."""
    return build_model({"title": "small", **tables}, file=Path("small.toml"), shown="small.toml")
