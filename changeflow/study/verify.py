"""Make runs of a results folder again and compare them bit by bit: did the program, a library or the machine drift?"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from changeflow.study.crews.agenda import Ready, Task
from changeflow.study.crews.scheduler import carry_out
from changeflow.study.crews.workshop import Made, Workshop
from changeflow.study.recorded import Numbers, Recorded, numbers_of
from changeflow.study.store.packing import Packed

T = TypeVar("T")
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RunDrift:
    """A run that came out otherwise."""

    cell: str
    replication: int
    old: str
    """Digest of the numbers that are kept."""
    new: str
    measure: str
    """The first number that differs."""
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of the runs that were made again."""

    there: int
    """Runs in the folder."""
    again: int
    drifted: tuple[RunDrift, ...]
    missing: tuple[str, ...]
    """Cells of a study that was ended, of which nothing is found under the key that they have now."""
    digest: str
    """Of the runs that were made again: results_digest of what has come out now."""
    kept_digest: str
    """The same of what the folder holds of them."""


def verify(kept: Recorded, workshop: Workshop[Packed], sample: int | None, tell: Told) -> Verified:
    """Make a sample of the runs again, spread evenly over cells and replications; None: every run."""
    chosen, missing = _sample(kept, sample)
    order = {cell: place for place, (cell, _) in enumerate(chosen)}
    found: list[tuple[tuple[int, int], str, str, list[RunDrift]]] = []
    total = sum(len(runs) for _, runs in chosen)

    def take(task: Task, made: Made[Packed]) -> None:
        cell = task.point, task.scenario
        for replication, run in made[0]:
            old, new = kept.numbers(*cell, replication), numbers_of(run, parts=kept.has_parts)
            drift = list(_compared(kept, cell, replication, old, new))
            found.append(((order[cell], replication), digest_of_run(old), digest_of_run(new), drift))
        tell(len(found), total)

    carry_out(workshop.crew, Ready(Task(*cell, runs) for cell, runs in chosen), workshop.submit, take)
    found.sort(key=lambda one: one[0])  # as they lie in the folder, whoever came first
    keys = [(kept.key(*chosen[place][0]), replication) for (place, replication), *_ in found]
    return Verified(
        kept.runs, total, tuple(drift for *_, drifts in found for drift in drifts), missing,
        results_digest(zip(keys, (new for *_, new, _ in found))),
        results_digest(zip(keys, (old for _, old, *_ in found))),
    )  # fmt: skip


def results_digest(runs: Iterable[tuple[tuple[str, int], str]]) -> str:
    """One hash over runs in order of cell and replication: the key of each, and digest_of_run of its numbers.

    A run's key is that of its cell (model, seed, manner, program; not the engine, nor who made it) and its
    replication. Two studies that differ in nothing but who made the runs have the same one.
    """
    digest = hashlib.blake2b(digest_size=16)
    for (cell, replication), numbers in runs:
        digest.update(f"{cell} {replication} {numbers}\n".encode())
    return digest.hexdigest()


def digest_of_run(numbers: Numbers) -> str:
    """A hash of names and bits, whatever the order; every NaN is the same."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(numbers):
        value = numbers[name]
        digest.update(name.encode() + b"\0" + struct.pack("<d", math.nan if math.isnan(value) else value))
    return digest.hexdigest()


def label(kept: Recorded, cell: tuple[int, str]) -> str:
    """A cell's name in tables."""
    return f"{cell[0] + 1}/{cell[1]}" if kept.manifest["command"] == "study" else cell[1]


def _compared(
    kept: Recorded, cell: tuple[int, str], replication: int, old: Numbers, new: Numbers
) -> Iterator[RunDrift]:
    first, second = digest_of_run(old), digest_of_run(new)
    if first != second:
        for name in sorted(old.keys() | new.keys()):
            before, after = old.get(name, math.nan), new.get(name, math.nan)
            same = before == after or (math.isnan(before) and math.isnan(after))
            if not same or (name in old) != (name in new):
                yield RunDrift(label(kept, cell), replication, first, second, name, before, after)
                return


Chosen = list[tuple[tuple[int, str], tuple[int, ...]]]


def _sample(kept: Recorded, sample: int | None) -> tuple[Chosen, tuple[str, ...]]:
    """Runs to be made again, cell by cell, spread evenly over cells and their replications; cells without any."""
    there = tuple(cell for cell in kept.cells if kept.replications(*cell))
    missing = tuple(label(kept, cell) for cell in kept.cells if cell not in there)
    if sample is None:
        chosen = [(cell, kept.replications(*cell)) for cell in there]
    else:
        cells = _evenly(there, sample)
        chosen = [
            (cell, _evenly(kept.replications(*cell), (sample + number) // len(cells)))
            for number, cell in enumerate(cells)
        ]
    return chosen, missing if kept.manifest.get("complete", True) else ()


def _evenly(things: tuple[T, ...], count: int) -> tuple[T, ...]:
    """So many of them, or all, from all parts of the row."""
    count = min(count, len(things))
    return tuple(things[(2 * i + 1) * len(things) // (2 * count)] for i in range(count))
