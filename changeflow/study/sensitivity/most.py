"""Which of many assumptions has the largest effect, as far as the runs tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from changeflow.measure.estimates.replications import joint_level
from changeflow.study.sensitivity.resampling import Resampled


@dataclass(frozen=True, slots=True)
class Most:
    """The largest of the sure effects, and the assumptions whose own may be as large."""

    path: str
    rivals: tuple[str, ...]


def most_of(paths: Sequence[str], sizes: Resampled, sure: Sequence[bool], level: float) -> Most | None:
    """The largest of those that are sure; None without any. `sizes`: the first numbers are the sizes, by path.

    A rival is who is not surely smaller by the difference of the two, resampled with the same rows and runs, at a level
    that holds jointly over the others (Bonferroni): whichever is truly the largest, it is passed over as seldom.
    """
    places = [place for place, one in enumerate(sure) if one]
    if not places:
        return None
    largest = max(places, key=lambda place: float(sizes.found[place]))
    joint = joint_level(level, len(paths) - 1)
    rivals = [
        path for place, path in enumerate(paths) if place != largest and not sizes.surely_above(largest, place, joint)
    ]
    return Most(paths[largest], tuple(rivals))


@dataclass(frozen=True, slots=True)
class Size:
    """How large an assumption's effect is, with an interval that holds jointly; sure: surely more than nothing."""

    path: str
    size: float
    low: float
    high: float
    sure: bool


def most_by_intervals(sizes: Sequence[Size]) -> Most | None:
    """The same by joint intervals alone. A rival's reaches that of the largest: not surely smaller."""
    sure = [one for one in sizes if one.sure]
    if not sure:
        return None
    largest = max(sure, key=lambda one: one.size)
    return Most(largest.path, tuple(one.path for one in sizes if one is not largest and one.high >= largest.low))
