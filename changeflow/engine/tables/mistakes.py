"""What a station's errors are, as numbers: the model's [errors] and the station's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.model.expected.flexibility import rigidity
from changeflow.model.stations.delivery_errors import KINDS, Errors, StationErrors, System

_DAY = 24.0

NUMBERS = (
    "per_link", "quality_effect", "omission_share", "promise", "slip", "slip_unskilled", "irreducible", "quality_gain",
    "review", "acceptance", "production", "built_on", "built_on_after",
)  # fmt: skip
MISTAKES = np.dtype([("links", "i8"), ("to_entry", "i8"), *((name, "f8") for name in NUMBERS)])
"""The same for the compiled engine: a row a station."""
NOTICE = np.dtype([("at_review", "f8"), ("at_acceptance", "f8"), ("discovery", "f8")])
"""Who notices a kind of error, by its code; the first row is for no error."""


@dataclass(frozen=True, slots=True)
class MistakeTable:
    """Errors of a station as numbers; hours are clock hours."""

    links: int
    per_link: float
    quality_effect: float
    omission_share: float
    promise: float
    slip: float
    slip_unskilled: float
    irreducible: float
    quality_gain: float
    review: float
    acceptance: float
    production: float
    built_on: float
    built_on_after: float
    to_entry: bool
    """Escaped defects go where new requests go, not where they were made."""
    notices: tuple[tuple[float, float, float], ...]
    """By kind of error: chance of the review, of the acceptance, mean hours to discovery in use."""
    rigidity: tuple[float, ...]
    """By category: how much longer a repair takes than at flexibility 1."""


def mistakes_of(
    errors: Errors | None, station: StationErrors | None, system: System, categories: tuple[str, ...]
) -> MistakeTable | None:
    """A station's errors; None where acceptance alone says how often a delivery fails."""
    if errors is None or station is None:
        return None
    kinds = [getattr(errors.kinds, name) for name in KINDS]
    return MistakeTable(
        links=station.links,
        per_link=errors.per_link,
        quality_effect=errors.quality_effect,
        omission_share=errors.omission_share,
        promise=station.promise,
        slip=station.slip,
        slip_unskilled=station.unskilled_slip,
        irreducible=errors.irreducible,
        quality_gain=errors.quality_gain,
        review=errors.repair.review,
        acceptance=errors.repair.acceptance,
        production=errors.repair.production,
        built_on=errors.repair.built_on,
        built_on_after=errors.repair.built_on_after_days * _DAY,
        to_entry=errors.repairs_go == "entry",
        notices=(
            (0.0, 0.0, 0.0),
            *((kind.caught_at_review, kind.caught_at_acceptance, kind.discovery_days * _DAY) for kind in kinds),
        ),
        rigidity=tuple(rigidity(errors, system, category) for category in categories),
    )
