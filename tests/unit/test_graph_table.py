"""Keys of links: the luck of each is its own, and its place in the file says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from changeflow.engine.chance.draws import stage_key
from changeflow.engine.tables import graph as graph_table
from changeflow.engine.tables.graph import link_keys


def test_a_key_is_a_hash_of_both_names() -> None:
    """As it always was, so that the luck of models that exist stays."""
    links = [("b", "c"), ("a", "b"), ("a", "c")]
    assert link_keys(links) == {(one, other): stage_key(f"{one}>{other}") for one, other in links}
    assert link_keys(links[:1])["b", "c"] == link_keys(links)["b", "c"]


def test_names_with_a_sign_of_their_own_are_told_apart() -> None:
    keys = link_keys([("a>b", "c"), ("a", "b>c")])
    assert keys["a>b", "c"] != keys["a", "b>c"]


def test_links_with_the_same_hash_have_luck_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first by name keeps its key, whatever the order of the file."""
    monkeypatch.setattr(graph_table, "stage_key", lambda text: np.uint64(len(text)))
    links = [("a", "c"), ("a", "b"), ("b", "a")]
    assert link_keys(links) == link_keys(reversed(links)) == {("a", "b"): 3, ("a", "c"): 4, ("b", "a"): 5}


def test_many_links_have_as_many_keys() -> None:
    """39,800 links of 200 components: two of them have the same hash with a chance of a sixth."""
    names = [f"part_{number}" for number in range(200)]
    keys = link_keys((one, other) for one in names for other in names if one != other)
    assert len(set(map(int, keys.values()))) == len(keys) == 39_800
