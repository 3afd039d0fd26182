"""The table of summary.md and the report: units that people use, no interval where nothing varies."""

from __future__ import annotations

from dataclasses import replace

from changeflow.measure.records import Estimate
from changeflow.present.comparison.summary import table
from changeflow.present.words.sentences import answer_sentence

from .test_findings import results_of
from .test_verdict import scenario


def rows_of(**estimates: tuple[float, float, str]) -> dict[str, list[str]]:
    one = scenario("a", 1000)
    made = {name: Estimate(mean, half, 0.95, unit, 20) for name, (mean, half, unit) in estimates.items()}
    _, rows = table(results_of(replace(one, estimates=one.estimates | made)))
    return {row[0]: row[1:] for row in rows}


def test_long_times_are_in_days_and_shares_in_percent() -> None:
    rows = rows_of(sojourn_time_hours=(700.0, 200.0, "hours"), refused_share=(0.58, 0.01, "share"))
    assert rows["time to done"] == ["29 +- 8", "days"]
    assert rows["share refused"] == ["58 +- 1", "%"]


def test_short_times_and_working_hours_stay_hours() -> None:
    rows = rows_of(sojourn_time_hours=(7.0, 2.0, "hours"), overtime_hours=(700.0, 20.0, "hours"))
    assert rows["time to done"] == ["7 +- 2", "hours"]
    assert rows["overtime"] == ["700 +- 20", "hours"]


def test_what_never_varies_has_no_interval_and_what_is_off_no_row() -> None:
    rows = rows_of(refused_share=(0.0, 0.0, "share"), write_off_cost=(0.0, 0.0, "EUR"))
    assert rows["share refused"] == ["0", "%"]
    assert not [name for name in rows if "given up" in name]


def test_the_winner_is_lower_or_higher_never_only_better() -> None:
    cheap = answer_sentence(results_of(scenario("a", 1100), scenario("b", 1000)))
    assert cheap.startswith("B wins: total cost with undone work is EUR 100")
    assert "lower than with a (95% sure)." in cheap
    three = answer_sentence(results_of(scenario("a", 1100), scenario("b", 1000), scenario("c", 1200)))
    assert "(95% sure, all differences together)." in three
    many = "throughput_per_week"
    pair = scenario("a", 1000, measure=many), scenario("b", 1100, measure=many)
    assert "higher than with a" in answer_sentence(results_of(*pair))
