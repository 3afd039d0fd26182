"""Groups of servers as numbers: speeds, working hours, and who is on duty when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from changeflow.engine.station_table import FINISH, HAND_BACK, INFINITE, GroupTable
from changeflow.engine.worktime import WorkTime, always
from changeflow.model.by_category import by_category
from changeflow.model.schema import Model
from changeflow.model.staff import Group

CALLED_OFF = "called off"
Change = tuple[float, int]
_DAY = 24.0


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
        nobody = {
            "times": np.array([model.start_hours]),
            "on_duty": np.zeros(1, np.int64),
            "rule": np.zeros(1, np.int64),
        }
        groups.append(replace(groups[0], name=CALLED_OFF, servers=call_off.servers, **nobody))  # type: ignore[arg-type]
    return tuple(groups)


def _group(
    model: Model, station: str, name: str, group: Group, categories: tuple[str, ...], shift: WorkTime
) -> GroupTable:
    value = model.stations[station]
    stands_still = value.shift_end == "pause"
    rules = {"finish": FINISH, "hand_back": HAND_BACK, "pause": FINISH}
    changes = _changes(group)
    rows = [(time, count, rules[value.staff_drop]) for time, count in changes]
    if not stands_still and not shift.never_closes:
        rows = _by_shift(changes, shift, rules[value.staff_drop], rules[value.shift_end])
    before = [row for row in rows if row[0] <= model.start_hours]
    rows = [(model.start_hours, before[-1][1] if before else 0, FINISH), *rows[len(before) :]]
    return GroupTable(
        name=name,
        servers=INFINITE if value.servers == "infinite" else group.most_servers,
        hours_per_work_hour=1.0 / model.capacity_share(station, name),
        calendar=shift if stands_still else always(),
        speed=tuple(
            float(by_category(group.speed, category)) if group.may_work_on(category) else 0.0 for category in categories
        ),
        times=np.array([row[0] for row in rows]),
        on_duty=np.array([row[1] for row in rows], np.int64),
        rule=np.array([row[2] for row in rows], np.int64),
        shift=shift,
    )


def _changes(group: Group) -> list[Change]:
    """Clock times at which the number of people changes, from minus infinity on."""
    if group.head_count is not None:
        return [(day * _DAY, count) for day, count in zip(group.head_count.days, group.head_count.servers, strict=True)]
    found = [(group.from_day * _DAY, group.servers)]
    return found if group.until_day is None else [*found, (group.until_day * _DAY, 0)]


def _by_shift(changes: list[Change], shift: WorkTime, drop: int, closing: int) -> list[tuple[float, int, int]]:
    """Nobody is on duty outside the shift; at one time the closing goes before a change of people."""
    edges = sorted({*(time for time, _ in changes), *shift.opens.tolist(), *shift.closes.tolist()})
    closes, dates = set(shift.closes.tolist()), {time for time, _ in changes}
    rows: list[tuple[float, int, int]] = []
    place, people = 0, 0
    for time in edges:
        while place < len(changes) and changes[place][0] <= time:
            people = changes[place][1]
            place += 1
        count = people if shift.next_open(time) == time else 0
        rule = closing if time in closes or time not in dates else drop
        if not rows or rows[-1][1] != count:
            rows.append((time, count, rule))
    return rows
