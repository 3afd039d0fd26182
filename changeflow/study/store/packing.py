"""A run's numbers as bytes, the same bits back; curves and single requests are not kept."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from changeflow.measure.records import Floats, RunMeasures

SUM_BYTES = 4


@dataclass(frozen=True, slots=True)
class Packed:
    """The names of a run's numbers, as JSON, and the numbers."""

    names: str
    numbers: bytes


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers of a scenario's replications 0, 1, ... at a point."""

    count: int
    values: dict[str, Floats]
    """Measure -> a number a run; NaN where a run has none."""
    ratios: dict[str, Floats]
    """Ratio measure -> numerator and denominator of each run."""
    at_least: dict[str, Floats]
    """Measure -> the share of requests that each run's number hangs on; 0 where it is known."""

    def first(self, count: int) -> Columns:
        """The first replications only."""
        parts = (
            {name: column[:count] for name, column in part.items()}
            for part in (self.values, self.ratios, self.at_least)
        )
        return Columns(min(count, self.count), *parts)

    def only(self, measure: str) -> Columns:
        """One measure alone."""
        parts = (
            {measure: part[measure]} if measure in part else {} for part in (self.values, self.ratios, self.at_least)
        )
        return Columns(self.count, *parts)


def pack(run: RunMeasures) -> Packed:
    """Values, then numerators and denominators, then shares of lower bounds, then a sum that shows damage."""
    names = _names(tuple(run.values), tuple(run.ratios), tuple(run.at_least))
    pairs = [number for pair in run.ratios.values() for number in pair]
    numbers = np.array([*run.values.values(), *pairs, *run.at_least.values()], "<f8").tobytes()
    return Packed(names, numbers + zlib.crc32(numbers).to_bytes(SUM_BYTES, "little"))


@lru_cache(maxsize=256)
def _names(*parts: tuple[str, ...]) -> str:
    """The same names are the same object, so that they are sent from worker to store once a task."""
    return json.dumps(parts, separators=(",", ":"))


def is_whole(numbers: bytes) -> bool:
    """Do the bytes agree with the sum at their end?"""
    return zlib.crc32(numbers[:-SUM_BYTES]).to_bytes(SUM_BYTES, "little") == numbers[-SUM_BYTES:]


def unpack(rows: Sequence[tuple[str, bytes]], wanted: Collection[str] | None = None) -> Columns:
    """Columns of (names, numbers) rows in order of replication; only the wanted measures, all without."""
    values: dict[str, Floats] = {}
    ratios: dict[str, Floats] = {}
    at_least: dict[str, Floats] = {}
    count = len(rows)
    for names in dict.fromkeys(names for names, _ in rows):
        places = np.array([place for place, row in enumerate(rows) if row[0] == names])
        table = np.frombuffer(b"".join(rows[place][1][:-SUM_BYTES] for place in places), "<f8").reshape(len(places), -1)
        of_values, of_ratios, of_bounds = json.loads(names)
        begin = len(of_values)
        end = begin + 2 * len(of_ratios)
        for number, name in _of(of_values, wanted):
            values.setdefault(name, np.full(count, np.nan))[places] = table[:, number]
        for number, name in _of(of_ratios, wanted):
            pair = begin + 2 * number
            ratios.setdefault(name, np.zeros((count, 2)))[places] = table[:, pair : pair + 2]
        for number, name in _of(of_bounds, wanted):
            at_least.setdefault(name, np.zeros(count))[places] = table[:, end + number]
    return Columns(count, values, ratios, at_least)


def _of(names: list[str], wanted: Collection[str] | None) -> list[tuple[int, str]]:
    return [(number, name) for number, name in enumerate(names) if wanted is None or name in wanted]
