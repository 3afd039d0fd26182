"""Staff whose number changes: schedules of the reference schema as weekly calendars or as head counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from changeflow.model.stations.calendars import WEEKDAYS

from .reasons import Raw, Unsupported, number

WEEK = 168 * 60
HOURS_PER_DAY = 24.0
"""Clock hours a unit becomes with head counts alone: their days are then the case's own numbers, exactly."""
MAX_CHANGES = 200_000
Steps = tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Numbers of servers from given times on, repeated with the period if there is one."""

    steps: Steps
    period: float | None
    at_end: str
    """Work in hand of who leaves: finish or hand_back."""
    interrupted: str | None
    """What becomes of work handed back: resume, restart or resample; None: the case does not say."""

    @property
    def most(self) -> int:
        """The largest number of servers."""
        return max(count for _, count in self.steps)

    def count_at(self, time: float) -> int:
        """Servers on duty at a time."""
        rest = time if self.period is None else time % self.period
        return [count for at, count in self.steps if at <= rest + 1e-12][-1]

    @property
    def spans(self) -> list[tuple[float, float]]:
        """When somebody is there, within one period."""
        ends = [*(at for at, _ in self.steps[1:]), self.period or math.inf]
        return [(at, end) for (at, count), end in zip(self.steps, ends) if count]

    @property
    def is_weekly(self) -> bool:
        """All come and leave together, again and again: a calendar, whose work in hand rests or is finished first."""
        together = len({count for _, count in self.steps} - {0}) == 1
        return self.period is not None and together and self.interrupted in {None, "resume"}

    def head_count(self, horizon: float, hours: float) -> Raw:
        """The numbers up to a horizon in the case's unit, `hours` of ours each."""
        times = math.ceil(horizon / self.period) if self.period else 1
        if times * len(self.steps) > MAX_CHANGES:
            raise Unsupported(f"a servers_schedule over {times} periods")
        changes = [place * (self.period or 0.0) + at for place in range(times) for at, _ in self.steps]
        days = [at * (hours / HOURS_PER_DAY) for at in changes]
        counts = [count for _ in range(times) for _, count in self.steps]
        kept = [place for place in range(len(counts)) if not place or counts[place] != counts[place - 1]]
        return {"days": [days[place] for place in kept], "servers": [counts[place] for place in kept]}

    def teams(self, hours: float) -> Raw:
        """Each change brings servers of its own: the staff of a station, team by team."""
        days = hours / HOURS_PER_DAY
        ends = [*({"until_day": at * days} for at, _ in self.steps[1:]), {}]
        return {
            f"team-{place}": {"servers": count, "from_day": at * days, **end}
            for place, ((at, count), end) in enumerate(zip(self.steps, ends))
            if count
        }


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
    steps = tuple((number(at, "servers_schedule"), int(count)) for at, count in table["servers_schedule"])
    times = [at for at, _ in steps]
    if times[0] != 0 or times != sorted(set(times)):
        raise Unsupported(f"{where}: a servers_schedule that does not rise from 0")
    counts = {count for _, count in steps}
    if not any(counts):
        raise Unsupported(f"{where}: a servers_schedule without any staff")
    if len(counts) == 1:
        return counts.pop(), None
    period = number(table["schedule_period"], "schedule_period") if "schedule_period" in table else None
    if period is not None and period <= times[-1]:
        raise Unsupported(f"{where}: a servers_schedule longer than its period")
    schedule = Schedule(steps, period, *_at_end(table, where))
    return schedule.most, schedule


def _at_end(table: Raw, where: str) -> tuple[str, str | None]:
    """What becomes of work in hand when its server leaves, from the words of the case."""
    said = " / ".join(str(table[key]) for key in ("shift_end", "on_interrupt") if key in table)
    found = [word for word in ("resum", "restart", "resampl") if word in said]
    if "finish" in said and not found:
        return "finish", None
    if "finish" in said or len(found) != 1 or "tail" in said:
        raise Unsupported(f"{where}: at the end of a shift '{said or 'nothing said'}'")
    if "head of the queue" in said and not str(table.get("discipline", "fifo")).startswith(("fifo", "priority")):
        raise Unsupported(f"{where}: handed back to the head of the queue under {table['discipline']}")
    return "hand_back", {"resum": "resume", "restart": "restart", "resampl": "resample"}[found[0]]


def hours_per_unit(schedules: list[Schedule]) -> float:
    """How many clock hours a unit of time becomes: so that calendars fit a week to the minute, else a day."""
    if not schedules:
        return 1.0
    weekly = [schedule for schedule in schedules if schedule.is_weekly]
    for scale in [1.0] + [length / schedule.period for schedule in weekly for length in (24, 168) if schedule.period]:
        if weekly and all(_minutes(schedule, scale) is not None for schedule in weekly):
            return scale
    return HOURS_PER_DAY


def calendar(schedule: Schedule, hours: float) -> tuple[Raw, OpenHours] | None:
    """The weekly calendar of a schedule, for a model file and for the measures; None where it is no calendar."""
    spans = _minutes(schedule, hours) if schedule.is_weekly else None
    if spans is None:
        return None
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
    assert schedule.period is not None
    period = schedule.period * hours * 60
    repeats = WEEK / period
    edges = [edge * hours * 60 for span in schedule.spans for edge in span]
    if any(abs(value - round(value)) > 1e-9 for value in (period, repeats, *edges)):
        return None
    return [
        (place * round(period) + round(start * hours * 60), place * round(period) + round(end * hours * 60))
        for place in range(round(repeats))
        for start, end in schedule.spans
    ]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
