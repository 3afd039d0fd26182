"""What counts as good enough: targets in the file or in words, and how a comparison is judged."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from changeflow.errors import Fault, ModelError
from changeflow.model.values.frozen import Positive, Value

Level = Annotated[float, Field(gt=0, lt=1)]


class Within(Value):
    """A share of requests within a time: exactly one of hours, days (calendar) and working_days."""

    hours: Positive | None = None
    days: Positive | None = None
    working_days: Positive | None = None
    share: Level

    @model_validator(mode="after")
    def _one_unit(self) -> Within:
        if sum(value is not None for value in (self.hours, self.days, self.working_days)) != 1:
            raise ValueError("exactly one of hours, days, working_days")
        return self

    def in_words(self) -> str:
        """'90 % within 5 working days'."""
        unit = next(name for name in ("hours", "days", "working_days") if getattr(self, name) is not None)
        time, words = getattr(self, unit), unit.replace("_", " ")
        return f"{100 * self.share:.6g}% within {time:g} {words.removesuffix('s') if time == 1 else words}"


class Targets(Value):
    """The service a team lead promises."""

    started_within: Within | None = None
    closed_within: Within | None = None
    backlog_not_growing: bool = False

    def in_words(self) -> str:
        """One phrase for tables and sentences."""
        parts = []
        if self.started_within:
            parts.append(f"started: {self.started_within.in_words()}")
        if self.closed_within:
            parts.append(f"closed: {self.closed_within.in_words()}")
        if self.backlog_not_growing:
            parts.append("backlog not growing")
        return "; ".join(parts)


class Comparison(Value):
    """How scenarios are judged: one primary measure, its joint level, the smallest difference that matters."""

    primary: str = "total_cost_with_undone"
    level: Level = 0.95
    smallest_difference: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """As a share of the baseline's mean."""


_WORDS = re.compile(
    r"^(?P<share>\d+(?:\.\d+)?)\s*%\s*(?P<what>started|closed|done)\s+within\s+"
    r"(?P<time>\d+(?:\.\d+)?)\s*(?P<unit>hours?|h|days?|working days?)$"
)
_UNITS: dict[str, Literal["hours", "days", "working_days"]] = {
    "h": "hours", "hour": "hours", "hours": "hours", "day": "days", "days": "days",
    "working day": "working_days", "working days": "working_days",
}  # fmt: skip


def targets_from_words(text: str) -> Targets:
    """'90 % closed within 5 working days and backlog not growing' -> Targets.

    Raises ModelError when a part is not understood.
    """
    within: dict[str, Within] = {}
    not_growing = False
    for part in re.split(r"\s+and\s+|\s*[,;]\s*", text.strip().lower()):
        match = _WORDS.match(part)
        if match and 0 < float(match["share"]) < 100 and float(match["time"]) > 0:
            name = "started_within" if match["what"] == "started" else "closed_within"
            if name in within:
                raise ModelError([Fault("--target", "", f"one target for '{match['what']}'", repr(part))])
            unit = _UNITS[match["unit"]]
            within[name] = Within.model_validate({unit: float(match["time"]), "share": float(match["share"]) / 100})
        elif part in {"backlog not growing", "the backlog not growing"}:
            not_growing = True
        else:
            expected = "words such as '90 % closed within 5 working days and backlog not growing'"
            raise ModelError([Fault("--target", "", expected, repr(part))])
    return Targets(**within, backlog_not_growing=not_growing)
