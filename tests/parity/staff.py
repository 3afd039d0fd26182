"""Strategies for the people of a station: one kind of server, or groups with skills, shifts and dates."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.parity.laws import Raw, by_category, one_in
from tests.strategies import sampled

GROUPS = ("first", "second", "third")
SPEEDS = sampled([1.0, 1.0, 2.0, 0.7])


@st.composite
def people(
    draw: st.DrawFn, categories: Sequence[str], calendars: Raw, window: tuple[float, float], *, for_all: bool
) -> Raw:
    """`servers` or `staff`, hours and shifts; `for_all`: somebody has the skill for every category."""
    station: Raw = {"calendar": draw(sampled(["always", *calendars]))}
    station |= draw(_time())
    if draw(one_in(4)):
        station["absence"] = draw(sampled([0.2, 0.5]))
    if draw(one_in(4)):
        station |= draw(named_people(categories, calendars, window, for_all=for_all))
    elif draw(st.booleans()):
        station["servers"] = draw(sampled([1, 1, 1, 1, 2, 2, 3, 4, 70, "infinite"]))
    else:
        names = GROUPS[: draw(st.integers(1, 3))]
        station["staff"] = {name: draw(_groups(categories, calendars, window)) for name in names}
        if for_all:
            station["staff"][draw(sampled(names))].pop("categories", None)
    infinite = station.get("servers") == "infinite"
    ends = ["pause", "finish"] if infinite else ["pause", "finish", "hand_back", "hand_back"]
    station["shift_end"] = draw(sampled(ends))
    station["staff_drop"] = draw(sampled(["hand_back", "finish"]))
    return station


@st.composite
def named_people(
    draw: st.DrawFn, categories: Sequence[str], calendars: Raw, window: tuple[float, float], *, for_all: bool
) -> Raw:
    """People with names, who may learn, take courses, leave and be replaced; `for_all`: one may do everything."""
    names = GROUPS[: draw(st.integers(1, 3))]
    station: Raw = {"staff": {name: draw(_groups(categories, calendars, window)) for name in names}}
    learns = draw(sampled([True, True, False]))
    if learns:
        station["learning"] = {
            "rate": draw(sampled([0.85, 0.7, 1.0])), "start": draw(sampled([0.4, 0.05, 0.7])),
            "trained": draw(sampled([0.7, 1.0])),
        }  # fmt: skip
        if draw(st.booleans()):
            station["learning"]["forgetting_days"] = draw(sampled([0.5, 3.0, 40.0]))
    for group in station["staff"].values():
        group.pop("head_count", None)
        group.pop("servers", None)
        if learns:
            group["trained"] = draw(st.booleans())
        if learns and draw(one_in(3)):
            group["experience"] = draw(by_category(sampled([0.0, 2.0, 30.5]), categories))
        if learns and draw(one_in(3)):
            group["training"] = {
                "day": draw(_days(window)), "hours": draw(sampled([1.0, 8.0, 40.0])),
            }  # fmt: skip
        if draw(st.booleans()):
            tenure, replacement = draw(sampled([(0.1, 0.05), (2.0, 1.0), (20.0, 3.0), (600.0, 40.0)]))
            group["attrition"] = {
                "tenure_days": tenure, "replacement_days": replacement,
                "newcomer": draw(sampled(["untrained", "trained"])),
            }  # fmt: skip
        if draw(st.booleans()):  # where nobody may do everything, somebody may do something of each category
            limits = sampled([0.0, 0.3, 0.7, 1.0] if for_all else [0.5, 1.0])
            group["authority"] = draw(by_category(limits, categories))
    if for_all:
        first = station["staff"][draw(sampled(names))]
        first.pop("categories", None)
        first.pop("authority", None)
    return station


@st.composite
def _time(draw: st.DrawFn) -> Raw:
    """The share of a server's time that is for change requests."""
    match draw(sampled(["", "", "availability", "hours_per_week"])):
        case "availability":
            return {"availability": draw(sampled([0.5, 0.3]))}
        case "hours_per_week":
            return {"hours_per_week": 2.0}
    return {}


@st.composite
def _groups(draw: st.DrawFn, categories: Sequence[str], calendars: Raw, window: tuple[float, float]) -> Raw:
    group: Raw = draw(_time()) if draw(one_in(3)) else {}
    match draw(sampled(["always there", "always there", "dates", "head count"])):
        case "always there":
            group["servers"] = draw(st.integers(1, 3))
        case "dates":
            group["servers"] = draw(st.integers(1, 3))
            group |= draw(_dates(window))
        case "head count":
            group["head_count"] = draw(_head_counts(window))
    if draw(st.booleans()):
        group["speed"] = draw(by_category(SPEEDS, categories))
    if categories and draw(st.booleans()):
        group["categories"] = draw(st.lists(sampled(categories), min_size=1, unique=True))
    if draw(one_in(3)):
        group["absence"] = draw(sampled([0.0, 0.25]))
    if draw(one_in(3)):
        group["calendar"] = draw(sampled(["always", *calendars]))
    return group


def _days(window: tuple[float, float]) -> st.SearchStrategy[float]:
    """Days within the window and at its edges; on the hour, so that they meet other events."""
    begin, end = window
    shares = sampled([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
    return shares.map(lambda share: round((begin + share * (end - begin)) * 24) / 24)


@st.composite
def _dates(draw: st.DrawFn, window: tuple[float, float]) -> Raw:
    first, last = draw(_days(window)), draw(_days(window))
    if first == last:
        return {"until_day": last} if last > 0 else {"from_day": first}
    if draw(st.booleans()):
        return {"from_day": min(first, last), "until_day": max(first, last)}
    return {"until_day": max(first, last)}


@st.composite
def _head_counts(draw: st.DrawFn, window: tuple[float, float]) -> Raw:
    days = sorted({0.0, *draw(st.lists(_days(window), min_size=1, max_size=5))})
    servers = [draw(sampled([0, 1, 2, 3])) for _ in days]
    if not any(servers):
        servers[0] = 2
    return {"days": days, "servers": servers}
