"""The people who ask, and how organisations differ: a level of chance above the single run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, model_validator

from changeflow.model.values.frozen import Positive, Value
from changeflow.model.values.laws import Law


class Fixed(Value):
    """Always the same shift."""

    law: Literal["deterministic"] = "deterministic"
    value: float


class Normal(Value):
    """A normal shift, to either side."""

    law: Literal["normal"]
    mean: float = 0.0
    sd: Positive


class Between(Value):
    """A shift uniform between `low` and `high`, which may be negative."""

    law: Literal["uniform"]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Between:
        if self.low >= self.high:
            raise ValueError("low below high")
        return self


def _number_is_fixed(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"law": "deterministic", "value": float(value)}
    return value


Shift = Annotated[
    Annotated[Fixed | Normal | Between, Discriminator("law")],
    BeforeValidator(_number_is_fixed),
]
SHIFTS: dict[str, type[Value]] = {"deterministic": Fixed, "normal": Normal, "uniform": Between}


class Variation(Value):
    """How organisations with the same system differ; all runs of one organisation share what is drawn for it."""

    replications_per_organisation: Annotated[int, Field(ge=1)] = 10
    """Runs of one organisation before the next one's turn: replication r is of organisation r // this."""
    specification_quality: Shift | None = None
    """Added to each request's quality, which stays within 0 and 1."""
    readiness: Law | None = None
    """0 to 1. The share of needs that go-live leaves unmet is (1 - fit) x 2 (1 - readiness), at most all of them:
    0.5 is the file's own `fit`, 1 an organisation in which no misfit shows."""
    request_rate: Law | None = None
    """Factor on the rates of all own sources that are not replayed."""


class Organisation(Value):
    """The people who ask."""

    users: Annotated[int, Field(ge=1)] = 100
    variation: Variation | None = None
    """None: every run is of the same organisation, the one of the file."""

    @property
    def runs_together(self) -> int:
        """Runs in a row that are of one organisation and so not independent; 1 where organisations do not differ."""
        return 1 if self.variation is None else self.variation.replications_per_organisation
