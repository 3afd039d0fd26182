"""Antithetic pairs and control variates: the same means, smaller variances, by as much as is known."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from changeflow.engine.chance.draws import antithetic_key, run_key
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.errors import PlanError
from changeflow.measure.estimates.clusters import cluster_sums
from changeflow.measure.estimates.controlled import controlled
from changeflow.measure.estimates.controls import Controls, control_names
from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.trace.window import Window
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.study.experiment.cells import cells_of
from changeflow.study.experiment.layout import plan_of
from tests.cli.program import TINY, changeflow
from tests.cli.study_files import QUIET, write_study
from tests.engines import by_request
from tests.unit.small import model_of

FIRST_WAITS = 4.134185
"""Mean of the first 100 waits of M/M/1 at load 0.9 from empty (design notes)."""
RUNS = 2000
QUEUE = """\
title = "M/M/1"
horizon_days = 20
[demand]
kind = "poisson"
rate_per_hour = 1
[stations.desk]
servers = 1
service_hours = { law = "exponential", mean = 0.9 }
"""
DIFFERENT = """\
organisation.variation.request_rate = { law = "uniform", low = 0.8, high = 1.2 }
organisation.variation.replications_per_organisation = """


@cache
def hundred(*, antithetic: bool) -> np.ndarray:
    """Of each run: mean of the first 100 waits, mean work, mean gap."""
    tables, found = compile_tables(model_of(QUEUE)), np.empty((RUNS, 3))
    for run in range(RUNS):
        trace = by_request(simulate(tables, seed=3, replication=run, engine="compiled", antithetic=antithetic))
        visits = trace.visits[:100]
        found[run] = (
            np.mean(visits["started"] - visits["joined"]),
            visits["work_hours"].mean(),
            visits["joined"][-1] / 100,
        )
    return found


def test_antithetic_pairs_have_the_same_mean_and_a_third_less_variance() -> None:
    """36 % lower (design notes, by recomputation); the kurtosis of waits makes 2,000 runs say it to within 10 %."""
    waits = hundred(antithetic=True)[:, 0]
    pairs = cluster_sums(waits, 2) / 2
    assert abs(pairs.mean() - FIRST_WAITS) < 4.5 * pairs.std() / np.sqrt(len(pairs))
    assert pairs.var() / (waits.var() / 2) == pytest.approx(0.64, abs=0.1)


def test_known_means_of_work_and_gaps_take_three_fifths_of_the_variance() -> None:
    """61 % lower with mean work and mean gap as controls (design notes)."""
    waits, work, gap = hundred(antithetic=False).T
    found = controlled(waits, np.column_stack([work - 0.9, gap - 1.0]))
    assert found is not None
    assert found.kept == pytest.approx(0.39, abs=0.08)
    assert abs(found.mean - FIRST_WAITS) < 4.5 * found.half_width / 1.96
    plain = 1.96 * waits.std(ddof=1) / np.sqrt(RUNS)
    assert found.half_width == pytest.approx(plain * np.sqrt(found.kept), rel=0.01)


def test_with_normal_numbers_the_interval_is_exact() -> None:
    """Few runs, 95 %: covers as often as it says, which an interval that forgets the slopes' error does not."""
    rng, hits, tries = np.random.default_rng(4), 0, 2000
    for _ in range(tries):
        controls = rng.normal(size=(9, 2))
        found = controlled(5 + controls @ [2.0, -1.0] + rng.normal(size=9), controls)
        assert found is not None
        hits += abs(found.mean - 5) <= found.half_width
    assert hits / tries == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / tries))


def test_without_a_use_controls_cost_only_their_degrees_of_freedom() -> None:
    rng = np.random.default_rng(1)
    values, controls = rng.normal(size=4000), rng.normal(size=(4000, 2))
    found = controlled(values, controls)
    assert found is not None
    assert found.kept == pytest.approx(1, abs=0.01)
    assert found.half_width == pytest.approx(t_quantile(0.95, 3997) * values.std() / np.sqrt(4000), rel=0.01)
    assert controlled(values[:4], controls[:4]) is None
    assert controlled(np.array([np.nan, *values[1:9]]), controls[:9]) is None


def short(name: str, days: float) -> Model:
    return read_model(name).with_({"horizon_days": days})


@pytest.mark.parametrize(("name", "days"), [("partly_open", 120), ("leaving", 60), ("demand_patterns", 90)])
@pytest.mark.parametrize("antithetic", [False, True])
def test_controls_have_mean_zero_whatever_the_system_does(name: str, days: float, *, antithetic: bool) -> None:
    model = short(name, days)
    window, runs = Window.of(compile_tables(model)), 150
    controls = Controls.of(window)
    key = antithetic_key if antithetic else run_key
    found = [
        controls.of_run(
            simulate(window.tables, seed=5, replication=run, engine="compiled", antithetic=antithetic), key(5, run)
        )
        for run in range(runs)
    ]
    assert list(found[0]) == control_names(model)
    for name_of_control in found[0]:
        column = np.array([one[name_of_control] for one in found])
        if antithetic:
            column = cluster_sums(column, 2) / 2
        assert column.std() > 0
        assert abs(column.mean()) < 4 * column.std(ddof=1) / np.sqrt(len(column)), name_of_control


@pytest.mark.parametrize(("name", "days"), [("partly_open", 60), ("delivery_errors", 30), ("adoption", 60)])
def test_both_engines_mirror_the_same_luck_to_the_bit(name: str, days: float) -> None:
    tables = compile_tables(short(name, days))
    for replication in (0, 1):
        one, other = (
            by_request(simulate(tables, seed=2, replication=replication, engine=engine, antithetic=True))
            for engine in ("process", "compiled")
        )
        assert one.visits.tobytes() == other.visits.tobytes()
        assert one.requests.tobytes() == other.requests.tobytes()


def test_a_study_prints_what_it_gains(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(QUEUE, encoding="utf-8")
    changes = (
        ('who = ["vendor", "both"]\n', ""),
        ("replications = 4", "replications = 200"),
        ("stations.house.servers", "stations.desk.servers"),
        ("demand.rate_per_day", "demand.rate_per_hour"),
        ("[3, 4]", "[0.7, 0.8]"),
        ("sojourn_time_hours", "waiting_time_hours"),
    )
    write_study(tmp_path, *changes, name="plain")
    extra = '"waiting_time_hours"\n[variance_reduction]\ncontrols = true\nantithetic = true\n'
    write_study(tmp_path, *changes, ('"waiting_time_hours"\n', extra), name="less")
    plain, less = (
        json.loads(changeflow("study", f"{name}.toml", *QUIET, "--engine", "compiled", "--json", folder=tmp_path).out)
        for name in ("plain", "less")
    )
    assert "variance_kept" not in plain
    kept = {one["what"]: one["kept"] for one in less["variance_kept"]}
    assert max(kept["controls"]) < 0.95
    assert np.mean(kept["antithetic"]) < 0.95
    squares = np.zeros(2)
    for before, after in zip(plain["cells"], less["cells"], strict=True):
        one, other = (cell["measures"]["waiting_time_hours"] for cell in (before, after))
        squares += one["half_width"] ** 2, other["half_width"] ** 2
        assert abs(one["mean"] - other["mean"]) < 1.5 * np.hypot(one["half_width"], other["half_width"])
    assert squares[1] < squares[0]  # of other runs, whose own variance differs by chance; `kept` compares within runs


@pytest.mark.parametrize(
    ("of_the_file", "of_the_model", "section", "multiple"),
    [
        ("replications = 5\n", "", "antithetic = true", 2),
        ("", "", "antithetic = true\ncontrols = true", 2),  # the model's own 3
        ("replications = 10\n", f"{DIFFERENT}4\n", "controls = true", 4),
        ("replications = 12\n", f"{DIFFERENT}4\n", "antithetic = true", 8),
    ],
)
def test_what_hangs_together_is_run_whole(
    of_the_file: str, of_the_model: str, section: str, multiple: int, tmp_path: Path
) -> None:
    """Half a pair, or a part of an organisation, would put the controls aside without a word."""
    (tmp_path / "tiny.toml").write_text(f"{of_the_model}{TINY}", encoding="utf-8")
    plan = plan_of(write_study(tmp_path, ("replications = 4\n", f"{of_the_file}[variance_reduction]\n{section}\n")))
    with pytest.raises(PlanError, match=f"expected a multiple of {multiple} replications"):
        cells_of(plan, None)


def test_wrong_choices_are_counted_among_independent_runs_only(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(f"{DIFFERENT}4\n{TINY}", encoding="utf-8")
    one_point = ("values = [1, 2]", "values = [1]"), ("values = [3, 4]", "values = [3]")
    section = "replications = 80\n[wrong_choice]\nreplications = [1]\n"
    plan = plan_of(write_study(tmp_path, *one_point, ("replications = 4\n", section)))
    with pytest.raises(PlanError, match="expected independent runs, found 4 of each organisation"):
        cells_of(plan, None)
