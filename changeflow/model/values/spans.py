"""Hours of the spans of time that are no whole number of weeks."""

from __future__ import annotations

HOURS_PER_YEAR = 365.25 * 24
HOURS_PER_MONTH = HOURS_PER_YEAR / 12
"""Clock hours of a month, counted from go-live."""
