"""The Pareto front of several measures: who is beaten by nobody in all of them, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from changeflow.measure.records import Floats
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.responses import tables_of, units_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scenario at a point: its means, whether they are on the front, and how often resampled ones are."""

    point: int
    scenario: str
    means: tuple[float, ...]
    half_widths: tuple[float, ...]
    on_front: bool
    probability: float
    growing: bool


@dataclass(frozen=True, slots=True)
class Front:
    """All candidates, the probability of membership first."""

    measures: tuple[str, ...]
    units: tuple[str, ...]
    draws: int
    candidates: tuple[Candidate, ...]


def pareto(results: StudyResults) -> Front | None:
    """Membership by a bootstrap over replications, the same ones for all cells, as they share their luck.

    None without [pareto]. A cell whose backlog grows stays in, marked, and beats nobody: its means hang on where the
    run ends.
    """
    plan, asked = results.plan, results.plan.study.pareto
    if asked is None:
        return None
    together = int(np.lcm.reduce([cell.facts.together for cell in results.cells]))
    units_by_measure = [[units_of(cell, name, together) for cell in results.cells] for name in asked.measures]
    tables = tables_of(units_by_measure, " and ".join(asked.measures))
    signs = np.array([-1.0 if MEASURES[base_name(name)].more_is_better else 1.0 for name in asked.measures])
    losses = np.array([sign * table.mean(axis=1) for sign, table in zip(signs, tables)]).T
    settling = np.array([not cell.growing for cell in results.cells])
    chances = membership(tables, signs, asked.draws, plan.study.seed, settling)
    front = undominated(losses, settling)
    found = []
    for place, cell in enumerate(results.cells):
        estimates = [cell.estimates[name] for name in asked.measures]
        means, arms = tuple(one.mean for one in estimates), tuple(one.half_width for one in estimates)
        chance = float(chances[place])
        found.append(Candidate(cell.point, cell.scenario, means, arms, bool(front[place]), chance, cell.growing))
    units = tuple(results.cells[0].estimates[name].unit for name in asked.measures)
    ordered = sorted(found, key=lambda one: (-one.probability, one.point))
    return Front(tuple(asked.measures), units, asked.draws, tuple(ordered))


def membership(
    tables: list[Floats], signs: Floats, draws: int, seed: int, may_beat: NDArray[np.bool_] | None = None
) -> Floats:
    """For each row the share of bootstrap samples of runs in which no other row that may beats it; without, all may.

    tables: rows x runs, one of each measure, with the same runs.
    """
    chance, count = Generator(Philox(seed)), tables[0].shape[1]
    counts = np.zeros(len(tables[0]))
    for _ in range(draws):
        runs = chance.integers(count, size=count)
        losses = np.array([sign * table[:, runs].mean(axis=1) for sign, table in zip(signs, tables)]).T
        counts += undominated(losses, may_beat)
    return counts / draws


def undominated(losses: Floats, may_beat: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Which rows no other row that may (without: all may) beats: nowhere worse, somewhere better; columns: losses."""
    no_worse = (losses[:, None, :] <= losses[None, :, :]).all(axis=2)
    better = (losses[:, None, :] < losses[None, :, :]).any(axis=2)
    beats = no_worse & better
    if may_beat is not None:
        beats &= may_beat[:, None]
    return ~np.asarray(beats.any(axis=0))
