"""Make runs of a results folder again and compare them bit by bit: did the program, a library or the machine drift?"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from changeflow.study.crew import Crew, Workshop
from changeflow.study.recorded import Numbers, Recorded, numbers_of

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
    """Of all numbers that were made again, in order; the same on every machine where nothing drifts."""


def verify(kept: Recorded, workshop: Workshop, crew: Crew, sample: int | None, tell: Told) -> Verified:
    """Make a sample of the runs again, spread evenly over cells and replications; None: every run."""
    chosen, missing = _sample(kept, sample)
    drifted: list[RunDrift] = []
    digest, done, total = hashlib.blake2b(digest_size=16), 0, sum(len(runs) for _, runs in chosen)
    with crew.hired() as pool:
        ahead = iter(chosen)
        waiting = [
            (cell, workshop.submit(pool, *cell, runs, ask=False)) for cell, runs in _some(ahead, 2 * crew.size())
        ]
        try:
            while waiting:
                (cell, future), *waiting = waiting
                runs, _ = future.result()
                waiting += [(c, workshop.submit(pool, *c, r, ask=False)) for c, r in _some(ahead, 1)]
                for replication, run in runs:
                    old, new = kept.numbers(*cell, replication), numbers_of(run, parts=kept.has_parts)
                    digest.update(digest_of_run(new).encode())
                    drifted += _compared(kept, cell, replication, old, new)
                done += len(runs)
                tell(done, total)
        finally:
            for _, future in waiting:
                future.cancel()
    return Verified(kept.runs, total, tuple(drifted), missing, digest.hexdigest())


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
    cells = kept.cells if sample is None else _evenly(kept.cells, sample)
    chosen, missing = [], []
    for number, cell in enumerate(cells):
        runs = kept.replications(*cell)
        if not runs:
            missing.append(label(kept, cell))
        elif sample is None:
            chosen.append((cell, runs))
        else:
            chosen.append((cell, _evenly(runs, (sample + number) // len(cells))))
    return chosen, tuple(missing) if kept.manifest.get("complete", True) else ()


def _evenly(things: tuple[T, ...], count: int) -> tuple[T, ...]:
    """So many of them, or all, from all parts of the row."""
    count = min(count, len(things))
    return tuple(things[(2 * i + 1) * len(things) // (2 * count)] for i in range(count))


def _some(ahead: Iterator[tuple[tuple[int, str], tuple[int, ...]]], count: int) -> Chosen:
    return [one for _, one in zip(range(count), ahead)]
