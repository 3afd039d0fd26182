"""Learning: how skill grows with each pass in a category, and what training, forgetting and leaving do to it."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from changeflow.model.values.frozen import NonNegative, PartOfOne, Positive, Value


class Learning(Value):
    """The learning curve of a station's named people: skill = min(1, s0 (1 + n)^-log2(rate)) (Wright 1936).

    n counts the passes that a person has finished in a category; it is read when work starts. Skill multiplies speed.
    """

    rate: PartOfOne
    """Working hours of a pass after each doubling of 1 + n, as a share; 0.85 is the 85 % curve, 1 learns nothing."""
    start: PartOfOne
    """Skill s0 of somebody untrained at their first pass; 1 is the reference."""
    trained: PartOfOne
    """The same of somebody trained."""
    forgetting_days: Positive | None = None
    """Calendar days without a pass in a category after which n has faded to 1/e (Argote, Beckman and Epple 1990:
    knowledge depreciates by a constant share in a time); None: nothing is forgotten."""

    @model_validator(mode="after")
    def _training_helps(self) -> Learning:
        if self.trained < self.start:
            raise ValueError("trained at least as high as start")
        return self


class Training(Value):
    """A course: its person is away for these hours, and trained from then on."""

    day: NonNegative
    """Calendar day since go-live; if nobody holds the job on that day there is no course."""
    hours: Positive
    """Open hours of the person's calendar."""


class Attrition(Value):
    """People leave, and after a while somebody else holds the job, with none of their experience."""

    tenure_days: Positive
    """Mean calendar days until the holder of the job leaves; exponential: the hazard does not change."""
    replacement_days: Positive
    """Mean calendar days until the successor begins; exponential."""
    newcomer: Literal["untrained", "trained"] = "untrained"
