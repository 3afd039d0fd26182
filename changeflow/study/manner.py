"""How a study's runs are made, where that is not as always: what enters the key of a run beside model and seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from changeflow.engine.simulate import simulate
from changeflow.measure.records import RunMeasures
from changeflow.measure.run import measure_run
from changeflow.measure.weekly import measure_weeks
from changeflow.measure.window import Window


@dataclass(frozen=True, slots=True)
class Manner:
    """As always: every switch is off."""

    independent: bool = False
    """Each system has a seed of its own, so that systems share no chance."""

    steady: bool = False
    """Runs are measured week by week."""

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

    def run(self, window: Window, seed: int, replication: int, engine: str) -> RunMeasures:
        """One run and its numbers."""
        trace = simulate(window.tables, seed=seed, replication=replication, engine=engine)
        return measure_weeks(window, trace) if self.steady else measure_run(window, trace)
