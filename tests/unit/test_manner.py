"""What a manner leaves out is what nobody asks for, and nothing else changes."""

from __future__ import annotations

import pytest

from changeflow.engine.tables.model import compile_tables
from changeflow.measure.trace.window import Window
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.reading import read_model
from changeflow.study.crews.manner import AS_ALWAYS, BRIEFLY, enough_for
from changeflow.study.crews.one_run import one_run


@pytest.mark.parametrize("name", ["partly_open", "people", "mmc"])
def test_a_brief_run_has_the_same_numbers_without_times(name: str) -> None:
    window = Window.of(compile_tables(read_model(name).with_({"horizon_days": 60, "warm_up_days": 0})))
    whole, brief = (one_run(manner, window, 1, 0, "process") for manner in (AS_ALWAYS, BRIEFLY))
    left_out = set(whole.values) - set(brief.values)
    assert left_out
    assert all(MEASURES[base_name(measure)].unit == "hours" for measure in left_out)
    assert repr(brief.values) == repr({name: value for name, value in whole.values.items() if name in brief.values})
    assert brief.ratios == whole.ratios
    assert brief.daily_backlog.tobytes() == whole.daily_backlog.tobytes()


def test_who_asks_for_a_time_gets_it() -> None:
    assert enough_for("sojourn_time_hours.p90") is AS_ALWAYS
    assert enough_for("total_cost_with_undone") is BRIEFLY
    assert enough_for("within_target_share") is BRIEFLY
