"""Both engines give the same bytes for every model that comes along, on every route, under both prior sets."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from changeflow.engine.tables.model import compile_tables
from changeflow.model.file.shipped import shipped_models
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.study.scenarios.routes import ROUTES, along_route
from tests.parity.check import RUNS
from tests.parity.compare import difference, outcome

LOGS = {
    "replay": ("number", "opened_at", "category", "%d/%m/%Y %H:%M", ("42", "53", "46", "none"), datetime(2016, 2, 29)),  # noqa: DTZ001
    "replay_jira": ("Issue key", "Created", "Issue Type", "%Y-%m-%d %H:%M:%S", ("Bug", "Story", "Task"), datetime(2007, 2, 9)),  # noqa: DTZ001, E501
}  # fmt: skip
"""Of the logs that the replays name: columns, date format, categories, first day. Real ones do not come along."""


def _log(folder: Path, name: str) -> Path:
    """Many requests within the horizon, several at one instant."""
    key, at, kind, form, kinds, first = LOGS[name]
    moments = [first + timedelta(hours=8 + number // 3 + 16 * (number // 24)) for number in range(600)]
    lines = [f"R{number},{moment.strftime(form)},{kinds[number % len(kinds)]}" for number, moment in enumerate(moments)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join([f"{key},{at},{kind}", *lines]) + "\n", encoding="utf-8")
    return path


def _model(name: str, priors: str, days: int, folder: Path) -> Model:
    sets = [f"horizon_days={days}", "warm_up_days=0"]
    if name in LOGS:
        sets.append(f"demand.file={_log(folder, name)}")
    return read_model(name, sets, priors=priors)


def _routes() -> list[tuple[str, str]]:
    """Models and the routes for which they have stations."""
    found = []
    for name, file in shipped_models().items():
        stations = tomllib.loads(file.read_text(encoding="utf-8")).get("stations", {})
        kinds = {station.get("kind", "in_house") for station in stations.values()}
        needs = {"vendor": {"vendor"}, "power_users": {"in_house"}, "both": {"vendor", "in_house"}}
        found += [(name, route) for route in ROUTES if needs[route] <= kinds]
    return found


@pytest.mark.parametrize("priors", ["field", "article"])
@pytest.mark.parametrize(("name", "route"), _routes())
def test_shipped_models_are_equal_to_the_bit(name: str, route: str, priors: str, tmp_path: Path) -> None:
    model = along_route(_model(name, priors, 60, tmp_path), route)
    tables = compile_tables(model)
    for seed, replication in RUNS:
        one = outcome(tables, "process", seed, replication)
        assert not difference(one, outcome(tables, "compiled", seed, replication))
        assert len(one.requests) > 5  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*shipped_models()} - {*LOGS}))
def test_shipped_models_are_equal_to_the_bit_over_their_whole_horizon(name: str) -> None:
    tables = compile_tables(read_model(name))
    assert not difference(outcome(tables, "process", 1, 0), outcome(tables, "compiled", 1, 0))
