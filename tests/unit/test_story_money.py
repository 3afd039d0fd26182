"""Money in words: what `check` says of contracts, and the price of an hour beside its rate."""

from __future__ import annotations

import re

import pytest

from changeflow.model.reading import read_model
from changeflow.present.story.model import story
from changeflow.present.words.prices import price_sentence
from changeflow.study.scenarios.compare import run
from changeflow.study.scenarios.plan import Plan
from tests.unit.small import DESK, model_of
from tests.unit.test_money_faults import MODEL


def test_a_contract_is_said() -> None:
    text = " ".join(story(model_of(MODEL)))
    assert "billed by contract book" in text
    assert (
        "Contract book: EUR 100 an hour, 90 beyond 10 hours a month, 80 beyond 20 hours a month; each pass in steps of "
        "0.5 hours; at least 2 hours a pass; times 1.5 for data, 2 for priority 0; EUR 500 a month with 5 hours in it, "
        "unused ones lost; delivery within 48 hours, else EUR 50 back." in text
    )


def test_waiting_and_the_day_job_are_said() -> None:
    text = " ".join(story(model_of(MODEL + "discount_rate_per_year = 0.05")))
    assert "An open request costs EUR 8 a day, twice as much after 30 days, and so on." in text
    assert "displaces a day job worth EUR 90, more beyond 5 hours a week and person" in text
    assert "Money is discounted by 5.0% a year" in text


def test_a_plain_model_says_nothing_of_it() -> None:
    text = " ".join(story(model_of(DESK)))
    assert not re.search("ontract|day job|discount|open request costs", text)


def test_the_price_of_an_hour_stands_beside_its_rate() -> None:
    """Every pass of one hour is billed as two: an hour costs 200 at a rate of 100, in every run."""
    text = DESK.replace("servers = 2", 'servers = 2\nkind = "vendor"\ncontract = "book"')
    text += "[contracts.book]\nprice_per_hour = 100\nminimum_hours = 2"
    found = run(Plan.of({"desk": model_of(text)}, replications=3))
    assert price_sentence(found) == "An hour done right costs EUR 200 (rate 100)."


def test_the_price_of_an_hour_has_the_interval_of_its_runs() -> None:
    """It hangs on what is done right, so it differs from run to run; the rates do not."""
    found = run(Plan.of({"one": read_model("partly_open", ["horizon_days=100"])}, replications=6))
    one = found.scenarios["one"].estimates["effective_price_per_reference_hour"]
    said = re.match(r"An hour done right costs EUR (\d+)\+-(\d+) \(rate 55-130\).", price_sentence(found))
    assert said is not None
    assert float(said[1]) == pytest.approx(one.mean, abs=one.half_width / 2)
    assert float(said[2]) == pytest.approx(one.half_width, rel=0.5)


def test_work_without_a_price_has_no_sentence() -> None:
    assert price_sentence(run(Plan.of({"desk": model_of()}, replications=3))) == ""
