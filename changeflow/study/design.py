"""Designs: which settings of the factors are run. A grid, a two-level fraction, a Latin hypercube, Sobol points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, Philox

from changeflow.measure.records import Floats
from changeflow.study.design_fraction import Fraction, fraction_of
from changeflow.study.study_file import Design

Setting = tuple[Any, ...]
"""One value for each factor."""


@dataclass(frozen=True, slots=True)
class Range:
    """What one factor may be: the listed values, or anything from low to high."""

    path: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    levels: int = 2
    whole: bool = False
    """Whole numbers only: both ends are."""

    def at(self, share: float) -> Any:
        """The value at a share in [0, 1) of the range; each listed value and each whole number has the same part."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.whole:
            return int(min(self.low + math.floor(share * (self.high - self.low + 1)), self.high))
        return self.low + share * (self.high - self.low)

    @property
    def steps(self) -> tuple[Any, ...]:
        """The values in a grid: as listed, or evenly spaced with both ends."""
        if self.values:
            return self.values
        spaced = [self.low + (self.high - self.low) * step / (self.levels - 1) for step in range(self.levels)]
        return tuple(dict.fromkeys(round(value) for value in spaced)) if self.whole else tuple(spaced)

    @property
    def ends(self) -> tuple[Any, Any]:
        """Both levels of a two-level design."""
        first, *_, last = self.steps
        return first, last


def settings(design: Design, ranges: Sequence[Range]) -> list[Setting]:
    """The points of a design, in order.

    A larger grid has all points of a smaller one; twice as many Sobol points begin with the points that were there.
    """
    if design.kind == "grid":
        return list(itertools.product(*(one.steps for one in ranges)))
    if design.kind == "fractional":
        signs = fraction(design, len(ranges)).signs
        return [tuple(one.ends[sign] for one, sign in zip(ranges, row)) for row in signs]
    assert design.points is not None
    make = latin_hypercube if design.kind == "latin_hypercube" else sobol
    shares = make(design.points, len(ranges), design.seed)
    return [tuple(one.at(float(share)) for one, share in zip(ranges, row)) for row in shares]


def fraction(design: Design, factors: int) -> Fraction:
    """The fraction that a design asks for, by generators or by resolution."""
    return fraction_of(factors, design.resolution, design.generators)


def latin_hypercube(points: int, factors: int, seed: int) -> Floats:
    """One point in each of `points` equal strata of every factor, paired at random (McKay, Beckman, Conover 1979)."""
    chance = Generator(Philox(seed))
    strata = np.array([chance.permutation(points) for _ in range(factors)]).T
    return (strata + chance.random((points, factors))) / points


def sobol(points: int, factors: int, seed: int) -> Floats:
    """The first points of a scrambled Sobol sequence (Sobol 1967; Owen 1998, as scipy.stats.qmc makes it)."""
    from scipy.stats import qmc  # noqa: PLC0415  two seconds to import, and no other design needs it

    found: Floats = qmc.Sobol(factors, scramble=True, seed=seed).random(points)
    return found
