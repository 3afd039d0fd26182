"""The organisation that a replication belongs to: drawn by its own number, so that all its runs share it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance.draws import NO_STAGE, ORGANISATION, organisation_key, uniform_pair
from changeflow.engine.chance.quantiles import LawBook, normal_quantile, quantile
from changeflow.model.requests.organisation import Fixed, Normal, Shift, Variation
from changeflow.model.values.laws import Law

AS_THE_FILE_SAYS = 0.5
"""The readiness at which go-live shows what the file's fit leaves."""
_LEAST_RATE = 1e-9
_SUBJECT = np.uint64(0)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is the same in all runs of one organisation; what the file does not vary is as the file says."""

    quality_shift: float = 0.0
    readiness: float = AS_THE_FILE_SAYS
    request_rate: float = 1.0


def draw_profile(variation: Variation, seed: int, replication: int) -> Profile:
    """The organisation of a replication: a function of the seed and of the organisation's number alone."""
    key = organisation_key(seed, replication // variation.replications_per_organisation)
    for_quality, for_readiness = uniform_pair(key, _SUBJECT, NO_STAGE, ORGANISATION, 0)
    for_rate, _ = uniform_pair(key, _SUBJECT, NO_STAGE, ORGANISATION, 1)
    quality, readiness, rate = variation.specification_quality, variation.readiness, variation.request_rate
    return Profile(
        quality_shift=0.0 if quality is None else shift_quantile(quality, for_quality),
        readiness=AS_THE_FILE_SAYS if readiness is None else _value(readiness, for_readiness),
        request_rate=1.0 if rate is None else max(_value(rate, for_rate), _LEAST_RATE),
    )


def shift_quantile(law: Shift, u: float) -> float:
    """The shift at the uniform u."""
    if isinstance(law, Fixed):
        return law.value
    if isinstance(law, Normal):
        return law.mean + law.sd * float(normal_quantile(u))
    return law.low + (law.high - law.low) * u


def fit_when_ready(fit: float, readiness: float) -> float:
    """The share of needs met at go-live: what the file leaves unmet, 1 - fit, counts 2 (1 - readiness) times."""
    if readiness == AS_THE_FILE_SAYS:
        return fit
    return max(0.0, 1.0 - (1.0 - fit) * 2.0 * (1.0 - readiness))


def _value(law: Law, u: float) -> float:
    return float(quantile(*_laid_out(law), 0, u))


@lru_cache(maxsize=64)
def _laid_out(law: Law) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """The law as numbers: a table takes longer to make than a profile to draw."""
    book = LawBook()
    book.add(law)
    return book.arrays()
