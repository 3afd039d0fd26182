"""Errors and what follows from them against exact values: the interval contains the value and is narrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.shared import mistakes
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.model.expected.error_rates import error_chances, error_rates
from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from changeflow.model.stations.delivery_errors import Errors, StationErrors
from tests.claims.claims import trial

RUNS = 40
KINDS = ("misunderstanding", "omission", "promise", "slip", "deviation")
ERRORS: dict[str, Any] = {"per_link": 0.15, "quality_effect": 0.6, "irreducible": 0.05, "omission_share": 0.4}
OWN = {"links": 2, "promise": 0.03, "slip": 0.04}
QUALITY = {"law": "triangular", "low": 0, "mode": 0.3, "high": 0.9}


def system(errors: dict[str, Any], own: dict[str, Any] = OWN, **more: Any) -> Model:
    """Many requests and as many servers, so that nothing waits."""
    category = {"share": 1.0, "work_hours": 1.0, "specification_quality": QUALITY}
    raw = {
        "title": "errors",
        "horizon_days": 400,
        "categories": {"change": category},
        "demand": {"kind": "poisson", "rate_per_day": 20},
        "stations": {"desk": {"servers": "infinite", "errors": own}},
        "errors": errors,
        **more,
    }
    return build_model(raw, file=Path("errors.toml"), shown="errors.toml")


def shares(model: Model, what: Any) -> np.ndarray:
    """What a function finds in each of the runs."""
    tables = compile_tables(model)
    return np.array([what(simulate(tables, seed=4, replication=n, engine="compiled")) for n in range(RUNS)])


def lies_in(values: np.ndarray, exact: float, width: float) -> None:
    """The exact value lies within 4 standard errors of the mean, and they are narrow."""
    half = 4 * values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - exact) < half, (values.mean(), half, exact)
    assert half < width * max(exact, 1e-9)


def test_the_chance_of_an_error_is_that_of_its_causes() -> None:
    """p = 1 - (1 - e)^2 .97 x .96 (1 - .05 d), averaged over quality (mean .4, variance .035) and difficulty."""
    model = system(ERRORS)
    first = lambda trace: (trace.visits["error"][trace.visits["attempt"] == 1] > 0).mean()  # noqa: E731
    mean, variance = 0.4, (0.09 + 0.81 - 0.27) / 18
    link = 1 - 2 * 0.15 * (1 - 0.6 * mean) + 0.15**2 * ((1 - 0.6 * mean) ** 2 + 0.36 * variance)
    exact = 1 - link * 0.97 * 0.96 * (1 - 0.05 / 2)
    assert error_rates(model)["desk", "change"].wrong == pytest.approx(exact, rel=1e-3)
    lies_in(shares(model, first), exact, 0.02)


def test_links_alone_give_the_chances_of_the_domain_model() -> None:
    """0, 0.114, 0.215, 0.304 for 0 to 3 links at the quality 0.4."""
    fixed = {"share": 1.0, "work_hours": 1.0, "specification_quality": 0.4}
    for links, exact in enumerate((0.0, 0.114, 0.215, 0.304)):
        model = system({**ERRORS, "irreducible": 0.0}, {"links": links}, categories={"change": fixed})
        assert error_rates(model)["desk", "change"].wrong == pytest.approx(exact, abs=6e-4)


@trial("S17")
def test_with_perfect_specification_and_no_links_errors_remain() -> str:
    """S17: e_irr x difficulty, 0.025 on average, with nobody at fault and nobody between."""
    perfect = {"share": 1.0, "work_hours": 1.0, "specification_quality": 1.0}
    model = system(ERRORS, {"links": 0}, categories={"change": perfect})
    lies_in(shares(model, lambda trace: (trace.visits["error"] > 0).mean()), 0.025 / 1.025, 0.05)
    return "quality 1, no links, no slips: 2.4 % of deliveries are wrong"


def test_repairs_caught_at_once_take_their_share_of_the_work() -> None:
    """p .25, factor .8: 1.333333 passes and an effort of 1.266667 times the work (domain-model.md section 10)."""
    model = system({"repair": {"acceptance": 0.8}}, {"slip": 0.25})
    rates = error_rates(model)["desk", "change"]
    assert (rates.passes, 1 + rates.repair_work) == (pytest.approx(4 / 3), pytest.approx(1 + 0.8 / 3))

    def effort(trace: t.Trace) -> float:
        done = trace.visits[trace.visits["outcome"] != t.UNFINISHED]
        return float(done["work_hours"].sum() / (done["attempt"] == 1).sum())

    lies_in(shares(model, effort), 1 + 0.8 / 3, 0.01)


def test_escaped_defects_come_back_and_their_repairs_have_defects_again() -> None:
    """Slip .2, unnoticed by half of the acceptances, found at once: escapes e = .1 / (1 - .1) of a stay; repairs of
    repairs make e / (1 - e) requests of each root: .125. Their work: 1.5 at flexibility .5 is 3 times the root's."""
    kinds = {"slip": {"caught_at_acceptance": 0.5, "discovery_days": 0.0}}
    model = system({"kinds": kinds, "repair": {"production": 1.5}}, {"slip": 0.2}, system={"flexibility": 0.5})
    rates = error_rates(model)["desk", "change"]
    assert (rates.escapes, rates.defect_work) == (pytest.approx(1 / 9), pytest.approx(3.0))

    def follow(trace: t.Trace) -> float:
        return float((trace.requests["cause"] == t.DEFECT).sum() / (trace.requests["cause"] == t.ROOT).sum())

    lies_in(shares(model, follow), (1 / 9) / (1 - 1 / 9), 0.05)
    trace = simulate(compile_tables(model), seed=4, replication=0, engine="compiled")
    repairs = trace.requests["number"][trace.requests["cause"] == t.DEFECT]
    first = (trace.visits["attempt"] == 1) & np.isin(trace.visits["request"], repairs)
    assert set(trace.visits["work_hours"][first].round(9)) == {3.0}


def test_defects_are_found_exponentially_late() -> None:
    """Mean 20 days; those that would be found after the horizon are not there, so only the first third is asked."""
    kinds = {"slip": {"caught_at_acceptance": 0.0, "discovery_days": 20.0}}
    model = system({"kinds": kinds}, {"slip": 0.3})

    def late(trace: t.Trace) -> float:
        closed = trace.requests["closed"]
        found = trace.requests[(trace.requests["cause"] == t.DEFECT)]
        parents = found["parent"]
        early = trace.requests["arrived"][parents] < 133 * 24
        return float((found["arrived"][early] - closed[parents][early]).mean() / 24)

    lies_in(shares(model, late), 20.0, 0.05)


PATHS = {
    "names": ["a", "b", "c", "d"],
    "impact": 0.0,
    "edges": [
        {"from": "a", "to": "b", "likelihood": 0.5},
        {"from": "b", "to": "c", "likelihood": 0.4},
        {"from": "b", "to": "d", "likelihood": 0.5},
        {"from": "d", "to": "c", "likelihood": 0.3},
    ],
    "weights": {"a": 1, "default": 0},
}
CYCLE = {
    "names": ["a", "b", "c"],
    "impact": 0.1,
    "edges": [
        {"from": "a", "to": "b", "likelihood": 0.3},
        {"from": "a", "to": "c", "likelihood": 0.1},
        {"from": "b", "to": "c", "likelihood": 0.4},
        {"from": "c", "to": "a", "likelihood": 0.2},
    ],
    "weights": {"a": 1, "default": 0},
}


def test_two_paths_that_share_a_link_reach_with_the_exact_chance() -> None:
    """a->b .5, b->c .4, b->d .5, d->c .3: the cascade comes to c with 0.245, where the method of paths says 0.26."""
    model = system({}, {"slip": 0.0}, components=PATHS)

    def reached(trace: t.Trace) -> float:
        return float((trace.requests["component"] == 2).sum() / (trace.requests["cause"] == t.ROOT).sum())

    lies_in(shares(model, reached), 0.245, 0.02)


@pytest.mark.parametrize(("unlimited", "exact"), [(False, 1.508), (True, 1.589958)])
def test_a_cascade_and_unlimited_propagation_have_their_own_totals(unlimited: bool, exact: float) -> None:
    """The cycle of domain-model.md section 10: 1.508 changes if each is made once, 1.589958 without limit."""
    model = system({}, {"slip": 0.0}, components={**CYCLE, "unlimited": unlimited})

    def total(trace: t.Trace) -> float:
        return float(len(trace.requests) / (trace.requests["cause"] == t.ROOT).sum())

    lies_in(shares(model, total), exact, 0.01)


@pytest.mark.parametrize("quality", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_luck_falls_on_each_kind_as_often_as_is_expected(quality: float, difficulty: float) -> None:
    """The engines' way from luck to a kind of error against the analysis' chances, on a grid of 20,000 lucks."""
    errors = Errors(per_link=0.2, quality_effect=0.5, omission_share=0.4, irreducible=0.15)
    station = StationErrors(links=3, promise=0.05, slip=0.1)
    luck = (np.arange(20_000) + 0.5) / 20_000
    kinds = [
        mistakes.error_kind(
            one, quality, difficulty, station.links, errors.per_link, errors.quality_effect, errors.omission_share,
            station.promise, station.slip, errors.irreducible,
        )
        for one in luck
    ]  # fmt: skip
    found = np.bincount(kinds, minlength=6)[1:] / len(luck)
    assert found == pytest.approx(error_chances(errors, station, np.array(quality), np.array(difficulty)), abs=1e-4)
