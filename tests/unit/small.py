"""Small models for unit tests."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.errors import Fault, ModelError
from changeflow.model.reading import build_model, read_model
from changeflow.model.schema import Model
from changeflow.model.values import laws

DESK = """\
title = "a desk"
horizon_days = 10
[demand]
kind = "poisson"
rate_per_day = 3
[stations.desk]
servers = 2
service_hours = 1
"""


def model_of(text: str = DESK, file: Path = Path("model.toml")) -> Model:
    """The model of a text, as if it stood in `file`."""
    return build_model(tomllib.loads(text), file=file, shown=file.name, text=text)


def faults_of(folder: Path, text: str, sets: Sequence[str] = ()) -> list[Fault]:
    """The faults that reading this text as model.toml finds; the place is the file's name, not its folder."""
    file = folder / "model.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read_model(file, sets)
    return [
        Fault(fault.place.replace(str(file), "model.toml"), fault.path, fault.expected, fault.found, fault.hint)
        for fault in caught.value.faults
    ]


def assert_told(folder: Path, text: str, line: int, path: str, expected: str, hint: str) -> None:
    """Among the faults of a text is one at this path, and it says its line, what is expected and what may be meant."""
    faults = {fault.path: fault for fault in faults_of(folder, text)}
    assert path in faults, sorted(faults)
    fault = faults[path]
    assert expected in fault.expected
    assert hint in fault.hint
    told = int(fault.place.removeprefix("model.toml:"))
    assert told == line, text.splitlines()[told - 1]


def trace_of(model: Model, requests: Sequence[Mapping[str, Any]], visits: Sequence[Mapping[str, Any]] = ()) -> Trace:
    """A trace written by hand: what a row does not say is a root of the first source, a first and only attempt."""
    tables = compile_tables(model)
    asked, stays = np.zeros(len(requests), t.REQUEST), np.zeros(len(visits), t.VISIT)
    asked["number"], asked["key"], asked["parent"] = np.arange(len(requests)), np.arange(len(requests)), -1
    asked["closed"] = np.nan
    stays["attempt"] = 1
    for name in ("joined", "started", "finished"):
        stays[name] = np.nan
    for rows, given in ((asked, requests), (stays, visits)):
        for row, one in zip(rows, given, strict=True):
            for name, value in one.items():
                row[name] = value
    zeros = np.zeros(len(tables.stations))
    return Trace(
        asked, stays, np.zeros(0, t.DECISION), tables.start, tables.end, tuple(model.stations), tables.stages,
        tables.categories, tuple(model.demand.sources), zeros, zeros, zeros,
    )  # fmt: skip


EVERY_LAW: dict[str, laws.Law] = {
    "deterministic": laws.Deterministic(value=2.5),
    "exponential": laws.Exponential(law="exponential", mean=3.0),
    "erlang 1": laws.Erlang(law="erlang", k=1, mean=2.0),
    "erlang 4": laws.Erlang(law="erlang", k=4, mean=2.0),
    "erlang 1000": laws.Erlang(law="erlang", k=1000, mean=2.0),
    "gamma 0.001": laws.Gamma(law="gamma", mean=5.0, scv=0.001),
    "gamma 0.4": laws.Gamma(law="gamma", mean=5.0, scv=0.4),
    "gamma 3": laws.Gamma(law="gamma", mean=5.0, scv=3.0),
    "gamma 100": laws.Gamma(law="gamma", mean=5.0, scv=100.0),
    "lognormal by mean": laws.Lognormal(law="lognormal", mean=4.0, scv=2.0),
    "lognormal by median": laws.Lognormal(law="lognormal", median=1.82, sigma=1.15),
    "weibull 0.5": laws.Weibull(law="weibull", shape=0.5, scale=2.0),
    "weibull 3": laws.Weibull(law="weibull", shape=3.0, scale=2.0),
    "uniform": laws.Uniform(law="uniform", low=1.0, high=4.0),
    "triangular": laws.Triangular(law="triangular", low=1.0, mode=2.0, high=5.0),
    "triangular left": laws.Triangular(law="triangular", low=1.0, mode=1.0, high=5.0),
    "triangular right": laws.Triangular(law="triangular", low=0.0, mode=5.0, high=5.0),
    "beta 2 3": laws.Beta(law="beta", alpha=2.0, beta=3.0),
    "beta 0.5": laws.Beta(law="beta", alpha=0.5, beta=0.5),
    "hyperexponential": laws.Hyperexponential(law="hyperexponential", shares=(0.6, 0.4), means=(1.0, 3.0)),
    "discrete": laws.Discrete(law="discrete", values=(4.0, 1.0, 9.0), shares=(0.5, 0.3, 0.2)),
    "empirical": laws.Empirical(law="empirical", values=(1.0, 2.0, 2.0, 7.0)),
}  # fmt: skip
"""One of each law, the awkward shapes too."""
