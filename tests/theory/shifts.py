"""Staff that is either there or not: schedules of the reference schema as weekly calendars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from changeflow.model.calendars import WEEKDAYS

from .reasons import Raw, Unsupported, number

WEEK = 168 * 60
SCALES = (1.0, 0.5, 0.1, 1 / 60)
Spans = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A number of servers that is there during `spans` of each period (or once, without a period)."""

    servers: int
    spans: tuple[tuple[float, float], ...]
    period: float | None


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Open time of a calendar in the case's unit."""

    spans: tuple[tuple[float, float], ...]
    week: float

    def before(self, times: np.ndarray) -> np.ndarray:
        """Open time from 0 to each time."""
        weeks = np.floor(times / self.week)
        rest = times - weeks * self.week
        total = weeks * sum(end - start for start, end in self.spans)
        for start, end in self.spans:
            total = total + np.clip(rest - start, 0.0, end - start)
        return total


def read_staff(table: Raw, where: str) -> tuple[int | str, Schedule | None]:
    """The number of servers, and the schedule when it is not always the same."""
    if "servers_schedule" not in table:
        servers = table.get("servers", 1)
        if servers != "infinite" and (isinstance(servers, bool) or not isinstance(servers, int)):
            raise Unsupported(f"{where}: servers = {servers!r}")
        return servers, None
    if "servers" in table:
        raise Unsupported(f"{where}: servers and servers_schedule together")
    steps = [(number(at, "servers_schedule"), int(count)) for at, count in table["servers_schedule"]]
    times = [at for at, _ in steps]
    if times[0] != 0 or times != sorted(set(times)):
        raise Unsupported(f"{where}: a servers_schedule that does not rise from 0")
    counts = {count for _, count in steps}
    if len(counts) == 1 and 0 not in counts:
        return counts.pop(), None
    if len(counts - {0}) != 1:
        raise Unsupported(f"{where}: staff numbers that vary ({', '.join(map(str, sorted(counts)))})")
    _needs_resume(table, where)
    period = number(table["schedule_period"], "schedule_period") if "schedule_period" in table else None
    ends = [*times[1:], period if period is not None else np.inf]
    if ends[-1] <= times[-1]:
        raise Unsupported(f"{where}: a servers_schedule longer than its period")
    spans = tuple((at, end) for (at, count), end in zip(steps, ends) if count)
    return max(counts), Schedule(max(counts), spans, period)


def _needs_resume(table: Raw, where: str) -> None:
    """Closing freezes work in hand, which is preempt and resume; nothing else can be said yet."""
    said = [str(table[key]) for key in ("shift_end", "on_interrupt") if key in table]
    if not said or any("resum" not in text for text in said) or "finish" in " ".join(said):
        raise Unsupported(f"{where}: at closing time {' / '.join(said) or 'nothing said'} (only preempt and resume)")


def hours_per_unit(schedules: list[Schedule], reach: float | None) -> float:
    """How many clock hours a unit of time becomes, so that every schedule fits a weekly calendar to the minute."""
    if not schedules:
        return 1.0
    periods = {schedule.period for schedule in schedules}
    scales = [1.0] + [length / period for period in periods if period for length in (24, 168)]
    if None in periods:
        if reach is None:
            raise Unsupported("a servers_schedule without a period in a case without an end")
        scales = [scale for scale in (*scales, *SCALES) if scale * reach <= 168]
    for scale in scales:
        if all(_minutes(schedule, scale) is not None for schedule in schedules):
            return scale
    raise Unsupported("a servers_schedule that no weekly calendar to the minute can hold")


def calendar(schedule: Schedule, hours: float) -> tuple[Raw, OpenHours]:
    """The weekly calendar of a schedule, as a table of a model file and as open hours for the measures."""
    spans = _minutes(schedule, hours)
    if not spans:
        raise Unsupported("a servers_schedule without any staff")
    week: dict[str, list[str]] = {day: [] for day in WEEKDAYS}
    for start, end in spans:
        for number_of_day, day in enumerate(WEEKDAYS):
            low, high = max(start, number_of_day * 1440), min(end, (number_of_day + 1) * 1440)
            if low < high:
                week[day].append(f"{_clock(low - number_of_day * 1440)}-{_clock(high - number_of_day * 1440)}")
    table: dict[str, Any] = {"week": {day: hours_of for day, hours_of in week.items() if hours_of}}
    in_units = tuple((start / 60 / hours, end / 60 / hours) for start, end in spans)
    return table, OpenHours(in_units, 168 / hours)


def _minutes(schedule: Schedule, hours: float) -> list[tuple[int, int]] | None:
    """Spans in minutes of the week; None where they are no whole minutes or do not repeat weekly."""
    period = WEEK if schedule.period is None else schedule.period * hours * 60
    repeats = WEEK / period
    edges = [edge * hours * 60 for span in schedule.spans for edge in span if edge != np.inf]
    if any(abs(value - round(value)) > 1e-9 for value in (period, repeats, *edges)):
        return None
    return [
        (number * round(period) + round(start * hours * 60), number * round(period) + min(_ends(end, hours), WEEK))
        for number in range(round(repeats))
        for start, end in schedule.spans
        if start * hours * 60 < WEEK
    ]


def _ends(end: float, hours: float) -> int:
    return WEEK if end == np.inf else round(end * hours * 60)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
