"""What size says, word by word: the answer found, too close, out of reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.present.sizing.chart import staircase_chart, staircase_title
from changeflow.present.sizing.words import answer_of, guarantee_of, hours_in_words, staff_in_words
from changeflow.study.estimates.results import Results, Verdict
from changeflow.study.scenarios.plan import Plan
from changeflow.study.sizing.answer import Candidate, Family, Sizing, Step
from changeflow.study.sizing.levers import space_of, staff_of
from changeflow.study.sizing.targets import Service, Slack, State

MODEL = read_model("partly_open")
BOTH = ("power_users", "vendor")


def served(share: float) -> Service:
    return Service((Slack("share", 0.9, share, 0.002),))


def candidate(engineers: int, share: float, state: State) -> Candidate:
    model = MODEL.with_({"stations.vendor.servers": engineers})
    values = {"stations.vendor.servers": float(engineers)}
    return Candidate((engineers,), values, model, staff_of(model, BOTH), served(share), state, 0.0)


def sizing(*verified: Candidate, vendor: Family | None = None, model: Model = MODEL, today: State = "missed") -> Sizing:
    family = Family(space_of(model), {one.point: None for one in verified}, False, False, verified)  # type: ignore[misc]
    plan = Plan.of({"today": model})
    results = Results(
        "size", plan.seed, "compiled", 200, False, {}, Verdict("single", None, None, None, None, 26_000.0, ())
    )
    staffs = {"today": staff_of(model, BOTH), "answer": family.chosen.staff}
    services = {"today": served(0.604), "answer": family.chosen.service}
    return Sizing(family, vendor, staffs, services, (), results, 0.01, 0.95, 20, today, len(verified) + 1)


TARGET = "closed: 90% within 5 working days; backlog not growing"


def test_the_staff_is_people_times_hours() -> None:
    assert staff_in_words(staff_of(MODEL, BOTH), 6) == "power users 3 x 6 h, vendor 1 x 20 h; overflow beyond 6"
    assert hours_in_words(staff_of(MODEL, BOTH)) == "38 hours a week (0.9 full-time)"


def test_the_answer_names_the_cheapest_sure_one_the_unsure_cheaper_one_and_today() -> None:
    found = sizing(candidate(2, 0.70, "missed"), candidate(3, 0.899, "close"), candidate(4, 0.915, "met"))
    assert answer_of(found) == (
        f"The cheapest staff that surely meets the target ({TARGET}): power users 3 x 6 h, vendor 4 x 20 h; overflow "
        "beyond 6, 98 hours a week (2.5 full-time). It reaches 91.5% +- 0.2% of requests in time. Too close to call at "
        "a tolerance of 1 point: power users 3 x 6 h, vendor 3 x 20 h; overflow beyond 6, 78 hours a week (1.9 "
        "full-time), reaches 89.9% +- 0.2% against 90%. Today, 38 hours a week (0.9 full-time): 60.4% +- 0.2% of "
        "requests in time, missed."
    )


def test_where_no_one_is_sure_it_is_too_close_to_call() -> None:
    text = answer_of(sizing(candidate(3, 0.899, "close")))
    assert text.startswith(f"Too close to call: no staff surely meets the target ({TARGET}). The nearest, power users")
    assert "reaches 89.9% +- 0.2% of requests in time. More runs (--replications) may tell." in text


def test_out_of_reach_says_how_far() -> None:
    text = answer_of(sizing(candidate(3, 0.85, "missed"), candidate(4, 0.86, "missed")))
    assert text.startswith(
        f"Nothing that was tried meets the target ({TARGET}). The nearest, power users 3 x 6 h, vend"
    )
    assert "reaches 86.0% +- 0.2% of requests in time: 4.0 points short of 90%." in text


def test_the_promise_says_what_is_sure_and_what_is_not() -> None:
    text = guarantee_of(sizing(candidate(3, 0.899, "close"), candidate(4, 0.915, "met")))
    assert text.startswith(
        "with 95%, what is said to meet the target does so in this model: 3 staffings, today's among them, verified on "
    )
    assert "Not promised: that nothing cheaper exists." in text
    assert "2 of 3,969 staffings were tried (the neighbours of the answer among them) on 20 runs each." in text
    assert "total cost with undone work where it differs by EUR 26,000" in text


def test_what_is_said_of_today_is_what_was_verified() -> None:
    """Its runs in the table show 60.4 % of 90 %: only the verdict that counts in the split is told."""
    text = answer_of(sizing(candidate(4, 0.915, "met"), today="close"))
    assert "60.4% +- 0.2% of requests in time, too close to call." in text


def test_the_staircase_says_what_was_found_and_draws_every_interval() -> None:
    """Two steps of the search, today and the answer: four intervals of 0.2 points."""
    found = sizing(candidate(4, 0.915, "met"))
    steps = tuple(
        Step(one, {}, served(share)) for one, share in ((found.staffs["today"], 0.6), (found.staffs["answer"], 0.9))
    )
    figure = staircase_chart(replace(found, steps=steps))
    assert figure is not None
    assert " ".join(figure.get_suptitle().split()).startswith("98 hours a week surely meet the target (closed: 90%")
    bars = [bar for one in figure.axes[0].containers for bars in one[2] for bar in bars.get_segments()]
    assert [abs(top[1] - low[1]) for low, top in bars] == pytest.approx([0.4] * 4)
    close = sizing(candidate(3, 0.899, "close"))
    assert staircase_title(close).startswith("Too close to call: 78 hours a week may meet the target")
    assert staircase_title(sizing(candidate(3, 0.85, "missed"))).startswith("Nothing that was tried meets the target")


def test_a_quick_run_says_so() -> None:
    found = sizing(candidate(4, 0.915, "met"))
    quick = replace(found, results=replace(found.results, quick=True))
    assert answer_of(quick).endswith("Quick run: few replications, only a first look.")
