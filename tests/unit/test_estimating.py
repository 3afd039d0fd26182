"""One way from runs to estimates: the columns of runs in memory are those of the store, organisations are counted."""

from __future__ import annotations

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.estimates.clusters import share_estimate, share_interval
from changeflow.measure.estimates.replications import clopper_pearson
from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.estimates.survival import survival_over_runs
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.study.estimates.columns import columns_of, difference_of, estimate_of
from changeflow.study.store.packing import Columns, pack, unpack
from tests.unit.small import DESK, model_of

ENDS = np.repeat([1.0, 0.0, 0.0, 1.0], 5)
"""Four organisations of five runs; two gave their system up in all of theirs."""


def test_runs_in_memory_are_the_columns_of_the_store() -> None:
    window = Window.of(compile_tables(model_of(DESK)))
    runs = tuple(
        measure_run(window, simulate(window.tables, seed=2, replication=i, engine="process")) for i in range(4)
    )
    kept = unpack([(packed.names, packed.numbers) for packed in map(pack, runs)])
    found = columns_of(runs)
    for mine, theirs in ((found.values, kept.values), (found.ratios, kept.ratios), (found.at_least, kept.at_least)):
        assert list(mine) == list(theirs)
        for name, column in mine.items():
            np.testing.assert_array_equal(column, theirs[name])
    assert list(columns_of(runs, ("total_cost",)).values) == ["total_cost"]
    assert difference_of(found, kept, "total_cost", 0.95, 1) == (0.0, 0.0)


def test_a_yes_or_no_is_counted_by_organisations() -> None:
    columns = Columns(20, {"abandoned": ENDS}, {}, {})
    alone, together = (estimate_of(columns, "abandoned", 0.95, "EUR", size) for size in (1, 5))
    assert alone is not None
    assert together is not None
    assert (together.mean, together.half_width) == share_estimate(ENDS, 5)
    worth = 3 * (t_quantile(0.95, 19) / t_quantile(0.95, 3)) ** 2  # two of four: nearly anything may be
    assert together.half_width == pytest.approx(0.5 - clopper_pearson(worth / 2, worth)[0])
    assert alone.half_width < 0.25


def test_a_survival_curve_is_counted_by_organisations() -> None:
    days = np.where(ENDS == 1.0, 30.0, 90.0)
    found = survival_over_runs(days, ENDS == 1.0, 5)
    assert [point[:2] for point in found] == [(0.0, 1.0), (30.0, 0.5), (90.0, 0.5)]
    assert found[0][2:] == clopper_pearson(4, 4)
    assert found[1][1:] == share_interval(1.0 - ENDS, 5)
