"""Worlds sampled from the ranges of the assumptions: what is common to all systems, and what each has of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.claims.systems import WORK

COMMON: dict[str, tuple[float, float, float]] = {
    "demand__sources__business__rate_per_year": (50, 100, 200),
    "demand__sources__go_live__misfits_per_100_users": (200, 400, 1000),
    "demand__sources__go_live__time_days": (28, 42, 56),
    "costs__waiting_per_day": (2, 8, 30),
    "costs__unmet_need_per_request": (500, 2000, 5000),
    "errors__per_link": (0.05, 0.15, 0.3),
    "errors__quality_effect": (0.3, 0.6, 0.9),
    "errors__irreducible": (0.0, 0.05, 0.15),
    "stations__vendor__price_per_hour": (60, 90, 150),
}
"""Path: low, most likely, high, as in the article's prior set."""
INSIDE = {
    "stations__inside__price_per_hour": (35, 45, 75),
    "stations__inside__hours_per_week": (2.5, 7.5, 15),
    "stations__inside__errors__slip": (0.04, 0.07, 0.12),
    "costs__day_job_value_per_hour": (45, 75, 150),
}
OWN = {
    "turnkey": {"system__flexibility": (0.3, 0.45, 0.6), "adaptation__work_hours": (300, 600, 1200)},
    "plugin": {"system__flexibility": (0.2, 0.35, 0.5), "adaptation__work_hours": (200, 450, 900)},
    "open": {"system__flexibility": (0.6, 0.85, 1.0), "adaptation__work_hours": (100, 250, 500)},
}
OVERFLOW = {"rule": "open_first", "prefer": ["inside", "vendor"], "overflow_beyond": 6}


def worlds(kinds: list[str], size: int) -> list[dict[str, dict[str, Any]]]:
    """Changes of each kind of system in each of so many worlds, without licences, which change nothing that happens."""
    chance = np.random.default_rng(1)
    found = []
    for _ in range(size):
        common = _drawn(chance, COMMON) | _work(float(chance.triangular(0.5, 1.0, 2.0)))
        inside = _drawn(chance, INSIDE) | {"routing__entry": OVERFLOW}
        found.append(
            {kind: common | ({} if kind == "turnkey" else inside) | _drawn(chance, OWN[kind]) for kind in kinds}
        )
    return found


def _drawn(chance: np.random.Generator, ranges: dict[str, tuple[float, float, float]]) -> dict[str, Any]:
    """Triangular draws."""
    return {path: float(chance.triangular(*ends)) for path, ends in ranges.items()}


def _work(factor: float) -> dict[str, Any]:
    """All mean sizes times a factor."""
    return {f"categories__{name}__work_hours": {"mean": factor * mean} for name, (_, mean) in WORK.items()}
