"""Strategies for routing rules that both engines know, nested ones too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.parity.laws import Raw, tables
from tests.strategies import sampled

OUTCOMES = ("done", "refused")
BLIND = ("to", "split", "by_category")
BY_STATE = ("shortest_queue", "soonest", "cheapest")
NESTED = ("by_size", "until_day")


@st.composite
def routes(
    draw: st.DrawFn, places: Sequence[str], categories: Sequence[str], days: Sequence[float],
    generalists: Sequence[str], depth: int = 2,
) -> Any:  # fmt: skip
    """Any rule over some of these stations and the outcomes.

    Rules that do not look at stations only name `generalists`, where somebody has every skill; `days` are days
    on which a rule may change.
    """
    fixed = [place for place in places if place in generalists]
    anywhere = sampled([*fixed, *fixed, *OUTCOMES])
    kinds = [*BLIND, *(["open_first", "open_first", *BY_STATE] if places else []), *(NESTED if depth else ())]
    rule = draw(sampled(kinds))
    if rule == "to":
        return draw(anywhere)
    if rule == "by_category":
        return {"rule": rule, "to": draw(tables(anywhere, categories))}
    if rule == "split":
        named = draw(st.lists(anywhere, min_size=1, max_size=4, unique=True))
        shares = {1: [1.0], 2: [0.25, 0.75], 3: [0.5, 0.0, 0.5], 4: [0.1, 0.2, 0.3, 0.4]}[len(named)]
        return dict(zip(named, shares, strict=True))
    if rule in NESTED:
        one, other = (draw(routes(places, categories, days, generalists, depth - 1)) for _ in range(2))
        if rule == "by_size":
            return {"rule": rule, "up_to_hours": draw(sampled([1.0, 3.0, 12.0])), "small": one, "large": other}
        return {"rule": rule, "day": draw(sampled(days)), "first": one, "then": other}
    some = draw(st.lists(sampled(places), min_size=1, max_size=len(places), unique=True))
    if rule != "open_first":
        return {"rule": rule, "among": some}
    route: Raw = {"rule": rule, "prefer": some}
    if draw(st.integers(0, 3)):
        route["overflow_beyond"] = draw(st.integers(0, 5))
    return route


@st.composite
def routing(
    draw: st.DrawFn, names: Sequence[str], categories: Sequence[str], days: Sequence[float],
    generalists: Sequence[str], tester: str | None,
) -> Raw:  # fmt: skip
    """Where requests enter, and where they go after each station; a tester hands back what it has tested."""
    if not names:
        return {"entry": "refused"}
    found: Raw = {"next": {}}
    if len(names) > 1 or draw(st.booleans()):
        found["entry"] = draw(routes(names, categories, days, generalists))
    for number, name in enumerate(names):
        if name == tester:
            continue
        match draw(sampled(["silent", "silent", "onward", "onward", "back", "round"])):
            case "onward":
                found["next"][name] = draw(routes(names[number + 1 :], categories, days, generalists))
            case "back":  # half of those that pass here leave
                back = draw(st.lists(sampled(generalists), min_size=1, max_size=2))
                found["next"][name] = _half_done(back)
            case "round":  # on to others, in turn, as long as they are not full
                found["next"][name] = draw(_round(names, number, generalists))
    return found


def _half_done(places: list[str]) -> Any:
    shares = {"done": 0.5}
    for place in places:
        shares[place] = shares.get(place, 0.0) + 0.5 / len(places)
    return shares


@st.composite
def _round(draw: st.DrawFn, names: Sequence[str], number: int, generalists: Sequence[str]) -> Any:
    if number == len(names) - 1:
        return {generalists[0]: 0.6, "done": 0.4}
    prefer = draw(st.permutations(names[number + 1 :]))
    return {"rule": "open_first", "prefer": prefer, "overflow_beyond": draw(st.integers(0, 3))}
