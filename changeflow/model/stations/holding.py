"""Waiting outside the queue: batches held together, release days, the requester's own answer, engineers called off."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from changeflow.model.values.frozen import NonNegative, Positive, Share, Value
from changeflow.model.values.laws import Law


class Hold(Value):
    """Newcomers are held before the queue until `size` are there or the next multiple of `every_days` comes."""

    size: Annotated[int, Field(ge=2)] | None = None
    """Requests that are let in together."""
    every_days: Positive | None = None
    """Calendar days since go-live: whoever is held enters at the next multiple."""

    @model_validator(mode="after")
    def _some_end(self) -> Hold:
        if self.size is None and self.every_days is None:
            raise ValueError("size, every_days or both (else nobody is ever let in)")
        return self


class Release(Value):
    """Deliveries go out only at multiples of `every_days`."""

    every_days: Positive
    """Calendar days since go-live."""


class RequesterWait(Value):
    """Some newcomers wait for the requester's answer before the queue, outside our queues."""

    probability: Share
    hours: Law
    """Clock hours until the answer."""


class CallOff(Value):
    """More engineers are called off when more than `beyond` requests wait."""

    beyond: Annotated[int, Field(ge=0)]
    """Requests waiting."""
    servers: Annotated[int, Field(ge=1)]
    """Engineers called off at a time."""
    lead_days: NonNegative
    """Calendar days from the call to their first hour."""
    for_days: Positive
    """Calendar days they stay."""
