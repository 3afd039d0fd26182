"""Generated models over the whole schema, and what builds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from tests.parity.adoption import adoptions
from tests.parity.demand import sources
from tests.parity.graphs import graphs
from tests.parity.hours import FIRST_DAYS, MONDAY, calendars
from tests.parity.laws import Raw, laws, one_in, unit_laws
from tests.parity.mistakes import errors, systems
from tests.parity.money import CONTRACT, contracts, costs
from tests.parity.money import waiting as shapes
from tests.parity.organisations import variations
from tests.parity.rules import routes, routing
from tests.parity.stations import Setting, stations
from tests.strategies import sampled

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
    """Anything a model file can say about what happens, over a short horizon; all that both engines know."""
    ties = draw(st.booleans())
    days = draw(sampled([1.0, 3.0, 7.0, 7.5, 21.0, 60.0]))
    weeks = draw(sampled([0.0, 0.0, 0.0, 0.5, 3.0]))
    users = draw(sampled([100, 37]))
    categories = CATEGORIES[: draw(st.integers(0, 4))]
    names = NAMES[: draw(sampled([1, 2, 2, 3, 3, 4, 4, 0]))]
    with_work = bool(categories and names) and draw(st.booleans())
    due_dates = bool(categories) and draw(st.booleans())
    waiting = draw(sampled([24.0, 0.0]))
    window = weeks * 7, weeks * 7 + days
    changes = [window[0] + share * days for share in (0.25, 0.5, 1.0)]
    generalists = [name for name in names if name == names[0] or not categories or not draw(one_in(4))]
    tester = generalists[-1] if len(generalists) > 1 and draw(st.booleans()) else None
    demand: Raw = {}
    logs: dict[str, str] = {}
    first = draw(sampled(FIRST_DAYS))
    for number in range(draw(sampled([1, 1, 2, 3]))):
        source, log = draw(sources(number, first or MONDAY, days, weeks * 7, categories, users, ties))
        if names and draw(one_in(4)):
            source["entry"] = draw(routes(names, categories, changes, generalists))
        demand[f"source-{number}"] = source
        if log:
            logs[source["file"]] = log
    shifts = {f"calendar-{n}": draw(calendars(first or MONDAY)) for n in range(draw(st.integers(0, 2)))}
    with_errors, qualities = bool(names) and draw(one_in(2)), bool(categories) and draw(st.booleans())
    setting = Setting(categories, shifts, window, ties, not with_work, due_dates, waiting > 0, with_errors)
    order = draw(st.permutations(generalists))
    raw: Raw = {
        "title": "generated",
        "horizon_days": days,
        "weeks_since_go_live": weeks,
        "open_today": draw(sampled([0, 0, 1, 5, 40])),
        "organisation": {"users": users} | draw(variations),
        "categories": {
            name: draw(_categories(share, with_work, due_dates, qualities, ties))
            for name, share in zip(categories, SHARES[len(categories)], strict=True)
        },
        "demand": demand["source-0"] if len(demand) == 1 and draw(st.booleans()) else {"sources": demand},
        "calendars": shifts,
        "costs": draw(costs(waiting, due_dates=due_dates)),
        "adoption": draw(adoptions()),
        "stations": {
            name: draw(
                stations(
                    setting,
                    for_all=name in generalists,
                    others=order[order.index(name) + 1 :] if name in order else order,
                    tester=None if name == tester else tester,
                    tests=name == tester,
                )
            )
            for name in names
        },
        "routing": draw(routing(names, categories, changes, generalists, tester)),
    }
    if any("contract" in station for station in raw["stations"].values()):
        raw["contracts"] = {CONTRACT: draw(contracts(categories))}
    if any("errors" in station for station in raw["stations"].values()):
        raw["errors"] = draw(errors(qualities=qualities, ties=ties))
        raw["system"] = draw(systems(categories))
    if names and draw(one_in(3)):
        raw["components"] = draw(graphs(categories))
    return Example(raw if first is None else raw | {"go_live": first}, logs)


@st.composite
def _categories(draw: st.DrawFn, share: float, with_work: bool, due_dates: bool, qualities: bool, ties: bool) -> Raw:
    category: Raw = {"share": share, "priority": draw(sampled([0, 1, 1, 5, 9]))}
    if with_work:
        category["work_hours"] = draw(laws(draw(sampled([1.0, 4.0])), on_the_hour=ties))
    if draw(one_in(3)):
        category["difficulty"] = draw(unit_laws)
    if qualities or draw(one_in(3)):
        category["specification_quality"] = draw(unit_laws)
    if with_work and draw(one_in(4)):
        category["difficulty_size_correlation"] = draw(sampled([1.0, 0.7, -0.4, -1.0]))
    if due_dates:
        category["due_within_days"] = draw(sampled([0.5, 2.0, 10.0]))
    if draw(one_in(5)):
        category["waiting"] = draw(shapes(due_dates=due_dates))
    elif draw(one_in(3)):
        category["waiting_cost_per_day"] = draw(sampled([1.0, 10.0, 300.0]))
    return category
