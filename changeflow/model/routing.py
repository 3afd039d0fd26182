"""Where a request goes: at its arrival (`entry`) and after a station (`next`).

The outcomes `done` and `refused` may be named wherever a station may.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, model_validator

from changeflow.model.values import ListOf, NamedOf, Share, Value

OUTCOMES = ("done", "refused")


class To(Value):
    """Always the same place. A bare name means this."""

    rule: Literal["to"] = "to"
    place: str


class Split(Value):
    """Places by probability. A table without `rule` means this."""

    rule: Literal["split"] = "split"
    shares: NamedOf[Share]

    @model_validator(mode="after")
    def _sums(self) -> Split:
        total = sum(self.shares.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"shares that sum to 1 (they sum to {total:.6g}; name 'done' for the rest)")
        return self


class ByCategory(Value):
    """A place for each category; `default` for those not named."""

    rule: Literal["by_category"]
    to: NamedOf[str]


class OpenFirst(Value):
    """The first station of `prefer` that is open to the request; later ones take what overflows.

    A station is passed over when `overflow_beyond` requests would still wait there after a dispatch at
    this instant; the last one that may take the request takes it anyway.
    """

    rule: Literal["open_first"]
    prefer: Annotated[ListOf[str], Field(min_length=1)]
    overflow_beyond: Annotated[int, Field(ge=0)] | None = None


def _sugar(value: Any) -> Any:
    if isinstance(value, str):
        return {"rule": "to", "place": value}
    if isinstance(value, dict) and "rule" not in value:
        return {"rule": "split", "shares": value}
    return value


Route = Annotated[Annotated[To | Split | ByCategory | OpenFirst, Discriminator("rule")], BeforeValidator(_sugar)]
RULES: dict[str, type[Value]] = {"to": To, "split": Split, "by_category": ByCategory, "open_first": OpenFirst}


class Routing(Value):
    """The rules of a model; a station without `next` ends in `done`."""

    entry: Route | None = None
    """May be left out when there is one station."""
    next: NamedOf[Route] = {}


def places(route: Route) -> tuple[str, ...]:
    """Every place a rule may send a request to, in the order of the file."""
    match route:
        case To():
            named: Iterable[str] = (route.place,)
        case Split():
            named = route.shares
        case ByCategory():
            named = route.to.values()
        case OpenFirst():
            named = (*route.prefer, "refused")
    return tuple(dict.fromkeys(named))
