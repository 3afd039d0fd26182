"""Strategies for component graphs."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.parity.laws import Raw, one_in
from tests.strategies import sampled

MODES = ("cascade", "cascade", "cascade", "clarkson", "off")
_LIKELIHOODS, _IMPACTS = sampled([0.1, 0.2, 0.15]), sampled([0.5, 1.0, 0.25])
NAMES = ("fields", "flow", "alerts", "rules", "views")


@st.composite
def graphs(draw: st.DrawFn, categories: Sequence[str]) -> Raw:
    """The table [components]: links, what they do, and where requests begin."""
    size = draw(st.integers(2, 5))
    names = NAMES[:size]
    pairs = [(a, b) for a in names for b in names if a != b]
    edges = [
        {"from": a, "to": b, "likelihood": draw(_LIKELIHOODS), "impact": draw(_IMPACTS)}
        for a, b in draw(st.lists(sampled(pairs), min_size=1, max_size=12, unique=True))
    ]
    found: Raw = {
        "names": list(names),
        "edges": edges,
        "mode": draw(sampled(MODES)),
    }
    if found["mode"] == "cascade" and draw(st.booleans()):
        found["unlimited"] = True
    if categories and draw(st.booleans()):
        found["categories"] = {name: draw(sampled(categories)) for name in names}
    if draw(one_in(3)):
        found["weights"] = {names[0]: 3.0, "default": 1.0}
    return found
