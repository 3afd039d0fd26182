"""Strategies for how organisations differ."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.parity.laws import Raw
from tests.strategies import sampled

_SHIFTS = sampled([0.2, {"law": "normal", "mean": -0.1, "sd": 0.3}, {"law": "uniform", "low": -1.0, "high": 0.5}])
_READINESS = sampled([0.9, {"law": "beta", "alpha": 2, "beta": 2}, {"law": "uniform", "low": 0.0, "high": 1.0}])
_RATES = sampled([0.5, {"law": "lognormal", "mean": 1.0, "scv": 0.3}, {"law": "exponential", "mean": 1.0}])


@st.composite
def _variation(draw: st.DrawFn) -> Raw:
    parts = {"specification_quality": draw(_SHIFTS), "readiness": draw(_READINESS), "request_rate": draw(_RATES)}
    kept = draw(st.lists(sampled(sorted(parts)), min_size=1, unique=True))
    runs = draw(sampled([1, 4]))
    return {"variation": {name: parts[name] for name in kept} | {"replications_per_organisation": runs}}


variations = st.one_of(st.just({}), st.just({}), st.just({}), _variation())
"""Keys of [organisation]; most organisations do not differ."""
