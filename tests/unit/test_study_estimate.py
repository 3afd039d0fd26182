"""What a dry run says of time: runs, and the models of many points that have to be made."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from changeflow.present.studies.estimate import estimate_lines
from changeflow.study.experiment.pilot import Pilot

POINTS, RUNS = 100, 10


@pytest.mark.parametrize(("workers", "said"), [(1, "about 21 s on 1 worker"), (2, "about 16 s on 2 workers")])
def test_time_counts_the_models_of_all_points(workers: int, said: str) -> None:
    """Each is made where all are looked at, and again where it runs: 10 s + (10 s + 1 s) / workers."""
    plan: Any = SimpleNamespace(least_replications=RUNS, replications=RUNS, name="study", digest="0123456789")
    cells: Any = SimpleNamespace(keys={(point, "both"): str(point) for point in range(POINTS)})
    lines = estimate_lines(plan, cells, Pilot(frozenset(), 0.001, 100.0, 1e8, "compiled", 0.1), workers)
    assert said in " ".join(lines)
    assert {line.index(text) for line, text in zip(lines, ("1,000", "about"))} == {9}  # one column
