"""Options PATH=VALUE: applied before anything is opened, refused by name, never guessed."""

from pathlib import Path

import pytest

from changeflow.errors import DataError, Fault, ModelError
from changeflow.model.reading import read_model, with_sets
from changeflow.model.schema import Model
from tests.unit.small import DESK, model_of


def with_set(folder: Path, *sets: str, text: str = DESK) -> Model:
    (folder / "model.toml").write_text(text, encoding="utf-8")
    return read_model(folder / "model.toml", sets)


def fault_of(folder: Path, *sets: str, text: str = DESK) -> Fault:
    with pytest.raises(ModelError) as caught:
        with_set(folder, *sets, text=text)
    return caught.value.faults[0]


def test_values_are_read_as_toml(tmp_path: Path) -> None:
    model = with_set(
        tmp_path, "stations.desk.servers=7", " horizon_days = 20 ", 'title="a title"', "stations.desk.kind=vendor",
        'stations.desk.service_hours={ law = "exponential", mean = 4 }', "demand.rate_per_day=5",
    )  # fmt: skip
    assert (model.stations["desk"].servers, model.horizon_days, model.title) == (7, 20.0, "a title")
    assert model.stations["desk"].kind == "vendor"
    assert model.stations["desk"].service_hours.mean == 4.0


def test_a_path_may_reach_what_the_file_leaves_open(tmp_path: Path) -> None:
    model = with_set(tmp_path, "costs.waiting_per_day=12", "stations.desk.acceptance.rework_probability=0.3")
    assert model.costs.waiting_per_day == 12
    assert model.stations["desk"].acceptance is not None


def test_the_last_of_two_options_for_one_path_holds(tmp_path: Path) -> None:
    assert with_set(tmp_path, "horizon_days=20", "horizon_days=30").horizon_days == 30


@pytest.mark.parametrize(
    ("option", "path", "expected", "hint"),
    [
        ("stations.desk.servrs=3", "stations.desk.servrs", "a known key", "'servers'"),
        ("stations.dask.servers=3", "stations.dask.servers", "a path of the model", "'desk'"),
        ("horizn_days=3", "horizn_days", "a known key", "'horizon_days'"),
        ("costs.waiting_per_dy=3", "costs.waiting_per_dy", "a known key", "'waiting_per_day'"),
        ("title.x=3", "title.x", "a path of", ""),
        ("stations.desk.servers.x=3", "stations.desk.servers.x", "a path of", ""),
        ("demand.sources.other.rate_per_day=3", "demand.sources.other.rate_per_day", "a path of the model", ""),
        ("stations.desk.servers=many", "stations.desk.servers", "a whole number", ""),
        ("stations.desk.servers=2.5", "stations.desk.servers", "a whole number", ""),
        ("stations.desk.servers=0", "stations.desk.servers", "of at least 1", ""),
        ("stations.desk=3", "stations.desk", "a table", ""),
        ("horizon_days=ten", "horizon_days", "a number", ""),
        ("horizon_days=true", "horizon_days", "a number", ""),
        ("demand.rate_per_day=-4", "demand.rate_per_day", "above 0", ""),
        ("go_live=2026-02-30", "go_live", "a date", ""),
        ("warm_up_days=10", "warm_up_days", "shorter than the horizon", ""),
        ("routing.entry=dask", "routing.entry", "a station of this model", "'desk'"),
    ],
)
def test_a_wrong_option_is_told_by_itself(tmp_path: Path, option: str, path: str, expected: str, hint: str) -> None:
    """The place is the option, not a line of the file."""
    fault = fault_of(tmp_path, option)
    assert fault.place == f"--set {option}"
    assert fault.path == path
    assert expected in fault.expected
    assert hint in fault.hint


@pytest.mark.parametrize("option", ["horizon_days", "=3", " =3"])
def test_an_option_is_a_path_and_a_value(tmp_path: Path, option: str) -> None:
    assert "PATH=VALUE" in fault_of(tmp_path, option).expected


def test_a_value_is_one_value(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        with_set(tmp_path, 'title="x"\nhorizon_days=3')


def test_wrong_options_and_faults_of_the_file_are_told_together(tmp_path: Path) -> None:
    text = DESK.replace("rate_per_day = 3", "rate_per_day = -3")
    with pytest.raises(ModelError) as caught:
        with_set(tmp_path, "stations.desk.servrs=3", "stations.dask.servers=3", text=text)
    assert {fault.path for fault in caught.value.faults} == {
        "stations.desk.servrs", "stations.dask.servers", "demand.rate_per_day",
    }  # fmt: skip


REPLAY = DESK.replace(
    'kind = "poisson"\nrate_per_day = 3', 'kind = "replay"\nfile = "absent.csv"\nrequest = "id"\narrived = "at"'
)
LOG = "id,at\n1,2026-01-05T09:00\n2,2026-01-06T09:00\n"


def test_another_log_is_named_before_any_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's own log is absent; the option's path is relative to the working directory, not to the model."""
    (tmp_path / "models").mkdir()
    (tmp_path / "mine.csv").write_text(LOG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    model = with_set(tmp_path / "models", "demand.file=mine.csv", text=REPLAY)
    assert model.logs["demand"].used == 2


def test_a_log_in_the_file_is_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "absent.csv").write_text(LOG, encoding="utf-8")
    monkeypatch.chdir("/")
    assert with_set(tmp_path, text=REPLAY).logs["demand"].used == 2


def test_an_absent_log_says_which_option_names_another(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.csv: .*--set demand\.file="):
        with_set(tmp_path, text=REPLAY)
    named = REPLAY.replace("[demand]", "[demand.sources.tickets]")
    with pytest.raises(DataError, match=r"--set demand\.sources\.tickets\.file="):
        with_set(tmp_path, text=named)


def test_a_model_is_varied_by_with_and_checked_like_a_file() -> None:
    """The model itself does not change; the same for options of one scenario."""
    model = model_of()
    assert model.with_({"stations.desk.servers": 5}).stations["desk"].servers == 5
    assert with_sets(model, ["stations.desk.servers=6"]).stations["desk"].servers == 6
    assert model.stations["desk"].servers == 2
    with pytest.raises(ModelError) as caught:
        model.with_({"stations.desk.servers": 0, "horizon_days": -1})
    assert {fault.path for fault in caught.value.faults} == {"stations.desk.servers", "horizon_days"}


def test_a_path_through_what_is_no_table_is_told() -> None:
    with pytest.raises(ModelError) as caught:
        model_of().with_({"stations.desk.servers.spare": 3, "horizon_days.spare": 2})
    assert {fault.path for fault in caught.value.faults} == {"stations.desk.servers.spare", "horizon_days.spare"}


def test_a_varied_model_leaves_its_origin_alone() -> None:
    model = model_of()
    before = model.digest()
    first = model.with_({"stations.desk.servers": 4, "stations.desk.speed": 2.0})
    second = first.with_({"stations.desk.servers": 9})
    assert (model.digest(), first.stations["desk"].servers) == (before, 4)
    assert (second.stations["desk"].servers, second.stations["desk"].speed) == (9, 2.0)


def test_a_model_is_a_value() -> None:
    model = model_of()
    with pytest.raises(TypeError, match="vary it with"):
        model.stations["desk"] = model.stations["desk"]
    with pytest.raises(Exception, match="frozen"):
        model.horizon_days = 3.0  # type: ignore[misc]
    assert model == model_of()
    assert hash(model.stations) == hash(model_of().stations)
    assert model.digest() == model_of().digest() != model.with_({"stations.desk.servers": 3}).digest()
    assert model.digest() == model.with_({"title": "another name"}).digest()


def test_several_categories_of_a_prior_set_may_be_changed_at_once() -> None:
    """The first option makes a table of categories; the second still knows those of the set."""
    paths = [f"categories.{name}.difficulty_size_correlation=0.5" for name in ("data", "report")]
    model = read_model("partly_open", paths)
    changed = [name for name, category in model.categories.items() if category.difficulty_size_correlation]
    assert changed == ["data", "report"]
    with pytest.raises(ModelError, match=r"found 'rapport' \(did you mean 'report'\?\)"):
        read_model("partly_open", [paths[0], "categories.rapport.priority=1"])
