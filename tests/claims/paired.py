"""Two configurations under the same requests: the mean difference of a measure, with its interval."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
from scipy import stats

from changeflow.engine.simulate import simulate
from changeflow.engine.tables import compile_tables
from changeflow.measure.run import measure_run
from changeflow.measure.window import Window
from changeflow.model.reading import build_model
from changeflow.model.schema import Model

Interval = tuple[float, float]


def model_of(text: str) -> Model:
    """The model of a text."""
    return build_model(tomllib.loads(text), file=Path("claim.toml"), shown="claim.toml", text=text)


def runs(model: Model, measure: str, replications: int = 30) -> np.ndarray:
    """A measure in each replication."""
    tables = compile_tables(model)
    window = Window.of(tables)
    return np.array(
        [
            measure_run(window, simulate(tables, seed=7, replication=number, engine="compiled")).values[measure]
            for number in range(replications)
        ]
    )


def interval(differences: np.ndarray, level: float = 0.99) -> Interval:
    """Student's interval of a mean."""
    size = len(differences)
    half = stats.t.ppf((1 + level) / 2, size - 1) * differences.std(ddof=1) / np.sqrt(size)
    return float(differences.mean() - half), float(differences.mean() + half)


def change(before: Model, after: Model, measure: str, replications: int = 30) -> Interval:
    """The interval of what a measure gains from one model to another, under the same requests."""
    return interval(runs(after, measure, replications) - runs(before, measure, replications))
