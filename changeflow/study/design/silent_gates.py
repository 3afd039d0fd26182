"""Expectations at values that no point of the design has: they would pass whatever happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from changeflow.errors import Fault
from changeflow.model.file.faults import Places
from changeflow.study.design.settings import Setting
from changeflow.study.file.study import Study
from changeflow.study.file.toml_value import same

MOST_NAMED = 8
"""Values of a factor that a message lists."""


def silent_gates(study: Study, places: Places, points: Sequence[Setting]) -> list[Fault]:
    """A fault for each expectation that speaks of no point, naming the values that there are."""
    columns = dict(zip([factor.path for factor in study.factors], zip(*points)))
    paths = list(columns)
    faults = []
    for i, one in enumerate(study.expect):
        if not any(
            all(same(setting[paths.index(path)], value) for path, value in one.at.items()) for setting in points
        ):
            place = ("expect", i, "at")
            expected = "values of a point of this design"
            faults.append(places.fault(place, expected, dict(one.at), _there(one.at, columns)))
    return faults


def _there(at: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> str:
    """The values of the factors that are named wrongly; of each one rightly, that no point has all of them."""
    said = []
    for path, value in at.items():
        known = list(dict.fromkeys(map(str, columns[path])))
        if not any(same(known_value, value) for known_value in columns[path]):
            more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
            said.append(f"{path}: {', '.join(known[:MOST_NAMED])}{more}")
    return "; ".join(said) or "each of them is there, but no point has all"
