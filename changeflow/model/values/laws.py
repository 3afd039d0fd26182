"""Probability laws as a model file writes them; how they are sampled stands in engine/chance/quantiles.

A bare number is the deterministic law. The unit stands in the name of the field that holds the law.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, model_validator

from changeflow.model.values.frozen import ListOf, NonNegative, Positive, Share, Value


class _Law(Value):
    at_most: Positive | None = None
    """Larger values are set to this one (a cut tail)."""


class Deterministic(_Law):
    """Always the same value."""

    law: Literal["deterministic"] = "deterministic"
    value: NonNegative


class Exponential(_Law):
    """Exponential with the given mean."""

    law: Literal["exponential"]
    mean: Positive


class Erlang(_Law):
    """Sum of `k` equal exponentials."""

    law: Literal["erlang"]
    k: Annotated[int, Field(ge=1, le=1000)]
    mean: Positive


class Gamma(_Law):
    """Gamma by mean and squared coefficient of variation."""

    law: Literal["gamma"]
    mean: Positive
    scv: Annotated[float, Field(ge=0.001, le=100)]


class Lognormal(_Law):
    """Lognormal by `mean` and `scv` of the variate itself, or by `median` and `sigma` of its logarithm."""

    law: Literal["lognormal"]
    mean: Positive | None = None
    scv: Positive | None = None
    median: Positive | None = None
    sigma: Positive | None = None

    @model_validator(mode="after")
    def _one_pair(self) -> Lognormal:
        given = {name for name in ("mean", "scv", "median", "sigma") if getattr(self, name) is not None}
        if given not in ({"mean", "scv"}, {"median", "sigma"}):
            raise ValueError("either mean and scv, or median and sigma")
        return self

    @property
    def mu_sigma(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        if self.mean is not None and self.scv is not None:
            variance = math.log1p(self.scv)
            return math.log(self.mean) - variance / 2, math.sqrt(variance)
        assert self.median is not None
        assert self.sigma is not None
        return math.log(self.median), self.sigma


class Weibull(_Law):
    """Weibull by shape and scale."""

    law: Literal["weibull"]
    shape: Annotated[float, Field(ge=0.1)]
    scale: Positive


class Uniform(_Law):
    """Uniform between `low` and `high`."""

    law: Literal["uniform"]
    low: NonNegative
    high: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.low >= self.high:
            raise ValueError("low below high")
        return self


class Triangular(_Law):
    """Triangular by low, mode and high."""

    law: Literal["triangular"]
    low: NonNegative
    mode: NonNegative
    high: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise ValueError("low <= mode <= high, and low below high")
        return self


class Beta(_Law):
    """Beta between 0 and 1; its mean is alpha / (alpha + beta)."""

    law: Literal["beta"]
    alpha: Annotated[float, Field(ge=0.2, le=1000)]
    beta: Annotated[float, Field(ge=0.2, le=1000)]


class Hyperexponential(_Law):
    """A mixture of exponentials: with probability shares[i] the mean is means[i]."""

    law: Literal["hyperexponential"]
    shares: ListOf[Share]
    means: ListOf[Positive]

    @model_validator(mode="after")
    def _consistent(self) -> Hyperexponential:
        _same_length_and_sum(self.means, self.shares, "means")
        return self


class Discrete(_Law):
    """Given values with given probabilities."""

    law: Literal["discrete"]
    values: ListOf[NonNegative]
    shares: ListOf[Share]

    @model_validator(mode="after")
    def _consistent(self) -> Discrete:
        _same_length_and_sum(self.values, self.shares, "values")
        return self


class Empirical(_Law):
    """Observed values, each equally likely."""

    law: Literal["empirical"]
    values: ListOf[NonNegative]

    @model_validator(mode="after")
    def _some(self) -> Empirical:
        if not self.values:
            raise ValueError("at least one value")
        return self


ANY_DIFFICULTY = Uniform(law="uniform", low=0.0, high=1.0)
"""Of a category without a law of its own."""


def largest(law: Law) -> float:
    """The largest value that a law may give; infinite where there is none."""
    match law:
        case Deterministic():
            top = law.value
        case Uniform() | Triangular():
            top = law.high
        case Discrete() | Empirical():
            top = max(law.values)
        case Beta():
            top = 1.0
        case _:
            top = math.inf
    return top if law.at_most is None else min(top, law.at_most)


def _same_length_and_sum(items: tuple[float, ...], shares: tuple[float, ...], what: str) -> None:
    if not items or len(items) != len(shares):
        raise ValueError(f"as many shares as {what}, at least one")
    if abs(math.fsum(shares) - 1) > 1e-6:
        raise ValueError(f"shares that sum to 1 (they sum to {math.fsum(shares):.6g})")


def _number_is_deterministic(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"law": "deterministic", "value": value}
    return value


Law = Annotated[
    Annotated[
        Deterministic
        | Exponential
        | Erlang
        | Gamma
        | Lognormal
        | Weibull
        | Uniform
        | Triangular
        | Beta
        | Hyperexponential
        | Discrete
        | Empirical,
        Discriminator("law"),
    ],
    BeforeValidator(_number_is_deterministic),
]
LAWS: dict[str, type[_Law]] = {
    "deterministic": Deterministic, "exponential": Exponential, "erlang": Erlang, "gamma": Gamma,
    "lognormal": Lognormal, "weibull": Weibull, "uniform": Uniform, "triangular": Triangular,
    "beta": Beta, "hyperexponential": Hyperexponential, "discrete": Discrete, "empirical": Empirical,
}  # fmt: skip
