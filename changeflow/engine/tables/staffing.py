"""Groups of servers as numbers: speeds, authority, working hours, and who is on duty when."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from changeflow.engine.chance.draws import subject_key
from changeflow.engine.shared.turnover import JOINED, JOINED_TRAINED, NOTHING, TRAINED, Change, Job, history
from changeflow.engine.shared.worktime import WorkTime, always
from changeflow.engine.tables.station import FINISH, HAND_BACK, INFINITE, GroupTable
from changeflow.model.schema import Model
from changeflow.model.stations.staff import Group
from changeflow.model.values.by_category import by_category

CALLED_OFF = "called off"
_DAY = 24.0
_RULES = {"finish": FINISH, "hand_back": HAND_BACK, "pause": FINISH}
Row = tuple[float, int, int, int]
"""Clock time, servers on duty from then on, what becomes of work in hand, news."""


def group_tables(
    model: Model, station: str, categories: tuple[str, ...], calendar: Callable[[str], WorkTime]
) -> tuple[GroupTable, ...]:
    """The groups of a station, in the order of the file; those called off come last."""
    groups = [
        _group(model, station, name, group, categories, calendar(str(group.calendar)))
        for name, group in model.groups(station).items()
    ]
    call_off = model.stations[station].call_off
    if call_off is not None:
        nobody = {name: np.zeros(1, np.int64) for name in ("on_duty", "rule", "news")}
        times = np.array([model.start_hours])
        groups.append(
            replace(groups[0], name=CALLED_OFF, servers=call_off.servers, times=times, job=None, **nobody)  # type: ignore[arg-type]
        )
    return tuple(groups)


def _group(
    model: Model, station: str, name: str, group: Group, categories: tuple[str, ...], shift: WorkTime
) -> GroupTable:
    value = model.stations[station]
    stands_still = value.shift_end == "pause"
    nobody_yet = np.zeros(1, np.int64)
    table = GroupTable(
        name=name,
        servers=INFINITE if value.servers == "infinite" else group.most_servers,
        hours_per_work_hour=1.0 / model.capacity_share(station, name),
        calendar=shift if stands_still else always(),
        speed=tuple(
            float(by_category(group.speed, category)) if group.may_work_on(category) else 0.0 for category in categories
        ),
        authority=tuple(group.authority_over(category) for category in categories),
        times=np.array([model.start_hours]),
        on_duty=nobody_yet,
        rule=nobody_yet,
        news=nobody_yet,
        shift=shift,
        drop=_RULES[value.staff_drop],
        closing=_RULES[value.shift_end],
        job=_job(model, station, name, group, shift),
        trained=group.trained,
        experience=tuple(float(by_category(group.experience, category)) for category in categories),
    )
    return _staffed(table, _changes(group))


def in_run(table: GroupTable, run_key: np.uint64, end: float) -> GroupTable:
    """A group with a job, as its holders come and go in one run."""
    assert table.job is not None
    return _staffed(table, history(table.job, run_key, end))


def happenings(table: GroupTable) -> list[tuple[float, int]]:
    """Courses, departures and successors of a job in one run: clock time and a code of shared/turnover.py."""
    return [(time, news) for time, news in zip(table.times.tolist(), table.news.tolist(), strict=True) if news]


def _staffed(table: GroupTable, changes: list[Change]) -> GroupTable:
    """The same group with these changes of people, told from the start of the run on."""
    start = float(table.times[0])
    rows = [(time, count, table.drop, news) for time, count, news in changes]
    if table.calendar.never_closes and not table.shift.never_closes:
        rows = _by_shift(changes, table.shift, table.drop, table.closing)
    before = [row for row in rows if row[0] <= start]
    on_duty, last_news = (before[-1][1], before[-1][3] if before[-1][0] == start else NOTHING) if before else (0, 0)
    rows = [(start, on_duty, FINISH, last_news), *rows[len(before) :]]
    trained, experience = table.trained, table.experience
    for *_, news in before:
        if news in (JOINED, JOINED_TRAINED):
            experience = (0.0,) * len(experience)
        if news in (JOINED, JOINED_TRAINED, TRAINED):
            trained = news != JOINED
    times, counts, rules, told = zip(*rows, strict=True)
    return replace(
        table,
        times=np.array(times),
        on_duty=np.array(counts, np.int64),
        rule=np.array(rules, np.int64),
        news=np.array(told, np.int64),
        trained=trained,
        experience=experience,
    )


def _changes(group: Group) -> list[Change]:
    """Clock times at which the number of people changes, from minus infinity on; without courses and departures."""
    if group.head_count is not None:
        pairs = zip(group.head_count.days, group.head_count.servers, strict=True)
        return [(day * _DAY, count, NOTHING) for day, count in pairs]
    found = [(group.from_day * _DAY, group.servers, NOTHING)]
    return found if group.until_day is None else [*found, (group.until_day * _DAY, 0, NOTHING)]


def _job(model: Model, station: str, name: str, group: Group, shift: WorkTime) -> Job | None:
    """The job of a person who takes a course or may leave; None of everybody else."""
    course, attrition = group.training, group.attrition
    if course is None and attrition is None:
        return None
    return Job(
        station=list(model.stations).index(station),
        name=name,
        key=subject_key(f"{station}/{name}"),
        begins=group.from_day * _DAY,
        ends=math.inf if group.until_day is None else group.until_day * _DAY,
        tenure=attrition.tenure_days * _DAY if attrition else math.inf,
        replacement=attrition.replacement_days * _DAY if attrition else math.inf,
        newcomers_trained=attrition is not None and attrition.newcomer == "trained",
        course_at=course.day * _DAY if course else math.nan,
        course_hours=course.hours if course else 0.0,
        shift=shift,
    )


def _by_shift(changes: list[Change], shift: WorkTime, drop: int, closing: int) -> list[Row]:
    """Nobody is on duty outside the shift; at one time the closing goes before a change of people.

    A run has a job's history of its own, and its shift thousands of edges, so all edges are looked at in one go.
    """
    dates, people, news = (np.array(column) for column in zip(*changes, strict=True))
    times = np.unique(np.concatenate([dates, shift.opens, shift.closes]))
    opened = np.searchsorted(shift.opens, times, "right") - 1
    is_open = times < np.append(shift.closes, -np.inf)[opened]  # before the first opening, or without any: closed
    last = np.searchsorted(dates, times, "right") - 1
    is_date = (last >= 0) & (dates[last] == times)
    on_duty = np.where(is_open & (last >= 0), people[last], 0)
    told = np.where(is_date, news[last], NOTHING)
    rule = np.where(is_date & ~np.isin(times, shift.closes), drop, closing)
    kept = (told != NOTHING) | (np.diff(on_duty, prepend=-1) != 0)
    columns = (column[kept].tolist() for column in (times, on_duty, rule, told))
    return list(zip(*columns, strict=True))
