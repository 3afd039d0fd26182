"""Propagation with known answers: the two-path example, Leontief's sum, the cascade, Clarkson's method."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changeflow.model.components.clarkson import combined
from changeflow.model.components.propagation import (
    exact_reach,
    reach,
    sampled_reach,
    spectral_radius,
    unlimited_changes,
)

A, B, C, D = range(4)
LOOP = np.array([[0, 0.3, 0.1], [0, 0, 0.4], [0.2, 0, 0]])


def matrix(size: int, links: dict[tuple[int, int], float]) -> np.ndarray:
    found = np.zeros((size, size))
    for pair, likelihood in links.items():
        found[pair] = likelihood
    return found


TWO_PATHS = matrix(4, {(A, B): 0.5, (B, C): 0.4, (B, D): 0.5, (D, C): 0.3})
APART = matrix(3, {(A, B): 0.5, (B, C): 0.4, (A, C): 0.2})


def by_enumeration(likelihood: np.ndarray) -> np.ndarray:
    """Every set of live links, each with the components it joins: slow, and plainly right."""
    links = [tuple(link) for link in np.argwhere(likelihood > 0)]
    found = np.zeros_like(likelihood)
    for live in itertools.product((False, True), repeat=len(links)):
        chance = np.prod([likelihood[link] if is_live else 1 - likelihood[link] for link, is_live in zip(links, live)])
        graph = nx.DiGraph()
        graph.add_nodes_from(range(len(likelihood)))
        graph.add_edges_from(link for link, is_live in zip(links, live) if is_live)
        for start in graph:
            found[start, [start, *nx.descendants(graph, start)]] += chance
    return found


def test_paths_that_share_a_link() -> None:
    """0.5 (1 - 0.6 x 0.85) = 0.245 exactly; 1 - (1 - 0.2)(1 - 0.075) = 0.26 by the method."""
    assert reach(TWO_PATHS).chance[A, C] == pytest.approx(0.245, abs=1e-12)
    assert combined(TWO_PATHS, TWO_PATHS).likelihood[A, C] == pytest.approx(0.26, abs=1e-12)


def test_paths_that_share_none() -> None:
    assert reach(APART).chance[A, C] == pytest.approx(0.36, abs=1e-12)
    assert combined(APART, APART).likelihood[A, C] == pytest.approx(0.36, abs=1e-12)


def test_without_limit_changes_sum_to_leontiefs_inverse() -> None:
    assert spectral_radius(LOOP) == pytest.approx(0.311516, abs=5e-7)
    assert unlimited_changes(LOOP).sum(axis=1) == pytest.approx([1.589958, 1.527197, 1.317992], abs=5e-7)


def test_a_cascade_has_another_total() -> None:
    """Each component at most once: 1 + 0.3 + (1 - 0.9 x 0.88) = 1.508."""
    assert reach(LOOP).totals[A] == pytest.approx(1.508, abs=1e-12)


def test_a_spectral_radius_of_one_has_no_sum_but_a_cascade_has() -> None:
    ring = matrix(3, {(A, B): 1.0, (B, C): 1.0, (C, A): 1.0})
    assert spectral_radius(ring) == pytest.approx(1)
    with pytest.raises(ValueError, match="spectral radius below 1"):
        unlimited_changes(ring)
    assert reach(ring).totals == pytest.approx([3, 3, 3])


def test_combined_risk_counts_the_impact_of_the_last_step() -> None:
    """a->c: 1 - (1 - 0.2 x 0.5)(1 - 0.5 x 0.4 x 0.1) with impacts 0.5 of a->c and 0.1 of b->c."""
    impact = matrix(3, {(A, B): 0.9, (B, C): 0.1, (A, C): 0.5})
    assert combined(APART, impact).risk[A, C] == pytest.approx(1 - 0.9 * 0.98, abs=1e-12)
    assert combined(APART, impact).work_factors[A] == pytest.approx(1 + 0.45 + 0.118, abs=1e-12)


def by_paths(likelihood: np.ndarray, start: int, end: int, passed: frozenset[int]) -> float:
    """The method's recursion in words: OR over the last components, none of which lies farther on the path."""
    none = 1.0
    for before in range(len(likelihood)):
        if before not in passed and likelihood[before, end]:
            coming = 1.0 if before == start else by_paths(likelihood, start, before, passed | {before})
            none *= 1 - coming * likelihood[before, end]
    return 1 - none


@st.composite
def graphs(draw: st.DrawFn) -> np.ndarray:
    size = draw(st.integers(2, 5))
    pairs = list(itertools.permutations(range(size), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))
    return matrix(size, {pair: draw(st.floats(0, 1)) for pair in chosen})


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_the_tree_is_exact(likelihood: np.ndarray) -> None:
    found = exact_reach(likelihood)
    assert found is not None
    assert found == pytest.approx(by_enumeration(likelihood), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_the_method_is_its_recursion_and_never_below_the_exact_chance(likelihood: np.ndarray) -> None:
    found = combined(likelihood, likelihood).likelihood
    for start, end in itertools.permutations(range(len(likelihood)), 2):
        assert found[start, end] == pytest.approx(by_paths(likelihood, start, end, frozenset({end})), abs=1e-12)
        assert found[start, end] >= reach(likelihood).chance[start, end] - 1e-12


def test_sampling_agrees_with_the_tree_within_its_error() -> None:
    exact = exact_reach(TWO_PATHS)
    found = sampled_reach(TWO_PATHS)
    assert exact is not None
    assert 0.001 < found.standard_error[A, C] < 0.002
    assert np.all(np.abs(found.chance - exact) <= 4 * found.standard_error)
    assert np.array_equal(found.chance, sampled_reach(TWO_PATHS).chance)


def test_a_large_graph_is_sampled_and_says_so() -> None:
    dense = np.full((14, 14), 0.1) - np.diag(np.full(14, 0.1))
    assert exact_reach(dense, most_branches=10_000) is None
    found = reach(dense)
    assert not found.is_exact
    assert found.chance[0, 1] == pytest.approx(found.chance[5, 9], abs=0.02)  # all pairs are alike
    assert reach(LOOP).is_exact
