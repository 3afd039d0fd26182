"""Who holds a job when: courses, departures and successors of one person's job in one run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from changeflow.engine.chance.draws import NO_STAGE, REPLACEMENT, TENURE, uniform_pair
from changeflow.engine.shared.worktime import WorkTime

NOTHING, LEFT, JOINED, JOINED_TRAINED, COURSE, TRAINED = range(6)
NEWS = ("", "left", "joined, untrained", "joined, trained", "course begins", "course ends")
"""What else a change of the number on duty means."""
Change = tuple[float, int, int]
"""Clock time, servers from then on, news."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one person after another does; times are clock hours."""

    station: int
    name: str
    key: np.uint64
    """Subject of its draws: a hash of the station's and the group's name."""
    begins: float
    ends: float
    tenure: float
    """Mean; infinite where nobody leaves."""
    replacement: float
    newcomers_trained: bool
    course_at: float
    """NaN: none."""
    course_hours: float
    shift: WorkTime


def history(job: Job, run_key: np.uint64, end: float) -> list[Change]:
    """Changes of a job until the end of a run, in order of time; a course needs a holder on its day."""
    found: list[Change] = []
    for came, left, news in _holders(job, run_key, end):
        found.append((came, 1, news))
        if came <= job.course_at < min(left, end):
            found = [change for change in found if change[0] != job.course_at or change[2] != NOTHING]
            found.append((job.course_at, 0, COURSE))
            back = job.shift.finish_time(job.course_at, job.course_hours)
            if back < left:
                found.append((back, 1, TRAINED))
        if left < math.inf:
            found.append((left, 0, LEFT if left < job.ends else NOTHING))
    return [change for change in found if change[0] < end]


def _holders(job: Job, run_key: np.uint64, end: float) -> Iterator[tuple[float, float, int]]:
    """Since when, until when, and how each holder came; exponential tenures and times until a successor."""
    came, news, spell = job.begins, NOTHING, 0
    while came < min(job.ends, end):
        left = job.ends
        if job.tenure < math.inf:
            luck, _ = uniform_pair(run_key, job.key, NO_STAGE, TENURE, spell)
            left = min(came - job.tenure * math.log1p(-luck), job.ends)
        yield came, left, news
        if not left < job.ends:
            return
        luck, _ = uniform_pair(run_key, job.key, NO_STAGE, REPLACEMENT, spell)
        came = left - job.replacement * math.log1p(-luck)
        news = JOINED_TRAINED if job.newcomers_trained else JOINED
        spell += 1
