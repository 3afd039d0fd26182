"""Strategies made once: one that is made at every draw is checked at every draw, a fifth of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
_MADE: dict[str, st.SearchStrategy[Any]] = {}


def sampled(values: Sequence[T]) -> st.SearchStrategy[T]:
    """One of these plain values (whose `repr` says all); draws what `st.sampled_from` draws."""
    key = repr(values)
    if key not in _MADE:
        _MADE[key] = st.sampled_from(values)
    return _MADE[key]
