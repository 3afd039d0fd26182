"""Designs of studies: what their definitions promise."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from changeflow.errors import PlanError
from changeflow.study.design.fraction import fraction_of
from changeflow.study.design.settings import Range, latin_hypercube, settings, sobol
from changeflow.study.file.study import Design


@pytest.mark.parametrize(
    ("factors", "resolution", "points"),
    [(3, 3, 4), (7, 3, 8), (15, 3, 16), (4, 4, 8), (8, 4, 16), (5, 5, 16), (8, 5, 64), (6, 4, 16)],
)
def test_fractions_are_as_small_as_the_tables_have_them(factors: int, resolution: int, points: int) -> None:
    """2^(7-4) is of resolution III, 2^(8-4) of IV, 2^(5-1) of V (Box, Hunter and Hunter 2005, table 6.22)."""
    made = fraction_of(factors, resolution)
    signs = 2 * np.array(made.signs) - 1
    assert len(signs) == points
    assert made.resolution == resolution
    assert (signs.T @ signs == points * np.eye(factors)).all()


def test_a_fraction_of_resolution_five_tells_all_pairs_apart() -> None:
    assert fraction_of(5, 5).aliases == []


def test_generators_make_the_design_that_they_name() -> None:
    """2^(4-1) with D = ABC: every pair is mixed up with the pair of the two others."""
    made = fraction_of(4, 4, ("D=ABC",))
    assert made.aliases == [("AB", "CD"), ("AC", "BD"), ("AD", "BC")]
    signs = 2 * np.array(made.signs) - 1
    assert (signs[:, 3] == signs[:, :3].prod(axis=1)).all()


def test_aliases_are_the_columns_that_are_alike() -> None:
    made = fraction_of(7, 3)
    signs = 2 * np.array(made.signs) - 1
    letters = "ABCDEFG"
    columns = {letter: signs[:, i] for i, letter in enumerate(letters)}
    columns |= {a + b: columns[a] * columns[b] for a, b in itertools.combinations(letters, 2)}
    for chain in made.aliases:
        assert all((columns[chain[0]] == columns[name]).all() for name in chain)
    apart = [chain[0] for chain in made.aliases]
    assert all((columns[a] != columns[b]).any() for a, b in itertools.combinations(apart, 2))


@pytest.mark.parametrize("generators", [("D=AX",), ("D",), ("D=ABC", "D=AB"), ("C=A",), ("C=AB", "D=AC")])
def test_generators_without_sense_are_refused(generators: tuple[str, ...]) -> None:
    with pytest.raises(PlanError, match=r"design\.generators"):
        fraction_of(4, 3, generators)


def test_a_hypercube_has_one_point_in_every_stratum() -> None:
    points = latin_hypercube(50, 4, seed=7)
    for column in points.T:
        assert sorted(np.floor(column * 50).astype(int)) == list(range(50))
    assert (points != latin_hypercube(50, 4, seed=8)).any()


def test_twice_as_many_sobol_points_begin_with_those_that_were_there() -> None:
    assert (sobol(32, 5, seed=3)[:16] == sobol(16, 5, seed=3)).all()


def test_sobol_points_fill_every_half_equally() -> None:
    assert ((sobol(64, 5, seed=1) < 0.5).sum(axis=0) == 32).all()


def test_a_larger_grid_has_the_points_of_a_smaller_one() -> None:
    small = settings(Design(), [Range("a", (1, 2)), Range("b", ("x",))])
    large = settings(Design(), [Range("a", (1, 2, 3)), Range("b", ("x", "y"))])
    assert small == [(1, "x"), (2, "x")]
    assert set(small) < set(large)
    assert len(large) == 6


def test_whole_ranges_give_whole_values_each_as_often() -> None:
    ranges = [Range("a", low=1, high=4, whole=True)]
    found = [value for (value,) in settings(Design(kind="sobol", points=64), ranges)]
    assert {value: found.count(value) for value in found} == {1: 16, 2: 16, 3: 16, 4: 16}
    assert all(isinstance(value, int) for value in found)
    assert Range("a", low=1, high=4, levels=3, whole=True).steps == (1, 2, 4)
    assert Range("a", low=0.0, high=1.0, levels=3).steps == (0.0, 0.5, 1.0)
