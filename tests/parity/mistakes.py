"""Strategies for errors with a cause."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.parity.laws import Raw, by_category, one_in
from tests.strategies import sampled

KINDS = ("misunderstanding", "omission", "promise", "slip", "deviation")
_SHARES = sampled([0.0, 0.2, 0.5, 0.9])

own_errors = st.fixed_dictionaries(
    {
        "links": sampled([0, 1, 2, 3]),
        "promise": sampled([0.0, 0.1]),
        "slip": sampled([0.0, 0.05, 0.3]),
        "slip_unskilled": sampled([0.4, 0.6]),
    }
)
"""What a station adds."""


@st.composite
def errors(draw: st.DrawFn, *, qualities: bool, ties: bool) -> Raw:
    """The table [errors]."""
    found: Raw = {
        "per_link": draw(sampled([0.1, 0.3])),
        "quality_effect": draw(sampled([0.6, 1.0])) if qualities else 0.0,
        "omission_share": draw(_SHARES),
        "irreducible": draw(_SHARES),
        "quality_gain": draw(_SHARES),
        "repair_exponent": draw(sampled([1.0, 0.0, 2.0])),
        "repairs_go": draw(sampled(["same_station", "entry"])),
        "repair": {
            "review": 0.3, "acceptance": 0.5, "production": 1.5, "built_on": draw(sampled([2.5, 1.0])),
            "built_on_after_days": draw(sampled([0.5, 3.0])),
        },
    }  # fmt: skip
    found["kinds"] = {
        kind: {
            "caught_at_review": draw(_SHARES),
            "caught_at_acceptance": draw(_SHARES),
            "discovery_days": draw(sampled([0.0, 0.0, 0.5, 3.0] if ties else [0.2, 1.0, 5.0])),
        }
        for kind in draw(st.sets(sampled(KINDS)))
    }
    return found


@st.composite
def systems(draw: st.DrawFn, categories: Sequence[str]) -> Raw:
    """The table [system]."""
    if draw(one_in(3)):
        return {}
    return {"flexibility": draw(by_category(sampled([0.3, 0.65, 0.8, 1.0]), categories))}
