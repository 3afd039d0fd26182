"""Which features of queues, people, doors and rules happened in a run, from its trace alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.shared.turnover import NEWS
from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.staffing import happenings
from changeflow.engine.tables.station import HAND_BACK, NO_LAW, NO_PLACE, GroupTable, StationTable
from changeflow.engine.trace import Rows, Trace


def happened(tables: Tables, trace: Trace) -> Iterator[str]:
    """Words for what happened."""
    after = _following(trace)
    for number, station in enumerate(tables.as_staffed(trace.staff)):
        mine = trace.visits["station"] == number
        visits = trace.visits[mine]
        yield from _interrupted(tables, station, visits, after[mine])
        yield from _left(tables, station, visits)
        yield from _before(station, visits)
        yield from _afterwards(station, visits, after[mine])
        yield from _in_order(tables, station, visits)
        yield from _people(station, visits, trace.end)
        yield from _careers(tables, station, visits)
    if trace.unasked:
        yield "unasked: the backlog was long"
    yield from _adoption(trace)
    others = [number for number, is_other in enumerate(tables.background[:-1]) if is_other]
    if np.isin(trace.requests["source"], others).any():
        yield "requests of other customers"
    first = np.r_[True, trace.decisions["request"][1:] != trace.decisions["request"][:-1]]
    if len(trace.decisions) and np.isfinite(trace.decisions["value"]).any() and not first.all():
        yield "a rule compared stations"


def _adoption(trace: Trace) -> Iterator[str]:
    weeks = trace.adoption
    if not len(weeks):
        return
    yield "adoption: mood computed"
    if not weeks["in_use"].all():
        yield "adoption: given up"
    if (weeks["attempt"] == 2).any():
        yield "adoption: a second attempt"
    if (trace.visits["outcome"] == t.GIVEN_UP).any():
        yield "adoption: waiting requests withdrawn"
    if (np.diff(weeks["active_share"][weeks["in_use"]]) > 0).any():
        yield "adoption: users came back"


def _following(trace: Trace) -> np.ndarray:
    """When the next visit of the same request began, or it closed; NaN when neither happened."""
    visits, closed = trace.visits, np.full(len(trace.requests), np.nan)
    closed[trace.requests["number"]] = trace.requests["closed"]
    order = np.lexsort((visits["visit"], visits["request"]))
    sorted_visits = visits[order]
    after = closed[sorted_visits["request"]]
    again = sorted_visits["request"][1:] == sorted_visits["request"][:-1]
    after[:-1][again] = sorted_visits["entered"][1:][again]
    found = np.empty(len(visits))
    found[order] = after
    return found


def _group_of(station: StationTable, server: int) -> GroupTable:
    for group in station.groups:
        if server < max(group.servers, 1):
            return group
        server -= group.servers
    raise AssertionError(server)


def _interrupted(tables: Tables, station: StationTable, visits: Rows, after: np.ndarray) -> Iterator[str]:
    rule = tables.model.stations[station.name].interrupted_work
    for visit in visits[visits["outcome"] == t.INTERRUPTED]:
        group = _group_of(station, int(visit["server"]))
        at = np.flatnonzero(group.times == visit["finished"])
        if len(at) and group.rule[at[0]] == HAND_BACK and group.on_duty[at[0]] < group.on_duty[at[0] - 1]:
            closes = visit["finished"] in group.shift.closes
            yield f"handed back: {'end of shift' if closes else 'people left'}"
        else:
            yield "interrupted by one that ranks before it"
        yield f"interrupted work: {rule}"
    again = visits["outcome"] == t.INTERRUPTED
    if len(np.unique(visits["pass"][again] + (visits["request"][again] << 20))) < again.sum():
        yield "interrupted more than once"


def _left(tables: Tables, station: StationTable, visits: Rows) -> Iterator[str]:
    outcomes = set(visits["outcome"].tolist())
    if t.RENEGED in outcomes:
        yield "reneged"
    if t.BALKED in outcomes:
        yield "balked"
    if t.TURNED_AWAY in outcomes:
        sent = tables.model.stations[station.name].when_full != "refused"
        yield "turned away, sent on to another station" if sent else "turned away, refused"


def _before(station: StationTable, visits: Rows) -> Iterator[str]:
    late = visits[visits["joined"] > visits["entered"]]
    late = late[late["attempt"] < 2]
    if not len(late):
        return
    held, intake, asked = station.hold_size or station.hold_hours, station.delay_law, station.requester_law
    if held and intake == asked == NO_LAW:
        dates = late["joined"] % station.hold_hours if station.hold_hours else np.ones(len(late))
        yield "held and let in on a date" if (dates == 0).any() else "held and let in together"
        if station.hold_hours and station.hold_size and (dates != 0).any():
            yield "held for a number and a date"
    elif asked != NO_LAW and intake == NO_LAW:
        yield "waited for the requester"


def _afterwards(station: StationTable, visits: Rows, after: np.ndarray) -> Iterator[str]:
    over = np.isin(visits["outcome"], (t.DELIVERED, t.REWORK))
    waited = over & (after > visits["finished"])
    if station.release_hours and waited.any():
        yield "waited for a release date"
    elif station.verdict_law != NO_LAW and station.tester == NO_PLACE and waited.any():
        yield "waited for the verdict"
    if (station.release_hours or station.verdict_law != NO_LAW) and (over & np.isnan(after)).any():
        yield "between work and verdict at the horizon"
    if station.tester != NO_PLACE and over.any():
        yield "tested"
    again = visits["attempt"] > 1
    if station.rework_law != NO_LAW and again.any():
        yield "rework by a law of its own"
    if station.rank != station.rank_again and again.any():
        yield "rework with a rank of its own"


def _in_order(tables: Tables, station: StationTable, visits: Rows) -> Iterator[str]:
    """Somebody was served before one that had joined earlier and was still there."""
    rule = tables.model.stations[station.name].discipline.rule
    fresh = visits[~np.isnan(visits["joined"])]
    fresh = fresh[np.argsort(fresh["joined"], kind="stable")]
    started = np.where(np.isnan(fresh["started"]), np.inf, fresh["started"])
    overtaken = np.minimum.accumulate(started[::-1])[::-1]
    if (overtaken[1:] < started[:-1]).any():
        yield f"overtaking: {rule}" if rule != "fifo" else "overtaking: fifo with skills or stays of different kinds"
    if rule == "ageing" and station.urgent_hours > 0 and len(visits):
        yield "urgent before due"


def _people(station: StationTable, visits: Rows, end: float) -> Iterator[str]:
    started = visits[~np.isnan(visits["started"])]
    if not len(started):
        return
    finished = np.where(np.isnan(started["finished"]), end, started["finished"])
    if len(station.groups) > 1 and len({_group_of(station, s).name for s in set(started["server"].tolist())}) > 1:
        yield "several groups at work"
    if any(0.0 in group.speed for group in station.groups):
        yield "skills"
    if any(len(set(group.speed) - {0.0}) > 1 for group in station.groups):
        yield "speed by category"
    if _most_at_once(started["started"], finished) == station.most_in_hand:
        yield "limit of work in hand reached"
    for group in station.groups:
        if not group.shift.never_closes and group.calendar.never_closes:
            beyond = [time for time in started["finished"] if group.shift.next_open(float(time)) > time]
            if beyond and HAND_BACK not in group.rule:
                yield "finished in overtime"
        if (np.diff(group.on_duty) > 0).any() and group.shift.never_closes:
            yield "people came"
        if (np.diff(group.on_duty) < 0).any() and group.shift.never_closes:
            yield "people left"
    if len({id(group.shift) for group in station.groups}) > 1:
        yield "groups with different calendars"


def _careers(tables: Tables, station: StationTable, visits: Rows) -> Iterator[str]:
    """What happened to people with names."""
    news = {NEWS[code] for group in station.groups for _, code in happenings(group)}
    yield from (f"staff: {word}" for word in news)
    over = np.isin(visits["outcome"], (t.DELIVERED, t.REWORK))
    if station.learns and len(np.unique(visits["server"][over])) < over.sum():
        yield "learning" if np.isinf(station.forgetting_hours) else "learning and forgetting"
    if station.learns and (visits["outcome"] == t.INTERRUPTED).any():
        yield "learning and interrupted work"
    if any(0.0 <= limit < 1.0 for group in station.groups for limit in group.authority) and len(visits):
        yield "authority"
    if tables.model.stations[station.name].access < 1:
        yield "access"


def _most_at_once(started: np.ndarray, finished: np.ndarray) -> int:
    times = np.r_[finished, started]
    steps = np.r_[np.full(len(finished), -1), np.ones(len(started), np.int64)]
    return int(np.cumsum(steps[np.argsort(times, kind="stable")]).max(initial=0))
