"""Two configurations under the same requests: the mean difference of a measure, with its interval."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy import stats

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.records import RunMeasures
from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from changeflow.study.crews.runner import run_all
from changeflow.study.estimates.evaluate import column

Interval = tuple[float, float]
SEED = 7
_DONE: dict[tuple[str, int], tuple[RunMeasures, ...]] = {}


def model_of(text: str) -> Model:
    """The model of a text."""
    return build_model(tomllib.loads(text), file=Path("claim.toml"), shown="claim.toml", text=text)


def runs(model: Model, measure: str, replications: int = 30) -> np.ndarray:
    """A measure in each replication; a model that was run is not run again for another measure."""
    key = model.digest(), replications
    if key not in _DONE:
        _DONE[key] = run_all([model], replications, SEED, engine="compiled")[0]
    return column(_DONE[key], measure)


def traced(model: Model, what: Callable[[Trace], float], replications: int = 30) -> np.ndarray:
    """What a function finds in the trace of each replication."""
    tables = compile_tables(model)
    return np.array(
        [what(simulate(tables, seed=SEED, replication=number, engine="compiled")) for number in range(replications)]
    )


def fingerprint(trace: Trace) -> float:
    """A number that differs if anything that happened does."""
    return float(crc32(trace.requests.tobytes() + trace.visits.tobytes()))


def interval(differences: np.ndarray, level: float = 0.99) -> Interval:
    """Student's interval of a mean."""
    size = len(differences)
    half = stats.t.ppf((1 + level) / 2, size - 1) * differences.std(ddof=1) / np.sqrt(size)
    return float(differences.mean() - half), float(differences.mean() + half)


def change(before: Model, after: Model, measure: str, replications: int = 30) -> Interval:
    """The interval of what a measure gains from one model to another, under the same requests."""
    return interval(runs(after, measure, replications) - runs(before, measure, replications))


def percent(before: np.ndarray, after: np.ndarray) -> Interval:
    """The interval of the paired difference, in percent of the mean before."""
    return interval(100 * (after - before) / before.mean())
