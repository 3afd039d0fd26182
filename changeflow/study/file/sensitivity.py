"""The sections of a study file that ask how sure an answer is, and what it hangs on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from changeflow.model.values.frozen import ListOf, Value

Name = Annotated[str, Field(min_length=1)]
Pair = Annotated[ListOf[str], Field(min_length=2, max_length=2)]


class Sensitivity(Value):
    """[sensitivity]: what a tornado, Morris or Sobol indices explain: a measure of a scenario, or a difference."""

    scenario: str | None = None
    """Default: with several scenarios the last one."""
    minus: str | None = None
    """The other side of a difference; default: the baseline, where there are several scenarios."""
    measure: str | None = None
    """Default: the primary measure."""


class BreakEven(Value):
    """[break_even]: at which value of the one factor the better of two scenarios changes."""

    between: Pair
    tolerance: Annotated[float, Field(gt=0, le=0.25)] = 0.01
    """How close to look, as a share of the factor's range."""


class BreakEvenMap(Value):
    """[break_even_map]: who is best over a grid of two factors."""

    mark: dict[str, Any] = {}
    """The user's own values of the two factors; default: the model's."""


class Cause(Value):
    """[[waterfall.causes]]: values that take one cause from the first scenario to the second."""

    name: Name
    to: Annotated[dict[str, Any], Field(alias="set", min_length=1)]
    """Path -> value."""


class Waterfall(Value):
    """[waterfall]: the difference between two scenarios as a sum of causes, switched one after another."""

    begin: Annotated[str, Field(alias="from")]
    end: Annotated[str, Field(alias="to")]
    causes: Annotated[ListOf[Cause], Field(min_length=1, max_length=8)]
    """At most eight: every set of causes is run, 2^8 = 256 settings."""

    @model_validator(mode="after")
    def _apart(self) -> Waterfall:
        names = [cause.name for cause in self.causes]
        twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
        if twice is not None:
            raise ValueError(f"each cause once, found '{twice}' twice")
        paths: dict[str, str] = {}
        for cause in self.causes:
            for path in cause.to:
                if path in paths:
                    raise ValueError(f"each path in one cause, found {path} in '{paths[path]}' and '{cause.name}'")
                paths[path] = cause.name
        if self.begin == self.end:
            raise ValueError("two different scenarios")
        return self


class Pareto(Value):
    """[pareto]: which scenarios and points are beaten by none in all of several measures."""

    measures: Annotated[ListOf[str], Field(min_length=2)]
    draws: Annotated[int, Field(ge=100, le=100_000)] = 1000
    """Bootstrap samples of the replications."""

    @model_validator(mode="after")
    def _once(self) -> Pareto:
        twice = next((name for i, name in enumerate(self.measures) if name in self.measures[:i]), None)
        if twice is not None:
            raise ValueError(f"each measure once, found '{twice}' twice")
        return self


SECTIONS: dict[str, type[BaseModel]] = {
    "sensitivity": Sensitivity, "break_even": BreakEven, "break_even_map": BreakEvenMap, "waterfall": Waterfall,
    "causes": Cause, "pareto": Pareto,
}  # fmt: skip
"""Name of a table in the file -> its class: for the words of an unknown key."""
