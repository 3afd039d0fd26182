"""What errors with a cause are expected to do, before any run: repeated passes, repairs, defects that come back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from changeflow.model.expected.flexibility import rigidity
from changeflow.model.expected.requests import categories_of
from changeflow.model.schema import Model
from changeflow.model.stations.delivery_errors import KINDS, Errors, StationErrors
from changeflow.model.values import moments
from changeflow.model.values.laws import Deterministic, Discrete, Empirical, Law
from changeflow.model.values.once import once_a_model

Floats = NDArray[np.float64]
_CELLS = 64
"""Of quality and difficulty: more change no digit that is shown."""
_MOST_ATTEMPTS = 10_000
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Of a stay at a station, on average; difficulty and quality are taken as independent of the size."""

    wrong: float
    """Chance that the first delivery is wrong."""
    passes: float
    repair_work: float
    """Work of the repeated passes as a share of the first one's."""
    escapes: float
    """Defects that nobody notices before they are in use; each comes back as a request."""
    defect_work: float
    """Work of such a request as a share of the first pass's; NaN when nothing escapes."""
    kinds: tuple[float, ...]
    """Chance that the first delivery has an error of each kind, in the order of KINDS; together `wrong`."""
    noticed: tuple[float, float]
    """Chance that the first delivery's error is found by the review, and by the acceptance; the rest escapes."""
    found_after_days: float
    """Mean time in use of what escapes until it is found; NaN when nothing does."""


@once_a_model
def error_rates(model: Model) -> dict[tuple[str, str], ErrorRates]:
    """By station with errors and category."""
    errors = model.errors
    if errors is None:
        return {}
    return {
        (name, category): _rates_of(model, errors, station.errors, name, category)
        for name, station in model.stations.items()
        if station.errors is not None
        for category in categories_of(model)
    }


def _rates_of(model: Model, errors: Errors, station: StationErrors, name: str, category: str) -> ErrorRates:
    acceptance = model.stations[name].acceptance
    limit = acceptance.max_attempts if acceptance and acceptance.max_attempts else _MOST_ATTEMPTS
    known = model.categories.get(category)
    rigid = rigidity(errors, model.system, category)
    quality, difficulty = (known.specification_quality, known.difficulty) if known else (None, None)
    return _rates(errors, station, limit, quality, difficulty, rigid)


def error_chances(errors: Errors, station: StationErrors, quality: Floats, difficulty: Floats) -> Floats:
    """Chance of each kind in the order of KINDS, at full skill; the last axis is the kind.

    The errors of hand-over come first, each further cause strikes what is right so far (delivery_errors.Errors).
    """
    linked = (1 - errors.per_link * (1 - errors.quality_effect * quality)) ** station.links + 0 * difficulty
    promised = linked * (1 - station.promise)
    slipped = promised * (1 - station.slip)
    deviated = slipped * (1 - errors.irreducible * difficulty)
    wrong = 1 - linked
    omitted = errors.omission_share * wrong
    return np.stack([wrong - omitted, omitted, linked - promised, promised - slipped, slipped - deviated], axis=-1)


@lru_cache(maxsize=1_024)
def _rates(
    errors: Errors, station: StationErrors, limit: int, of_quality: Law | None, of_difficulty: Law | None, rigid: float
) -> ErrorRates:
    """Kept by what they hang on: a study asks for the same ones with other people, again and again."""
    quality, quality_weights = _points(of_quality, 1.0)
    difficulty, difficulty_weights = _points(of_difficulty, math.nan)
    weights = np.outer(quality_weights, difficulty_weights)
    kinds = [getattr(errors.kinds, kind) for kind in KINDS]
    review = np.array([kind.caught_at_review for kind in kinds])
    acceptance_finds = (1 - review) * np.array([kind.caught_at_acceptance for kind in kinds])
    still = np.ones_like(weights)
    passes = at_review = at_acceptance = 0.0
    escaped = np.zeros(len(KINDS))
    first: Floats = np.zeros(len(KINDS))
    for attempt in range(limit):
        better = np.minimum(quality + errors.quality_gain * attempt, 1.0)
        chances = error_chances(errors, station, better[:, None], difficulty[None, :])
        reached = weights * still
        passes += float(reached.sum())
        if attempt == 0:
            first = np.tensordot(weights, chances, axes=2)
        escaped += np.tensordot(reached, chances * (1 - review - acceptance_finds), axes=2)
        if attempt + 1 < limit:
            at_review += float((reached * (chances @ review)).sum())
            at_acceptance += float((reached * (chances @ acceptance_finds)).sum())
        still = still * (chances @ (review + acceptance_finds))
        if float((weights * still).sum()) < _NEGLIGIBLE:
            break
    late = np.array([_built_on(errors, kind.discovery_days) for kind in kinds])
    repairs = errors.repair.production + late * (errors.repair.built_on - errors.repair.production)
    discovery = np.array([kind.discovery_days for kind in kinds])
    escapes = float(escaped.sum())
    return ErrorRates(
        wrong=float(first.sum()),
        passes=passes,
        repair_work=rigid * (errors.repair.review * at_review + errors.repair.acceptance * at_acceptance),
        escapes=escapes,
        defect_work=rigid * float(escaped @ repairs) / escapes if escapes else math.nan,
        kinds=tuple(first.tolist()),
        noticed=(float(first @ review), float(first @ acceptance_finds)),
        found_after_days=float(escaped @ discovery) / escapes if escapes else math.nan,
    )


def _built_on(errors: Errors, mean_days: float) -> float:
    """Chance that a defect is in use so long that others have built on it."""
    return math.exp(-errors.repair.built_on_after_days / mean_days) if mean_days else 0.0


def _points(law: Law | None, otherwise: float) -> tuple[Floats, Floats]:
    """Values in 0 to 1 with their weights; without a law `otherwise`, or uniform where that is NaN."""
    if law is None and not math.isnan(otherwise):
        return np.array([otherwise]), np.ones(1)
    if isinstance(law, Deterministic | Discrete | Empirical):
        values, shares = moments.atoms(law)
        return values, shares
    edges = np.linspace(0, 1, _CELLS + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    if law is None:
        return middle, np.full(_CELLS, 1 / _CELLS)
    below = np.array([moments.cdf(law, float(edge)) for edge in edges])
    values, weights = np.r_[0.0, middle, 1.0], np.r_[below[0], np.diff(below), 1 - below[-1]]
    return values, weights
