"""How a study's runs are made, where that is not as always: what enters the key of a run beside model and seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from changeflow.measure.units import MEASURES, base_name


@dataclass(frozen=True, slots=True)
class Manner:
    """As always: every switch is off."""

    independent: bool = False
    """Each system has a seed of its own, so that systems share no chance."""

    steady: bool = False
    """Runs are measured week by week."""
    controls: bool = False
    """Numbers of known mean are kept beside the measures."""
    antithetic: bool = False
    """Replications 2 i and 2 i + 1 are twins with opposite luck."""
    brief: bool = False
    """Times to done and of waiting, a third of a short run's measuring, are left out: only targets and money count."""

    @property
    def content(self) -> dict[str, Any]:
        """What of it decides about a run's numbers; empty as always, so that keys stay what they were."""
        return {name: value for name, value in asdict(self).items() if value}

    def seed_of(self, seed: int, scenario: str, setting: Sequence[tuple[str, Any]]) -> int:
        """The seed of a system's runs: a hash of the seed, its scenario and its values where systems are independent.

        Not of its place in the design, so that added levels leave the others' runs as they are.
        """
        if not self.independent:
            return seed
        text = json.dumps([seed, scenario, list(setting)], default=str)
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")

    def runs_together(self, of_an_organisation: int) -> int:
        """Runs in a row that are not independent of each other."""
        return 2 * of_an_organisation if self.antithetic else of_an_organisation


AS_ALWAYS, BRIEFLY = Manner(), Manner(brief=True)


def enough_for(measure: str) -> Manner:
    """The manner that takes the least time, where nothing but this measure and the backlog's growth counts."""
    return AS_ALWAYS if MEASURES[base_name(measure)].unit == "hours" else BRIEFLY
