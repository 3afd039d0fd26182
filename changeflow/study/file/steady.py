"""The `[steady]` of a study file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from changeflow.model.values.frozen import Value

REPLICATIONS = 5
"""Long runs of each system, where the file does not say."""


class Steady(Value):
    """The `[steady]` of a study file of kind "steady"."""

    batches: Annotated[int, Field(ge=2, le=50)] = 10
    """Batches of each run, of whole weeks; few and long ones cover better than many short ones."""
