"""Plans: what is run, under which names, and what makes no sense."""

from pathlib import Path

import pytest

from changeflow.errors import PlanError
from changeflow.measure.records import RunMeasures
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.study.crews.crew import cores_worth, crew_here
from changeflow.study.crews.runner import run_all
from changeflow.study.scenarios.plan import Plan, name_scenarios, routes
from tests.unit.small import DESK, model_of

BOTH = DESK + '[stations.vendor]\nkind = "vendor"\nservice_hours = 1\n[routing]\nentry = "desk"\n'


def read(folder: Path, name: str) -> Model:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(BOTH, encoding="utf-8")
    return read_model(folder / name)


def test_replications_default_to_the_first_model_and_quick_takes_few() -> None:
    model = model_of(DESK.replace("horizon_days", "replications = 150\nhorizon_days"))
    assert Plan.of(model).replications == 150
    assert Plan.of(model, replications=7).replications == 7
    assert Plan.of(model, quick=True).replications < 150
    assert (
        Plan.of(model_of(DESK.replace("horizon_days", "replications = 3\nhorizon_days")), quick=True).replications == 3
    )


def test_the_baseline_is_the_first_named() -> None:
    models = {"one": model_of(), "two": model_of()}
    assert Plan.of(models).baseline == "one"
    assert Plan.of(models, baseline="two").baseline == "two"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replications": 1}, "replications: expected at least 2"),
        ({"replications": 0}, "replications: expected at least 2"),
        ({"baseline": "other"}, "--baseline: expected one of model"),
        ({"workers": 0}, "--workers: expected at least 1"),
    ],
)
def test_plans_that_make_no_sense_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        Plan.of(model_of(), **options)


def test_no_scenario_and_two_currencies_are_refused() -> None:
    with pytest.raises(PlanError, match="at least one scenario"):
        Plan.of({})
    with pytest.raises(PlanError, match="one currency, found EUR, USD"):
        Plan.of({"a": model_of(), "b": model_of().with_({"currency": "USD"})})


def test_scenarios_are_called_by_route_stem_or_both(tmp_path: Path) -> None:
    one, other, again = read(tmp_path, "crm.toml"), read(tmp_path, "erp.toml"), read(tmp_path / "x", "crm.toml")
    assert list(name_scenarios([one], ["vendor", "both"])) == ["vendor", "both"]
    assert list(name_scenarios([one, other], [])) == ["crm", "erp"]
    assert list(name_scenarios([one, other, again], [])) == ["crm", "erp", "crm-2"]
    assert list(name_scenarios([one, other], ["vendor", "both"])) == [
        "crm/vendor",
        "crm/both",
        "erp/vendor",
        "erp/both",
    ]
    assert list(routes(one)) == ["vendor", "power_users", "both"]


def test_unknown_and_repeated_routes_are_refused(tmp_path: Path) -> None:
    model = read(tmp_path, "crm.toml")
    with pytest.raises(PlanError, match="found 'vendors'"):
        routes(model, "vendors")
    with pytest.raises(PlanError, match="each route once"):
        routes(model, "vendor", "vendor")


def test_runs_are_counted_and_in_order_of_replication() -> None:
    seen: list[tuple[int, int]] = []
    runs = run_all([model_of(), model_of()], 7, 1, progress=lambda done, total: seen.append((done, total)))
    assert [len(one) for one in runs] == [7, 7]
    assert seen[-1] == (14, 14)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert repr(runs[0][3].values) == repr(runs[1][3].values)


def run_of(replications: int, workers: int) -> tuple[RunMeasures, ...]:
    with crew_here("process", workers, replications) as crew:
        return run_all([model_of()], replications, 1, crew=crew)[0]


def test_two_cores_give_the_numbers_of_one() -> None:
    alone, spread = (run_of(12, workers) for workers in (1, 2))
    assert [repr(run.values) for run in alone] == [repr(run.values) for run in spread]


@pytest.mark.parametrize(
    ("engine", "runs", "visits", "shared"),
    [
        ("compiled", 1_900, 879, False),  # the loop is a small part of a short run, and threads share only that
        ("compiled", 1_900, 26_000, True),
        ("compiled", 2_400, 879, True),  # by processes
        ("process", 1_900, 879, True),
        ("process", 99, 26_000, False),
    ],
)
def test_cores_are_taken_where_they_pay(
    engine: str, runs: int, visits: float, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert cores_worth(engine, runs, visits) == (8 if shared else 1)
