"""Generated models over the whole schema, and what builds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from tests.parity import parts
from tests.parity.parts import FIRST_DAYS, MONDAY, Raw, laws, routes, unit_laws

NAMES = ("north", "south", "east", "west")
CATEGORIES = ("data", "process", "event", "report")
SHARES = {0: [], 1: [1.0], 2: [0.75, 0.25], 3: [0.5, 0.0, 0.5], 4: [0.4, 0.3, 0.2, 0.1]}


@dataclass(frozen=True)
class Example:
    """The raw tables of a model, and the logs that it replays: the text of each file by name."""

    raw: Raw
    logs: dict[str, str]

    def build(self, folder: Path) -> Model:
        """The checked model; its logs are written into `folder`."""
        for name, text in self.logs.items():
            (folder / name).write_text(text, encoding="utf-8")
        return build_model(self.raw, file=folder / "generated.toml", shown="generated.toml")


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """Anything a model file can say about what happens, over a short horizon."""
    ties = draw(st.booleans())
    days = draw(st.sampled_from([1.0, 3.0, 7.0, 7.5, 21.0, 60.0]))
    weeks = draw(st.sampled_from([0.0, 0.0, 0.0, 0.5, 3.0]))
    users = draw(st.sampled_from([100, 37]))
    categories = CATEGORIES[: draw(st.integers(0, 4))]
    names = NAMES[: draw(st.sampled_from([1, 2, 2, 3, 3, 4, 4, 0]))]
    with_work = bool(categories) and draw(st.booleans())
    demand: Raw = {}
    logs: dict[str, str] = {}
    first = draw(st.sampled_from(FIRST_DAYS))
    for number in range(draw(st.sampled_from([1, 1, 2, 3]))):
        source, log = draw(parts.sources(number, first or MONDAY, days, weeks * 7, categories, users, ties))
        if names and draw(st.integers(0, 3)) == 0:
            source["entry"] = draw(routes(names, categories))
        demand[f"source-{number}"] = source
        if log:
            logs[source["file"]] = log
    calendars = {f"calendar-{n}": draw(parts.calendars(first or MONDAY)) for n in range(draw(st.integers(0, 2)))}
    raw: Raw = {
        "title": "generated",
        "horizon_days": days,
        "weeks_since_go_live": weeks,
        "open_today": draw(st.sampled_from([0, 0, 1, 5, 40])),
        "organisation": {"users": users},
        "categories": {
            name: draw(_categories(share, with_work, ties))
            for name, share in zip(categories, SHARES[len(categories)], strict=True)
        },
        "demand": demand["source-0"] if len(demand) == 1 and draw(st.booleans()) else {"sources": demand},
        "calendars": calendars,
        "stations": {name: draw(parts.stations(categories, calendars, ties, not with_work)) for name in names},
        "routing": draw(_routing(names, categories)),
    }
    return Example(raw if first is None else raw | {"go_live": first}, logs)


@st.composite
def _categories(draw: st.DrawFn, share: float, with_work: bool, ties: bool) -> Raw:
    category: Raw = {"share": share}
    if with_work:
        category["work_hours"] = draw(laws(draw(st.sampled_from([1.0, 4.0])), on_the_hour=ties))
    if draw(st.integers(0, 2)) == 0:
        category["difficulty"] = draw(unit_laws)
    if draw(st.integers(0, 2)) == 0:
        category["specification_quality"] = draw(unit_laws)
    return category


@st.composite
def _routing(draw: st.DrawFn, names: Sequence[str], categories: Sequence[str]) -> Raw:
    if not names:
        return {"entry": "refused"}
    routing: Raw = {"next": {}}
    if len(names) > 1 or draw(st.booleans()):
        routing["entry"] = draw(routes(names, categories))
    for number, name in enumerate(names):
        match draw(st.sampled_from(["silent", "silent", "onward", "onward", "back", "round"])):
            case "onward":
                routing["next"][name] = draw(routes(names[number + 1 :], categories))
            case "back":  # half of those that pass here leave
                routing["next"][name] = _half_done(draw(st.lists(st.sampled_from(names), min_size=1, max_size=2)))
            case "round":  # on to others, in turn, as long as they are not full; perhaps for ever
                routing["next"][name] = draw(_round(names, number))
    return routing


def _half_done(places: list[str]) -> Any:
    shares = {"done": 0.5}
    for place in places:
        shares[place] = shares.get(place, 0.0) + 0.5 / len(places)
    return shares


@st.composite
def _round(draw: st.DrawFn, names: Sequence[str], number: int) -> Any:
    if number == len(names) - 1:
        return {names[0]: 0.6, "done": 0.4}
    prefer = draw(st.permutations(names if draw(st.booleans()) else names[number + 1 :]))
    return {"rule": "open_first", "prefer": prefer, "overflow_beyond": draw(st.integers(0, 3))}
