"""Two uniforms of a request that go together, each of them still uniform."""

from __future__ import annotations

import math

from changeflow.engine.chance.quantiles import normal_quantile
from changeflow.engine.jit import compiled

_LEAST = 2.0**-54
_MOST = 1.0 - 2.0**-53
_ROOT_OF_HALF = math.sqrt(0.5)


@compiled
def correlated(other, own, correlation):  # type: ignore[no-untyped-def]
    """A uniform made of `own` whose normal score correlates with that of `other` (a Gaussian copula).

    Its rank correlation with `other` is 6 / pi asin(correlation / 2) (Pearson 1907; Kruskal 1958).
    """
    rest = math.sqrt(1.0 - correlation * correlation)
    score = correlation * normal_quantile(other) + rest * normal_quantile(own)
    return min(max(0.5 * math.erfc(-score * _ROOT_OF_HALF), _LEAST), _MOST)
