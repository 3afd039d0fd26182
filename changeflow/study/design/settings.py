"""Designs: which settings of the factors are run. A grid, a two-level fraction, a Latin hypercube, Sobol points.

Those that sensitivities need stand in design_sensitivity.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator, Philox

from changeflow.measure.records import Floats
from changeflow.study.design.fraction import Fraction, fraction_of
from changeflow.study.design.range import Range, Setting
from changeflow.study.design.sensitivity import morris_shares, one_at_a_time, saltelli_shares
from changeflow.study.file.study import Design

__all__ = ["Range", "Setting", "settings"]


def settings(design: Design, ranges: Sequence[Range]) -> list[Setting]:
    """The points of a design, in order.

    A larger grid has all points of a smaller one; twice as many Sobol points begin with the points that were there.
    """
    if design.kind == "grid":
        return list(itertools.product(*(one.steps for one in ranges)))
    if design.kind == "fractional":
        signs = fraction(design, len(ranges)).signs
        return [tuple(one.ends[sign] for one, sign in zip(ranges, row)) for row in signs]
    if design.kind == "one_at_a_time":
        return one_at_a_time(ranges)
    if design.kind == "morris":
        return _at(morris_shares(design, len(ranges)), ranges)
    if design.kind == "saltelli":
        return _at(saltelli_shares(design, len(ranges)), ranges)
    assert design.points is not None
    make = latin_hypercube if design.kind == "latin_hypercube" else sobol
    return _at(make(design.points, len(ranges), design.seed), ranges)


def _at(shares: Floats, ranges: Sequence[Range]) -> list[Setting]:
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
