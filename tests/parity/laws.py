"""Strategies for laws, and for tables by category.

Half of all models are drawn `on_the_hour`: their laws give whole hours, so that many things happen at one instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.strategies import sampled

Raw = dict[str, Any]


def one_in(number: int) -> st.SearchStrategy[bool]:
    """True once in so many times."""
    return st.integers(1, number).map(lambda drawn: drawn == number)


def laws(scale: float, *, on_the_hour: bool) -> st.SearchStrategy[Any]:
    """Any of the twelve laws, of about this size; on the hour every value is a multiple of `scale`."""
    return _steps(scale) if on_the_hour else st.one_of(_steps(scale), _smooth(scale))


def _steps(scale: float) -> st.SearchStrategy[Any]:
    return sampled(
        [
            scale,
            2 * scale,
            0,
            {"law": "deterministic", "value": 3 * scale},
            {"law": "discrete", "values": [0, scale, 4 * scale], "shares": [0.25, 0.5, 0.25]},
            {"law": "discrete", "values": [5 * scale, scale], "shares": [0.3, 0.7], "at_most": 3 * scale},
            {"law": "empirical", "values": [scale, 2 * scale, 2 * scale, 0]},
            {"law": "exponential", "mean": 1000 * scale, "at_most": scale},
        ]
    )


@st.composite
def _smooth(draw: st.DrawFn, scale: float) -> Raw:
    mean = scale * draw(sampled([0.25, 1.0, 1.7, 3.0]))
    law: Raw = draw(
        sampled(
            [
                {"law": "exponential", "mean": mean},
                {"law": "erlang", "k": 3, "mean": mean},
                {"law": "gamma", "mean": mean, "scv": 2.5},
                {"law": "gamma", "mean": mean, "scv": 0.25},
                {"law": "lognormal", "mean": mean, "scv": 1.5},
                {"law": "lognormal", "median": mean, "sigma": 0.8},
                {"law": "weibull", "shape": 0.7, "scale": mean},
                {"law": "uniform", "low": 0.0, "high": 2 * mean},
                {"law": "triangular", "low": 0.0, "mode": mean, "high": 2 * mean},
                {"law": "triangular", "low": mean, "mode": mean, "high": 3 * mean},
                {"law": "beta", "alpha": 0.5, "beta": 2.0},
                {"law": "hyperexponential", "shares": [0.25, 0.75], "means": [2 * mean, mean / 2]},
            ]
        )
    )
    return law | {"at_most": 2 * mean} if draw(st.integers(0, 3)) == 0 else law


shares_of_one = sampled([1.0, 0.9, 0.5, 0.25, 0.0])
unit_laws = sampled(
    [
        0.5,
        {"law": "uniform", "low": 0.25, "high": 1.0},
        {"law": "discrete", "values": [0.0, 0.5, 0.9, 1.0], "shares": [0.25, 0.25, 0.25, 0.25]},
        {"law": "triangular", "low": 0.0, "mode": 0.25, "high": 1.0},
        {"law": "beta", "alpha": 2.0, "beta": 3.0},
    ]
)


@st.composite
def by_category(draw: st.DrawFn, values: st.SearchStrategy[Any], categories: Sequence[str]) -> Any:
    """One value, or a table of values by category."""
    return draw(values) if draw(st.booleans()) else draw(tables(values, categories))


@st.composite
def tables(draw: st.DrawFn, values: st.SearchStrategy[Any], categories: Sequence[str]) -> Raw:
    """A table of values by category, with or without a default."""
    named = [name for name in categories if draw(st.booleans())]
    table = {name: draw(values) for name in named}
    if len(named) < max(len(categories), 1):
        table["default"] = draw(values)
    return table
