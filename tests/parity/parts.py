"""Strategies for the parts of a model file: laws, calendars, sources, stations, routes.

Half of all models are drawn `on_the_hour`: their laws give whole hours, so that many things happen at one instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from changeflow.model.demand import RATES

Raw = dict[str, Any]

OUTCOMES = ("done", "refused")
MONDAY = date(2026, 1, 5)
FIRST_DAYS = (MONDAY, date(2025, 12, 24), date(2026, 1, 10), None)
"""A Monday, the day before a holiday, a Saturday, and the first day of a log."""

CALENDARS: tuple[Raw, ...] = (
    {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["09:00-17:00"]},
    {"hours": ["08:00-12:00", "13:00-17:00"], "holidays": "DE"},
    {"days": ["sat", "sun"], "hours": ["00:00-24:00"]},
    {"days": ["mon", "wed"], "hours": ["06:00-07:00", "07:00-08:30", "20:15-24:00"], "holidays": "US-CA"},
    {"week": {"mon": ["09:00-11:00"], "tue": ["00:00-24:00"], "wed": ["00:00-06:00"], "fri": ["10:00-10:20"]}},
    {"week": {"sun": ["22:00-24:00"], "mon": ["00:00-02:00", "04:00-05:00"]}},
)
EMPTY_CALENDAR: Raw = {
    "days": ["tue"],
    "hours": ["09:00-17:00"],
    "closed": [date(2025, 12, 1) + timedelta(days=day) for day in range(300)],
}
"""Never open in a run of these tests."""


def laws(scale: float, *, on_the_hour: bool) -> st.SearchStrategy[Any]:
    """Any of the eleven laws, of about this size; on the hour every value is a multiple of `scale`."""
    return _steps(scale) if on_the_hour else st.one_of(_steps(scale), _smooth(scale))


def _steps(scale: float) -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [
            scale,
            2 * scale,
            0,
            {"law": "deterministic", "value": 3 * scale},
            {"law": "discrete", "values": [0, scale, 4 * scale], "shares": [0.25, 0.5, 0.25]},
            {"law": "discrete", "values": [5 * scale, scale], "shares": [0.3, 0.7], "at_most": 3 * scale},
            {"law": "empirical", "values": [scale, 2 * scale, 2 * scale, 0]},
            {"law": "exponential", "mean": 1000 * scale, "at_most": scale},
        ]
    )


@st.composite
def _smooth(draw: st.DrawFn, scale: float) -> Raw:
    mean = scale * draw(st.sampled_from([0.25, 1.0, 1.7, 3.0]))
    law: Raw = draw(
        st.sampled_from(
            [
                {"law": "exponential", "mean": mean},
                {"law": "erlang", "k": 3, "mean": mean},
                {"law": "gamma", "mean": mean, "scv": 2.5},
                {"law": "gamma", "mean": mean, "scv": 0.25},
                {"law": "lognormal", "mean": mean, "scv": 1.5},
                {"law": "lognormal", "median": mean, "sigma": 0.8},
                {"law": "weibull", "shape": 0.7, "scale": mean},
                {"law": "uniform", "low": 0.0, "high": 2 * mean},
                {"law": "triangular", "low": 0.0, "mode": mean, "high": 2 * mean},
                {"law": "triangular", "low": mean, "mode": mean, "high": 3 * mean},
                {"law": "hyperexponential", "shares": [0.25, 0.75], "means": [2 * mean, mean / 2]},
            ]
        )
    )
    return law | {"at_most": 2 * mean} if draw(st.integers(0, 3)) == 0 else law


shares_of_one = st.sampled_from([1.0, 0.9, 0.5, 0.25, 0.0])
unit_laws = st.sampled_from(
    [
        0.5,
        {"law": "uniform", "low": 0.25, "high": 1.0},
        {"law": "discrete", "values": [0.0, 0.5, 0.9, 1.0], "shares": [0.25, 0.25, 0.25, 0.25]},
        {"law": "triangular", "low": 0.0, "mode": 0.25, "high": 1.0},
    ]
)


@st.composite
def by_category(draw: st.DrawFn, values: st.SearchStrategy[Any], categories: Sequence[str]) -> Any:
    """One value, or a table of values by category."""
    return draw(values) if draw(st.booleans()) else draw(tables(values, categories))


@st.composite
def tables(draw: st.DrawFn, values: st.SearchStrategy[Any], categories: Sequence[str]) -> Raw:
    """A table of values by category, with or without a default."""
    named = [name for name in categories if draw(st.booleans())]
    table = {name: draw(values) for name in named}
    if len(named) < max(len(categories), 1):
        table["default"] = draw(values)
    return table


@st.composite
def calendars(draw: st.DrawFn, first: date) -> Raw:
    """A calendar, sometimes with closed days within the run."""
    calendar = draw(st.sampled_from([*CALENDARS, EMPTY_CALENDAR]))
    if calendar is not EMPTY_CALENDAR and draw(st.booleans()):
        closed = draw(st.lists(st.integers(0, 14), min_size=1, max_size=3, unique=True))
        calendar = calendar | {"closed": [first + timedelta(days=day) for day in closed]}
    return calendar


batches = st.sampled_from(
    [
        {"law": "discrete", "values": [1, 3], "shares": [0.5, 0.5]},
        {"law": "discrete", "values": [4], "shares": [1.0]},
        {"law": "discrete", "values": [1, 2, 9], "shares": [0.6, 0.3, 0.1], "at_most": 5},
    ]
)


@st.composite
def sources(
    draw: st.DrawFn, number: int, first: date, days: float, start_day: float, categories: Sequence[str], users: int,
    ties: bool,
) -> tuple[Raw, str]:  # fmt: skip
    """A source of some requests in `days` days from `start_day` on, and the text of its log if it replays one."""
    kinds = (
        ["renewal", "replay"]
        if ties and draw(st.booleans())
        else ["poisson", "piecewise", "go_live", "renewal", "replay"]
    )
    kind = draw(st.sampled_from(kinds))
    count = draw(st.sampled_from([150, 60, 20, 3]))
    if kind == "replay":
        return draw(_replays(number, first, days, start_day, categories))
    source: Raw = {"kind": kind}
    if kind != "go_live" and draw(st.integers(0, 2)) == 0:
        source["batch"] = draw(batches)
        count /= 2.5
    if categories and draw(st.integers(0, 3)) == 0:
        source["category"] = draw(st.sampled_from(categories))
    if kind == "poisson":
        name = draw(st.sampled_from(list(RATES)))
        source[name] = count / (days * 24) * RATES[name] / (users / 100 if "users" in name else 1)
    elif kind == "renewal":
        gap = float(max(1, round(days * 24 / count)))
        source["interarrival_hours"] = draw(laws(gap, on_the_hour=ties).filter(lambda law: law != 0))
    elif kind == "piecewise":
        edges = draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, 1.5]), min_size=2, unique=True))
        source["edges_days"] = [start_day * draw(st.sampled_from([0.0, 1.0])) + days * edge for edge in sorted(edges)]
        rates = st.sampled_from([0.0, count / days, 2.0 * count / days])
        source["rates_per_day"] = [draw(rates) for _ in edges[1:]]
        if not _rise(source["edges_days"]):
            source["edges_days"] = [float(edge) for edge in range(len(edges))]
    else:
        source["misfits_per_100_users"] = 2.0 * count * 100 / users
        source["fit"] = draw(st.sampled_from([0.0, 0.4, 1.0]))
        source["shape"] = draw(st.sampled_from(["decay", "rise_then_decay"]))
        source["time_days"] = draw(st.sampled_from([0.5, 1.0])) * (start_day + days)
    return source, ""


def _rise(edges: list[float]) -> bool:
    return all(a < b for a, b in zip(edges, edges[1:], strict=False))


@st.composite
def _replays(
    draw: st.DrawFn, number: int, first: date, days: float, start_day: float, categories: Sequence[str]
) -> tuple[Raw, str]:
    begin, end = int(start_day * 24), int((start_day + days) * 24)
    anywhere, together = st.integers(max(begin - 4, 0), end + 4), st.integers(begin, begin + 12)
    whole = [0, begin + 1, *draw(st.lists(st.one_of(anywhere, together), min_size=1, max_size=40))]
    odd = timedelta(minutes=draw(st.sampled_from([0, 0, 20])))
    iso, sign = draw(st.booleans()), draw(st.sampled_from([",", ";"]))
    lines = [sign.join(["id", "at", "kind"])]
    for row, hour in enumerate(whole):
        at = datetime.combine(first, time()) + timedelta(hours=hour) + odd * (row % 2)
        text = at.isoformat() if iso else at.strftime("%d/%m/%Y %H:%M")
        lines.append(sign.join([f"k{row - (row % 7 == 6)}", text, "xyz"[row % 3]]))
    source: Raw = {"kind": "replay", "file": f"log-{number}.csv", "request": "id", "arrived": "at", "delimiter": sign}
    if not iso:
        source["date_format"] = "%d/%m/%Y %H:%M"
    if categories:
        source["category"] = "kind"
        source["default_category"] = draw(st.sampled_from(categories))
        source["category_map"] = {"x": categories[0], "y": categories[-1]}
    return source, "\n".join(lines) + "\n"


@st.composite
def stations(draw: st.DrawFn, categories: Sequence[str], calendars: Raw, ties: bool, needs_service: bool) -> Raw:
    """A station with anything that a station may have."""
    kinds = ["in_house", "vendor"]
    servers = draw(st.sampled_from([1, 1, 1, 1, 2, 2, 3, 4, 70, "infinite"]))
    station: Raw = {"kind": draw(st.sampled_from(kinds)), "servers": servers}
    scale = draw(st.sampled_from([1.0, 3.0, 12.0, 40.0]))
    if needs_service or draw(st.booleans()):
        station["service_hours"] = draw(by_category(laws(scale, on_the_hour=ties), categories))
    if draw(st.booleans()):
        station["stage"] = "change"
    station["calendar"] = draw(st.sampled_from(["always", *calendars]))
    station["speed"] = draw(st.sampled_from([1.0, 1.0, 2.0, 0.7]))
    capacity = draw(st.sampled_from(["", "", "availability", "hours_per_week"]))
    if capacity == "availability":
        station["availability"] = draw(st.sampled_from([0.5, 0.3]))
    elif capacity == "hours_per_week":
        station["hours_per_week"] = 2.0
    if draw(st.integers(0, 3)) == 0:
        station["share_for_us"] = draw(st.sampled_from([0.5, 0.7]))
    if draw(st.booleans()):
        station["openness"] = draw(by_category(shares_of_one, categories))
    if draw(st.integers(0, 2)) == 0:
        station["intake_delay_hours"] = draw(laws(2.0, on_the_hour=ties))
    if draw(st.booleans()):
        station["acceptance"] = draw(_acceptances(categories))
    return station


@st.composite
def _acceptances(draw: st.DrawFn, categories: Sequence[str]) -> Raw:
    limit = draw(st.sampled_from([2, 1, 3, None]))
    chances = st.sampled_from([0.6, 0.3, 0.0] if limit is None else [0.5, 1.0, 0.0])
    acceptance: Raw = {
        "rework_probability": draw(by_category(chances, categories)),
        "rework_work": draw(st.sampled_from(["fresh", 0.5, 1.0, 2.0])),
        "at_limit": draw(st.sampled_from(["withdrawn", "done"])),
    }
    return acceptance if limit is None else acceptance | {"max_attempts": limit}


@st.composite
def routes(draw: st.DrawFn, places: Sequence[str], categories: Sequence[str]) -> Any:
    """Any rule over some of these stations and the outcomes."""
    anywhere = st.sampled_from([*places, *places, *OUTCOMES])
    rule = draw(st.sampled_from(["to", "split", "by_category", *(["open_first"] * 3 if places else [])]))
    if rule == "to":
        return draw(anywhere)
    if rule == "by_category":
        return {"rule": rule, "to": draw(tables(anywhere, categories))}
    if rule == "split":
        named = draw(st.lists(anywhere, min_size=1, max_size=4, unique=True))
        shares = {1: [1.0], 2: [0.25, 0.75], 3: [0.5, 0.0, 0.5], 4: [0.1, 0.2, 0.3, 0.4]}[len(named)]
        return dict(zip(named, shares, strict=True))
    prefer = draw(st.lists(st.sampled_from(places), min_size=1, max_size=len(places), unique=True))
    route: Raw = {"rule": rule, "prefer": prefer}
    if draw(st.integers(0, 3)):
        route["overflow_beyond"] = draw(st.integers(0, 5))
    return route
