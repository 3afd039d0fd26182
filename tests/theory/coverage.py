"""How often each procedure keeps its promise: `python -m tests.theory.coverage` prints the table of README.md.

Each line repeats a whole procedure on data whose truth is known, and counts. `exact` must agree with the nominal
level within four standard errors, `at least` must not fall below it by more; `measured` lines promise nothing: their
data are skewed or correlated, or they stop when they like, and the share is what users get.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from changeflow.measure.estimates.batch_means import batch_means_interval
from changeflow.measure.estimates.controlled import controlled
from changeflow.measure.estimates.precision import Precision, look_ahead, mean_course, replications_needed
from changeflow.measure.estimates.replications import (
    clopper_pearson,
    jackknife_ratio,
    jackknife_share,
    quantile_interval,
    t_interval,
)
from changeflow.study.estimates.columns import mean_of
from changeflow.study.file.study import Sequential, Until
from changeflow.study.outcome.estimates import first_of, look_at
from changeflow.study.selection.comparisons import against_best, subset_with_best
from changeflow.study.selection.kim_nelson import kim_nelson
from changeflow.study.selection.nelson_matejcik import nelson_matejcik
from changeflow.study.selection.procedure import Procedure, Zone, select
from changeflow.study.selection.two_stage import dudewicz_dalal, rinott
from changeflow.study.store.packing import Columns

Kind = Literal["exact", "at least", "measured"]
Trial = Callable[[np.random.Generator], bool]
SLIPPAGE = np.array([0.0, 1.0, 1.0, 1.0, 1.0])
SPACED = np.arange(5.0)
WAITS_25, WAIT_STEADY = 2.124489, 3.2
"""Exact means in M/M/1 with one arrival an hour: first 25 waits at load 0.9 from empty, the long run at load 0.8."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One procedure on one kind of data."""

    name: str
    nominal: float
    kind: Kind
    trial: Trial
    tries: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How often it was kept."""

    promise: Promise
    share: float

    @property
    def error(self) -> float:
        """Standard error of the share, at the nominal level."""
        level = self.promise.nominal if self.promise.kind != "measured" else self.share
        return math.sqrt(max(level * (1 - level), 1e-9) / self.promise.tries)

    @property
    def holds(self) -> bool:
        """Is the share as promised?"""
        off = self.share - self.promise.nominal
        return {"exact": abs(off) <= 4 * self.error, "at least": off >= -4 * self.error, "measured": True}[
            self.promise.kind
        ]


def covers(truth: float, interval: tuple[float, float]) -> bool:
    """Is the truth within mean +- half-width?"""
    mean, half_width = interval
    return abs(mean - truth) <= half_width


def waits(rng: np.random.Generator, runs: int, count: int, load: float) -> np.ndarray:
    """Waits of M/M/1 from empty, one arrival an hour: Lindley's recursion."""
    found = np.zeros((runs, count))
    service, between = rng.exponential(load, (runs, count)), rng.exponential(1.0, (runs, count))
    for place in range(1, count):
        found[:, place] = np.maximum(found[:, place - 1] + service[:, place - 1] - between[:, place], 0.0)
    return found


def sequential(rng: np.random.Generator) -> bool:
    """Mean of the first 25 waits to within 10 % at 90 %, with look-ahead, at most 3,000 runs."""
    values = waits(rng, 3000, 25, 0.9).mean(axis=1)
    course = mean_course(values, 0.9)
    needed = replications_needed([course], [Precision(relative=0.1)], first=20) or 2900
    return covers(WAITS_25, t_interval(values[: needed + look_ahead(needed)], 0.9))


def sequential_with_controls(rng: np.random.Generator) -> bool:
    """A normal mean to within 10 % at 95 %, two controls that leave a third of the variance, as a study looks at it."""
    luck = rng.normal(size=(600, 2))
    cost = 10 + luck @ [4.0, 2.7] + 3.5 * rng.normal(size=600)
    columns = Columns(600, {"total_cost": cost, "control_arrivals": luck[:, 0], "control_luck.a": luck[:, 1]}, {}, {})
    rule = Sequential(measures=[Until(measure="total_cost", relative=0.1)])
    look, enough = first_of(rule, 1), None
    while enough is None:
        enough, look = look_at([columns.first(look)], rule, 0.95, 1)
    return covers(10.0, mean_of(cost[:enough], 1, 0.95, luck[:enough]))


def ratio(rng: np.random.Generator) -> bool:
    """Ratio of sums, 20 runs, both lognormal and dependent; truth 1 / 2."""
    bottom = rng.lognormal(0, 0.5, 20)
    top = 0.5 * bottom * rng.lognormal(-0.125, 0.5, 20)
    return covers(0.5, jackknife_ratio(top, bottom))


def rare(rng: np.random.Generator) -> bool:
    """A share of 0.001, 10 runs of 100 each: in 37 of 100 tries none is seen."""
    return covers(0.001, jackknife_share(rng.binomial(100, 0.001, 10).astype(float), np.full(10, 100.0)))


def with_controls(rng: np.random.Generator) -> bool:
    """Normal values with two controls, 10 runs."""
    known = rng.normal(size=(10, 2))
    found = controlled(known @ [1.0, -2.0] + rng.normal(size=10), known)
    return found is not None and covers(0.0, (found.mean, found.half_width))


def order_statistics(rng: np.random.Generator) -> bool:
    """The 0.9 quantile of exponential values from 100 of them."""
    found = quantile_interval(rng.exponential(size=100), 0.9)
    return found is not None and found[1] <= -math.log(0.1) <= found[2]


def yes_no(rng: np.random.Generator) -> bool:
    """A probability of 0.1 from 40 runs."""
    low, high = clopper_pearson(int((rng.random(40) < 0.1).sum()), 40)
    return low <= 0.1 <= high


def chooses(make: Callable[[Zone], Procedure], means: np.ndarray, *, shared: float = 0.0) -> Trial:
    """Is a system within the zone of the best chosen? Normal, deviation 3, zone 1, 10 first observations, 95 %."""

    def trial(rng: np.random.Generator) -> bool:
        table = np.empty((len(means), 0))

        def sample(system: int, first: int, last: int) -> np.ndarray:
            nonlocal table
            while table.shape[1] < last:
                own, common = rng.normal(size=(len(means), 128)), rng.normal(size=128)
                noise = math.sqrt(1 - shared) * own + math.sqrt(shared) * common
                table = np.hstack([table, means[:, None] + 3 * noise])
            return table[system, first:last]

        found = select(make(Zone(len(means), 1.0, 0.95, 10)), sample)
        return bool(means[found.best] < means.min() + 1)

    return trial


def normal_table(rng: np.random.Generator, shared: float) -> np.ndarray:
    """Five systems, 20 runs each, slippage of 1 at deviation 3."""
    own, common = rng.normal(size=(5, 20)), rng.normal(size=20)
    return SLIPPAGE[:, None] + 3 * (math.sqrt(1 - shared) * own + math.sqrt(shared) * common)


def subset(*, paired: bool) -> Trial:
    """Is the best in the subset?"""
    return lambda rng: bool(subset_with_best(list(normal_table(rng, 0.8 * paired)), paired=paired)[0])


def intervals_with_best(rng: np.random.Generator) -> bool:
    """Do all intervals against the best other hold together?"""
    found = against_best(normal_table(rng, 0.8))
    truth = [SLIPPAGE[i] - np.delete(SLIPPAGE, i).min() for i in range(5)]
    return all(one.low <= value <= one.high for one, value in zip(found, truth, strict=True))


PROMISES = (
    Promise("t interval, normal, 5 runs", 0.95, "exact", lambda r: covers(0, t_interval(r.normal(size=5))), 20_000),
    Promise("t interval, normal, 20 runs", 0.95, "exact", lambda r: covers(0, t_interval(r.normal(size=20))), 20_000),
    Promise("control variates, normal, 10 runs", 0.95, "exact", with_controls, 8_000),
    Promise("order statistics, 0.9 quantile, 100 runs", 0.95, "at least", order_statistics, 8_000),
    Promise("Clopper-Pearson, p = 0.1, 40 runs", 0.95, "at least", yes_no, 8_000),
    Promise("KN, slippage", 0.95, "at least", chooses(kim_nelson, SLIPPAGE), 1_000),
    Promise("KN, paired (correlation 0.8)", 0.95, "at least", chooses(kim_nelson, SLIPPAGE, shared=0.8), 1_000),
    Promise("KN, means 0 to 4", 0.95, "at least", chooses(kim_nelson, SPACED), 1_000),
    Promise("Nelson-Matejcik, paired", 0.95, "at least", chooses(nelson_matejcik, SLIPPAGE, shared=0.8), 2_000),
    Promise("Rinott, slippage", 0.95, "at least", chooses(rinott, SLIPPAGE), 2_000),
    Promise("Dudewicz-Dalal, slippage", 0.95, "at least", chooses(dudewicz_dalal, SLIPPAGE), 2_000),
    Promise("Gupta's subset holds the best", 0.95, "at least", subset(paired=False), 4_000),
    Promise("paired screen holds the best", 0.95, "at least", subset(paired=True), 4_000),
    Promise("intervals against the best, jointly", 0.95, "at least", intervals_with_best, 4_000),
    Promise("t interval, first 25 waits, 5 runs", 0.90, "measured",
            lambda r: covers(WAITS_25, t_interval(waits(r, 5, 25, 0.9).mean(axis=1), 0.9)), 4_000),
    Promise("t interval, first 25 waits, 40 runs", 0.90, "measured",
            lambda r: covers(WAITS_25, t_interval(waits(r, 40, 25, 0.9).mean(axis=1), 0.9)), 4_000),
    Promise("runs until 10 %, look-ahead, the same", 0.90, "measured", sequential, 600),
    Promise("runs until 10 %, two controls, normal", 0.95, "measured", sequential_with_controls, 1_000),
    Promise("jackknife of a ratio, lognormal, 20 runs", 0.95, "measured", ratio, 8_000),
    Promise("share of 0.001, jackknife or none seen, 10 runs of 100", 0.95, "at least", rare, 8_000),
    Promise("10 batch means, 2,560 waits, load 0.8", 0.90, "measured",
            lambda r: covers(WAIT_STEADY, batch_means_interval(waits(r, 1, 2560, 0.8)[0], 10, 0.9)), 1_000),
)  # fmt: skip


def measure(promise: Promise) -> Kept:
    """Repeat it with a seed of its own."""
    rng = np.random.default_rng([1, *promise.name.encode()])
    return Kept(promise, sum(promise.trial(rng) for _ in range(promise.tries)) / promise.tries)


def table(found: list[Kept]) -> Iterator[str]:
    """Markdown."""
    yield "| procedure | promised | kept | |"
    yield "| --- | --- | --- | --- |"
    for one in found:
        kind = one.promise.kind if one.holds else f"{one.promise.kind}: NOT KEPT"
        yield f"| {one.promise.name} | {one.promise.nominal:.2f} | {one.share:.3f} +- {2 * one.error:.3f} | {kind} |"


def main() -> int:
    """Print the table; 1 if a promise is not kept."""
    found = [measure(promise) for promise in PROMISES]
    print("\n".join(table(found)))
    return int(not all(one.holds for one in found))


if __name__ == "__main__":
    sys.exit(main())
