"""What is said of adoption, each time with the words that it is the softest part and no forecast."""

from __future__ import annotations

import math
from collections.abc import Iterator

from changeflow.measure.estimates.clusters import share_interval
from changeflow.model.requests.adoption import Adoption
from changeflow.model.schema import Model
from changeflow.present.words.plain import days, money, plain
from changeflow.study.estimates.evaluate import column
from changeflow.study.estimates.fates import fates_apart
from changeflow.study.estimates.results import Results, ScenarioResult

SOFTEST = "Softest part (adoption, no forecast)"


def adoption_story(model: Model) -> Iterator[str]:
    """What the users will do; nothing where adoption is off."""
    one = model.adoption
    if not one.is_on:
        return
    acts = "users who have left no longer ask" if one.is_coupled else "it is only computed and changes nothing"
    yield f"{SOFTEST}: mode {one.mode}, {acts}. Days are calendar days; looked at once a week."
    yield f"{SOFTEST}: {'; '.join(_rules(one))}."
    if one.is_coupled:
        yield (
            f"{SOFTEST}: given up, nobody asks any more and what waits in a queue is withdrawn; work in hand or on its "
            "way is finished. What was spent and not written off is lost; what users who have left would ask is unmet."
        )


def _rules(one: Adoption) -> Iterator[str]:
    yield f"resistance follows discomfort in about {days(one.lag_days or 0)}"
    yield f"users leave once it exceeds enforcement (at most {one.most_enforcement:g}) by {one.tolerance:g}"
    yield (
        f"the system is given up after {days(one.abandoned_after_days or 0)} with fewer than "
        f"{one.abandoned_below_share:.0%} of its users, or by a review every {one.review_every_weeks} weeks"
    )
    again = f"{one.restart_probability:.0%} of first systems are followed by a second one"
    yield f"{again} after {days(one.restart_delay_days or 0)}" if one.restart_probability else "there is no second one"


def is_on(results: Results) -> bool:
    """Has any configuration adoption switched on?"""
    return any("abandoned" in result.estimates for result in results.scenarios.values())


def adoption_sentences(results: Results) -> Iterator[str]:
    """How often each configuration's system is given up, and the cost of both fates apart; never their mean alone."""
    alone = len(results.scenarios) == 1
    said = [
        fate_in_words(result) if alone else f"{plain(name)} {fate_in_words(result)}"
        for name, result in results.scenarios.items()
        if "abandoned" in result.estimates
    ]
    if said:
        yield f"{SOFTEST}: {'; '.join(said)}."


def fate_in_words(result: ScenarioResult) -> str:
    """'given up in 33% of runs (19% to 49%): EUR 800,000 +- 90,000 then, EUR 600,000 +- 40,000 else'."""
    share, low, high = _given_up(result)
    costs = [
        f"{_money(result, name)} {when}"
        for name, when in (("cost_if_abandoned", "then"), ("cost_if_survived", "else"))
        if name in result.estimates
    ]
    return f"given up in {share:.0%} of runs ({low:.0%} to {high:.0%}): {', '.join(costs)}"


def _money(result: ScenarioResult, measure: str) -> str:
    """'EUR 800,000 +- 100,000'; of a single run only the size."""
    one = result.estimates[measure]
    if not math.isfinite(one.half_width):
        return f"{money(one.mean, one.unit, abs(one.mean) / 5)} (a single run)"
    arms = f" +- {money(one.half_width, '', one.half_width).strip()}" if one.half_width > 0 else ""
    return money(one.mean, one.unit, one.half_width) + arms


def survival_title(results: Results) -> str:
    """The share of systems that live to the end with its interval, best and worst."""
    gone = {name: _given_up(result) for name, result in results.scenarios.items() if "abandoned" in result.estimates}
    best, worst = min(gone, key=lambda name: gone[name][0]), max(gone, key=lambda name: gone[name][0])
    if gone[best][0] == gone[worst][0]:
        return f"Softest part: {_alive(*gone[best])} of simulated systems are in use to the end"
    ends = f"{_alive(*gone[best])} with {plain(best)}, {_alive(*gone[worst])} with {plain(worst)}"
    return f"Softest part: in use to the end are {ends}"


def _given_up(result: ScenarioResult) -> tuple[float, float, float]:
    """Share of runs given up, with its exact interval."""
    together, level = result.model.organisation.runs_together, result.model.comparison.level
    return share_interval(column(result.runs, "abandoned"), together, level)


def _alive(gone: float, low: float, high: float) -> str:
    """'80% (52% to 96%)'."""
    return f"{1 - gone:.0%} ({1 - high:.0%} to {1 - low:.0%})"


def fate_title(results: Results) -> str:
    """What the costliest difference between the fates is, if it surely is one: the fates are those of other runs."""
    apart = fates_apart(results)
    if apart is None:
        return "Softest part: all runs of a configuration have the same fate"
    if not abs(apart.mean) > apart.half_width:
        return "Softest part: whether a system given up costs more than one in use, these runs cannot tell"
    arms = money(apart.half_width, "", apart.half_width).strip()
    amount = f"{money(abs(apart.mean), results.currency, apart.half_width)} ± {arms}"
    who = "" if len(results.scenarios) == 1 else f" with {plain(apart.scenario)}"
    more = "more" if apart.mean > 0 else "less"
    return f"Softest part: a system given up costs {amount} {more} than one in use{who}"
