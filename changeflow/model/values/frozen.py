"""The ground of every model type: strict, frozen, unknown keys refused, mappings hashable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")


class Value(BaseModel):
    """A frozen part of a model; no coercion, unknown keys are faults."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Named(dict[str, T]):
    """A mapping of names that cannot be changed, so that a model stays a value."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a model is a value: vary it with Model.with_")

    __setitem__ = __delitem__ = _refuse
    pop = popitem = clear = update = setdefault = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Named, (dict(self),))


def _freeze(mapping: Mapping[str, T]) -> Named[T]:
    return Named(mapping)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


NamedOf = Annotated[dict[str, T], AfterValidator(_freeze)]
"""A TOML table whose keys are the user's own names."""

ListOf = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
"""A TOML array."""

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
PartOfOne = Annotated[float, Field(gt=0, le=1)]
