"""One station as numbers, for both engines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.engine.worktime import WorkTime

FRESH = -1.0
INFINITE = -1
NO_LAW = -1


@dataclass(frozen=True, slots=True)
class StationTable:
    """One station as numbers."""

    name: str
    servers: int
    """INFINITE: as many as there are requests."""
    stage: np.uint64
    stage_number: int
    hours_per_work_hour: float
    """Open hours of the calendar that one working hour takes."""
    speed: float
    calendar: WorkTime
    service_law: tuple[int, ...]
    """Law of the reference hours of a pass, by category."""
    delay_law: int
    openness: tuple[float, ...]
    accepts: bool
    rework_probability: tuple[float, ...]
    rework_share: float
    """Work of a repeated pass as a share of the first one; FRESH: a draw of its own."""
    max_attempts: int
    at_limit_done: bool
