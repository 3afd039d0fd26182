"""Strategies for calendars: working hours, nights, weekends, holidays, closed days."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.parity.laws import Raw
from tests.strategies import sampled

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


@st.composite
def calendars(draw: st.DrawFn, first: date) -> Raw:
    """A calendar, sometimes with closed days within the run."""
    calendar = draw(sampled([*CALENDARS, EMPTY_CALENDAR]))
    if calendar is not EMPTY_CALENDAR and draw(st.booleans()):
        closed = draw(st.lists(st.integers(0, 14), min_size=1, max_size=3, unique=True))
        calendar = calendar | {"closed": [first + timedelta(days=day) for day in closed]}
    return calendar
