"""Working time as a model file writes it: a weekly pattern, holidays, closed days."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, model_validator

from changeflow.model.values.frozen import ListOf, NamedOf, Value

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d)$")


@lru_cache(maxsize=512)
def parse_span(text: str) -> tuple[float, float]:
    """'09:00-17:00' -> (9.0, 17.0), hours of the day."""
    match = _SPAN.match(text)
    if not match:
        raise ValueError("hours as 'HH:MM-HH:MM'")
    h1, m1, h2, m2 = (int(part) for part in match.groups())
    start, end = h1 + m1 / 60, h2 + m2 / 60
    if not 0 <= start < end <= 24 or m1 > 59 or m2 > 59:
        raise ValueError("hours as 'HH:MM-HH:MM', the end after the start, at most 24:00")
    return start, end


def _checked_span(text: str) -> str:
    parse_span(text)
    return text


Span = Annotated[str, AfterValidator(_checked_span)]


class Calendar(Value):
    """Open hours of a station: `hours` on each of `days`, or `week` day by day."""

    days: ListOf[str] = WEEKDAYS[:5]
    hours: ListOf[Span] = ()
    week: NamedOf[ListOf[Span]] = {}
    holidays: str | None = None
    """Country code of the `holidays` library, with an optional region: 'DE' or 'DE-BY'."""
    closed: ListOf[date] = ()

    @model_validator(mode="after")
    def _some_hours(self) -> Calendar:
        for day in (*self.days, *self.week):
            if day not in WEEKDAYS:
                raise ValueError("days among " + ", ".join(WEEKDAYS))
        if bool(self.hours) == bool(self.week):
            raise ValueError("either hours (with days) or week")
        for spans in self.pattern():
            if any(b[0] < a[1] for a, b in pairwise(spans)):
                raise ValueError("hours of a day in order, without overlap")
        if not self.open_hours_per_week():
            raise ValueError("at least one open hour a week")
        return self

    def pattern(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Open spans of each weekday from Monday on, in hours of the day."""
        table = dict(self.week) if self.week else dict.fromkeys(self.days, self.hours)
        return tuple(tuple(parse_span(text) for text in table.get(day, ())) for day in WEEKDAYS)

    def open_hours_per_week(self) -> float:
        """Open hours of a week without holidays."""
        return sum(end - start for spans in self.pattern() for start, end in spans)

    def open_hours_per_day(self) -> float:
        """Mean open hours of a day that is open at all."""
        return self.open_hours_per_week() / sum(1 for spans in self.pattern() if spans)

    def closed_dates(self, first: date, last: date) -> frozenset[date]:
        """Holidays and closed days from `first` to `last`, both included."""
        days = {day for day in self.closed if first <= day <= last}
        if self.holidays:
            days |= {day for day in _holiday_dates(self.holidays, first, last) if first <= day <= last}
        return frozenset(days)


def _holiday_dates(code: str, first: date, last: date) -> set[date]:
    import holidays  # noqa: PLC0415  a slow import that few models need

    country, _, region = code.partition("-")
    years = range(first.year, last.year + 1)
    return set(holidays.country_holidays(country, subdiv=region or None, years=years))


def known_holidays(code: str) -> bool:
    """Does the `holidays` library know this code?"""
    import holidays  # noqa: PLC0415  a slow import that few models need

    country, _, region = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    return country in known and (not region or region in known[country])
