"""Charts and sentences of studies: intervals are drawn, words stand for paths, nothing is surer than its interval."""

from __future__ import annotations

import math

import pytest
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from changeflow.present.sections.charts.main_effects import effects_chart
from changeflow.present.sections.sensitivity.break_even import break_even_section
from changeflow.present.sections.sensitivity.indices import indices_section
from changeflow.present.sections.sensitivity.morris import morris_section
from changeflow.present.sections.sensitivity.most import most_title
from changeflow.present.sections.sensitivity.pareto import pareto_section
from changeflow.present.sections.sensitivity.robust import robust_section
from changeflow.present.sections.sensitivity.tornado import tornado_section
from changeflow.present.sections.sensitivity.waterfall import waterfall_section
from changeflow.present.studies.text import _columns
from changeflow.study.outcome.answer import Level
from changeflow.study.sensitivity.break_even import BreakEvenFound, Change, Look
from changeflow.study.sensitivity.indices import Index, Indices
from changeflow.study.sensitivity.morris import Effect, Morris
from changeflow.study.sensitivity.most import Most, Size, most_by_intervals
from changeflow.study.sensitivity.pareto import Candidate, Front
from changeflow.study.sensitivity.responses import Response
from changeflow.study.sensitivity.robust import Robust, ShareOfBest
from changeflow.study.sensitivity.tornado import Bar, End, Tornado
from changeflow.study.sensitivity.waterfall import Fall, Step

SPEED, FIT = "stations.vendor.speed", "demand.sources.go_live.fit"
LABELS = {SPEED: "vendor speed (reference hours per hour)", FIT: "go live fit (share of needs)"}
RESPONSE = Response("total_cost", "both", "vendor", "EUR")


def arms(axes: Axes) -> list[float]:
    """Half the length of every interval that is drawn along x or y."""
    found = []
    for one in axes.containers:
        if isinstance(one, ErrorbarContainer):
            for (x0, y0), (x1, y1) in (segment for bars in one[2] for segment in bars.get_segments()):
                found.append(math.hypot(x1 - x0, y1 - y0) / 2)
    return found


def words(figure: Figure) -> str:
    """Everything that is written on a chart."""
    axes = [*(text.get_text() for one in figure.axes for text in one.texts), *(one.get_xlabel() for one in figure.axes)]
    notes = [part.get_text() for legend in figure.legends for part in (legend.get_title(), *legend.get_texts())]
    return " ".join([" ".join(text.split()) for text in (figure.get_suptitle(), *axes, *notes)])


def bar(path: str, low: tuple[float, float], high: tuple[float, float]) -> Bar:
    ends = [End(value, *change, -1000 + change[0], False) for value, change in ((1.0, low), (2.5, high))]
    return Bar(path, 1.5, *ends)


def test_main_effects_have_an_interval_at_every_mean() -> None:
    levels = [
        Level(path, name, value, str(value), 100.0 * value, 4, frozenset(), 7.0 + value)
        for path in (SPEED, FIT)
        for name in ("vendor", "both")
        for value in (1, 2)
    ]
    figure = effects_chart(levels, "a title", "total cost (EUR)", LABELS, 0.95)
    for axes in figure.axes:
        assert sorted(arms(axes)) == pytest.approx([8.0, 8.0, 9.0, 9.0])
    assert [axes.get_xlabel() for axes in figure.axes] == list(LABELS.values())
    assert "95% interval of each mean" in words(figure)


def test_a_mean_without_an_interval_is_drawn_without_one() -> None:
    levels = [Level(SPEED, "both", value, str(value), 100.0, 4) for value in (1, 2)]
    assert arms(effects_chart(levels, "a title", "EUR", LABELS, 0.95).axes[0]) == [0.0, 0.0]


def test_both_totals_of_a_waterfall_have_intervals_and_no_digit_beyond_them() -> None:
    steps = (Step("queue", 40_000.0, 20_000.0, 0.0, 90_000.0), Step("billing", -60_000.0, 9_000.0, -90_000.0, -9_000.0))
    ends = ("vendor", 304_196.0, 31_000.0, "power_users", 284_196.0, 22_000.0)
    found = Fall("total_cost", "EUR", *ends, -20_000.0, 9_000.0, 0.95, steps)
    section = waterfall_section(found)
    figure = section.draw()
    assert {31_000.0, 22_000.0, 20_000.0, 9_000.0} == {round(arm) for arm in arms(figure.axes[0])}
    assert "vendor only 300 ± 30" in words(figure)
    assert ("begin: vendor only", "300,000", "30,000", "") in section.shown
    assert section.rows[0][1:3] == (304_196.0, 31_000.0)
    assert section.rows[-1][1:3] == (284_196.0, 22_000.0)


def test_the_largest_part_is_named_only_where_it_surely_is_the_largest() -> None:
    def title(*sizes: tuple[float, float]) -> str:
        steps = tuple(Step(name, *size, 0.0, 0.0) for name, size in zip("ab", sizes))
        return waterfall_section(
            Fall("total_cost", "EUR", "vendor", 9.0, 1.0, "both", 9.0, 1.0, 0.0, 1.0, 0.95, steps)
        ).draw().get_suptitle().replace("\n", " ")  # fmt: skip

    assert title((9.0, 1.0), (5.0, 1.0)).endswith("the largest part of the difference is a")
    assert title((9.0, 3.0), (5.0, 2.0)).endswith("the largest parts of the difference are a and b")
    assert title((9.0, 10.0), (5.0, 9.0)).endswith("no part of the difference is sure")


def test_what_moves_most_is_sure_and_those_that_may_move_as_much_are_named() -> None:
    wide, sure = Size("wide", 90.0, -5.0, 185.0, sure=False), Size(SPEED, 30.0, 20.0, 40.0, sure=True)
    small = Size("small", 3.0, 2.0, 4.0, sure=True)
    assert most_by_intervals([wide, sure, small]) == Most(SPEED, ("wide",))
    assert most_by_intervals([sure, small]) == Most(SPEED, ())
    assert most_by_intervals([wide]) is None
    assert most_title(most_by_intervals([sure, small]), "moves", "cost") == "What moves the cost most: vendor speed"
    assert (
        most_title(most_by_intervals([wide, sure]), "moves", "cost")
        == "What surely moves the cost: vendor speed; perhaps as much: wide"
    )
    assert most_title(None, "moves", "cost") == "No assumption surely moves the cost"


def test_a_tornado_says_most_of_what_is_sure_and_draws_both_ends_apart() -> None:
    unsure = bar(FIT, (10_000.0, 10_500.0), (-70_000.0, 90_000.0))
    found = Tornado(RESPONSE, -31_000.0, 7_000.0, 0.95, (unsure, bar(SPEED, (-30_000.0, 9_000.0), (9_000.0, 5_000.0))))
    section = tornado_section(found, LABELS)
    assert "surely moved by vendor speed: -30,000 +- 9,000 EUR at 1" in section.sentence
    assert "go live fit may move it as much" in section.sentence
    assert SPEED not in section.sentence
    assert {row[0] for row in section.shown[1:]} == {"vendor speed", "go live fit"}
    figure = section.draw()
    assert sorted(arms(figure.axes[0])) == pytest.approx([5_000.0, 9_000.0, 10_500.0, 90_000.0])
    heights = [patch.get_y() for patch in figure.axes[0].patches]
    assert len(set(heights)) == 4  # no two bars, and so no two intervals, on one line
    assert "vendor speed (reference hours per hour) 1 to 2.5" in words(figure)


def test_a_tornado_of_noise_names_nothing() -> None:
    bars = (bar(SPEED, (-3_000.0, 9_000.0), (2_000.0, 5_000.0)),)
    section = tornado_section(Tornado(RESPONSE, -31_000.0, 7_000.0, 0.95, bars), LABELS)
    assert "no one of 1 assumptions alone surely moves it" in section.sentence
    assert "No assumption surely moves the total cost" in " ".join(section.draw().get_suptitle().split())


def test_morris_names_what_is_more_than_noise_with_its_unit() -> None:
    effects = (Effect(FIT, 60.0, 5.0, 120.0, 1.0, 70.0, 20.0), Effect(SPEED, 50.0, 30.0, 60.0, -50.0, 20.0, 1.0))
    section = morris_section(Morris(RESPONSE, 0.95, 5, effects, Most(SPEED, (FIT,))), LABELS)
    assert "surely moved by vendor speed, by 50 EUR over its range (30 to 60)" in section.sentence
    assert "1 of 2 assumptions" in section.sentence
    assert section.shown[0][0] == "over the range (EUR)"
    assert "go live fit (share of needs)" in words(section.draw())


def test_wide_indices_are_said_to_be_wide() -> None:
    def said(arm: float) -> str:
        one = Index(SPEED, 0.6, 0.6 - arm, 0.6 + arm, 0.7, 0.7 - arm, 0.7 + arm)
        other = Index(FIT, 0.2, 0.2 - arm, 0.2 + arm, 0.3, 0.3 - arm, 0.3 + arm)
        most = Most(SPEED, (FIT,) if arm > 0.2 else ())
        return indices_section(Indices(RESPONSE, 0.95, 16, 1.0, 0.4, 0.3, 0.5, (one, other), most), LABELS).sentence

    assert "go live fit may explain as much" in said(0.4)
    assert "intervals are wide" in said(0.4)
    assert "as much" not in said(0.05)
    assert "wide" not in said(0.05)


@pytest.mark.parametrize(
    ("low", "high", "title"),
    [
        (0.36, 1.43, "vendor only is better up to 0.36, both (vendor overflow) from 1.43 on; between them the runs"),
        (None, 1.43, "both (vendor overflow) is better from 1.43 on, below the runs cannot tell"),
        (0.36, None, "vendor only is better up to 0.36, beyond the runs cannot tell"),
        (None, None, "nowhere surely"),
    ],
)
def test_a_break_even_is_given_with_the_band_in_which_nobody_is_sure(
    low: float | None, high: float | None, title: str
) -> None:
    looks = (Look(0.3, 20.0, 10.0), Look(1.0, -1.0, 10.0), Look(4.0, -28.0, 9.0))
    change = Change(0.96973, low, high, "vendor", "both", None)
    found = BreakEvenFound(SPEED, "total_cost", "EUR", ("vendor", "both"), "changes", None, 2, (change,), looks, 0.95)
    section = break_even_section(found, LABELS[SPEED])
    figure = section.draw()
    assert title in " ".join(figure.get_suptitle().split())
    assert "0.96973" not in section.sentence
    assert figure.axes[0].get_xlabel() == LABELS[SPEED]
    assert sorted(arms(figure.axes[0])) == [9.0, 10.0, 10.0]


def front(*chances: float) -> Front:
    candidates = tuple(
        Candidate(place, "both", (100.0 + place, 50.0), (3.0, 4.0), place == 0, chance, growing=place == 2)
        for place, chance in enumerate(chances)
    )
    return Front(("total_cost", "sojourn_time_hours"), ("EUR", "hours"), 1000, candidates)


def test_a_front_names_who_is_surely_on_it_and_marks_a_growing_backlog() -> None:
    section = pareto_section(front(1.0, 0.5, 0.0), points=3)
    figure = section.draw()
    assert "Only point 1 both (vendor overflow) is surely beaten by none" in words(figure)
    assert "its backlog grows" in words(figure)
    assert [one[0].get_marker() for one in figure.axes[0].containers].count("x") == 1
    assert sorted(arms(figure.axes[0])) == pytest.approx([3.0] * 3 + [4.0] * 3)
    assert "backlog" not in words(pareto_section(front(1.0, 0.5), points=3).draw())
    assert "Nobody is surely beaten by none" in words(pareto_section(front(0.6, 0.5), points=2).draw())


def test_of_many_candidates_a_terminal_shows_those_that_may_be_on_the_front() -> None:
    section = pareto_section(front(1.0, 0.4, *[0.0] * 20), points=22)
    assert [row[1] for row in section.shown[1:]] == ["100%", "40%"]
    assert len(section.rows) == 22
    assert len(pareto_section(front(1.0, 0.0), points=2).shown) == 3


def test_the_robust_share_stands_with_its_interval_in_the_title() -> None:
    shares = (
        ShareOfBest("vendor", 5, 0.25, 0.09, 0.49, 0, 0.0, 0.0, 0.17),
        ShareOfBest("both", 15, 0.75, 0.51, 0.91, 6, 0.30, 0.12, 0.54),
    )
    figure = robust_section(Robust(shares, 20, 10, 4, 0, 0, 0.95), "total_cost", 3).draw()
    assert "best total cost in 75% (51% to 91%) of settings, surely in 30%" in words(figure)
    assert "Whiskers: 95% intervals" in words(figure)
    assert len(figure.axes[0].containers) >= 4


def test_a_table_with_many_factors_stays_within_the_terminal_and_says_what_it_leaves_out() -> None:
    heads = ["point", *(f"factor number {place}" for place in range(9)), "vendor only", "both (vendor overflow)"]
    rows = [["1", *("0.123456" for _ in range(9)), "280,000+-30,000", "520,000+-40,000 *"]]
    lines = _columns(heads, rows, range(1, 10))
    assert max(map(len, lines)) <= 80
    assert "280,000+-30,000" in lines[-2]
    assert lines[-2].split()[0] == "1"
    shown = lines[-2].count("0.123456")
    assert shown > 0
    assert lines[-1].strip() == f"(values of {9 - shown} more factors: points.csv)"
    assert "points.csv" not in _columns(heads[:2], [rows[0][:2]], range(1, 2))[-1]
