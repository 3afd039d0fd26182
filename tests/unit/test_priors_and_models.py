"""The shipped models and prior sets: all load, nothing is a bare number, the two sets say the same things."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from changeflow.engine.simulate import simulate
from changeflow.errors import DataError, ModelError
from changeflow.model.file.priors import read_priors
from changeflow.model.file.shipped import shipped_folder, shipped_models, shipped_priors
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.study.scenarios.plan import ROUTES, routes
from tests.unit.small import DESK, model_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LOGS = {"replay": DATA / "servicenow_uci/incident_event_log.csv.gz", "replay_jira": DATA / "jira_duraspace/issues.csv"}
MODELS, SETS = sorted(shipped_models()), sorted(shipped_priors())
THREE_ROUTES = [name for name in MODELS if name not in {"boxed", "closed_turnkey", "mmc"}]
DECLARED = {
    "boxed", "closed_turnkey", "script_platform", "plugin_platform", "partly_open", "open_platform",
    "open_in_name", "second_attempt", "mmc", "replay",
    "replay_jira", "queueing_disciplines", "leaving", "people", "demand_patterns", "vendor_terms", "routing_rules",
    "acceptance", "adoption", "careers", "components", "contracts", "delivery_errors",
}  # fmt: skip


@cache
def shipped(name: str, priors: str | None = None) -> Model:
    """A shipped model; a replayed log comes from the data that the project is given, if it is there."""
    if name not in LOGS:
        return read_model(name, priors=priors)
    if not LOGS[name].exists():
        pytest.skip(f"{LOGS[name].name}: logs are kept beside the project (../shared/data), not in it")
    return read_model(name, [f"demand.file={LOGS[name]}"], priors=priors)


def raw(name: str) -> dict[str, Any]:
    return tomllib.loads(shipped_models()[name].read_text(encoding="utf-8"))


def leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and table of each number of a prior set."""
    for key, value in table.items():
        if "value" in value:
            yield f"{path}{key}", value
        else:
            yield from leaves(value, f"{path}{key}.")


def test_the_declared_models_are_there() -> None:
    assert set(MODELS) >= DECLARED
    assert SETS == ["article", "field"]


@pytest.mark.parametrize("name", MODELS)
def test_a_model_loads_under_every_prior_set(name: str) -> None:
    """One that names no set does not change by another one."""
    own = shipped(name)
    assert own.priors == raw(name).get("priors")
    for priors in SETS:
        other = shipped(name, priors)
        assert (other.priors == priors) is (own.priors is not None)
        assert (other.digest() == own.digest()) is (own.priors in {None, priors})


@pytest.mark.parametrize("name", THREE_ROUTES)
def test_a_platform_goes_along_every_route_under_every_prior_set(name: str) -> None:
    for priors in SETS:
        assert set(routes(shipped(name, priors))) == set(ROUTES)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in LOGS])
def test_a_model_runs(name: str) -> None:
    trace = simulate(shipped(name).with_({"horizon_days": 40, "follow_up_days": 4}), seed=1, replication=0)
    assert len(trace.requests) > 0


@pytest.mark.parametrize("name", sorted(LOGS))
def test_without_its_log_a_replay_says_how_to_name_one(name: str) -> None:
    """The shipped file carries only the log's file name: it does not come along."""
    assert "/" not in raw(name)["demand"]["file"]
    with pytest.raises(DataError, match=r"name yours with --set demand\.file=PATH"):
        read_model(name)


@pytest.mark.parametrize("name", sorted(LOGS))
def test_every_row_of_a_real_log_is_accounted_for(name: str) -> None:
    log = shipped(name).logs["demand"]
    assert log.rows == log.used + log.later_rows + sum(count for _, count in log.refused)
    assert log.used > 1000


@pytest.mark.parametrize("name", MODELS)
def test_a_model_names_the_field_set_or_needs_none(name: str) -> None:
    assert raw(name).get("priors") == (None if name == "mmc" else "field")


@pytest.mark.parametrize("name", MODELS)
def test_a_model_begins_with_its_schema(name: str) -> None:
    assert shipped_models()[name].read_text(encoding="utf-8").startswith("#:schema ")


@pytest.mark.parametrize("name", MODELS)
def test_every_number_of_a_model_has_a_comment_or_an_assumption(name: str) -> None:
    """On its line or in the lines of comment above it; numbers in titles and formats are no numbers."""
    text = shipped_models()[name].read_text(encoding="utf-8")
    noted, bare, above = raw(name).get("assumptions", {}), [], ""
    table = ""
    for line in text.splitlines():
        header = re.match(r"\[(.+?)\]", line)
        if header:
            table = header[1]
        code, _, comment = _without_strings(line).partition("#")
        key, equals, value = code.partition("=")
        path = f"{table}.{key.strip()}".removeprefix(".")
        if equals and re.search(r"\d", value) and table not in {"assumptions", "demand.category_map"}:
            dated = re.fullmatch(r"\s*\d{4}-\d\d-\d\d\s*", value)
            if not comment.strip() and not above.strip() and path not in noted and not dated:
                bare.append(line)
        above = comment if line.startswith("#") else ""
    assert bare == []


def _without_strings(line: str) -> str:
    return re.sub(r'"[^"]*"', '""', line)


@pytest.mark.parametrize("name", MODELS)
def test_the_assumptions_of_a_model_are_about_what_it_says_itself(name: str) -> None:
    """Each path stands in the file, and its value lies within the range that is given for it."""
    for path, note in raw(name).get("assumptions", {}).items():
        value: Any = raw(name)
        for part in path.split("."):
            value = value[part]
        assert note["unit"]
        assert note["source"]
        if isinstance(value, int | float):
            assert note["low"] <= value <= note["high"]


def test_the_first_servers_of_the_open_platform_are_its_power_users() -> None:
    """Scripts that edit the file count on it: a line of its own, the in-house station's, not a comment."""
    lines = shipped_models()["open_platform"].read_text(encoding="utf-8").splitlines()
    number, line = next((n, text) for n, text in enumerate(lines) if "servers = " in text)
    servers = re.match(r"servers = (\d+)\b", line)
    assert servers
    table = next(text for text in reversed(lines[:number]) if text.startswith("["))
    station = table.strip("[]").removeprefix("stations.")
    model = shipped("open_platform")
    assert model.stations[station].kind == "in_house"
    assert model.stations[station].servers == int(servers[1])


@pytest.mark.parametrize("name", SETS)
def test_every_prior_has_a_unit_and_a_source_and_a_range(name: str) -> None:
    """A range may only be missing where a source pins the number; a plain number lies within its range."""
    for path, leaf in leaves(read_priors(name)):
        assert leaf["unit"], path
        assert leaf["source"], path
        assert ("low" in leaf) == ("high" in leaf), path
        assert "low" in leaf or not leaf["source"].startswith("assumption"), path
        if isinstance(leaf["value"], int | float) and "low" in leaf:
            assert leaf["low"] <= leaf["value"] <= leaf["high"], path


def test_both_prior_sets_have_the_same_numbers() -> None:
    one, other = ({path: leaf["unit"] for path, leaf in leaves(read_priors(name))} for name in SETS)
    assert one.keys() == other.keys()
    differing = {path for path in one if one[path] != other[path]}
    # The go-live burst may be described by another shape, whose time has another meaning.
    assert differing <= {"demand.go_live.time_days", "demand.go_live.shape"}


def test_the_prior_sets_differ_where_it_decides() -> None:
    """Failure rates, the share power users can take, tool speed, effort spread, shape after go-live."""
    field, article = (dict(leaves(read_priors(name))) for name in ("field", "article"))
    for path in (
        "stations.vendor.acceptance.rework_probability", "stations.in_house.acceptance.rework_probability",
        "tools.open.openness.data", "tools.open.speed", "categories.data.work_hours", "demand.go_live.shape",
    ):  # fmt: skip
        assert field[path]["value"] != article[path]["value"], path


@pytest.mark.parametrize("name", SETS)
def test_the_shares_of_the_categories_of_a_set_sum_to_one(name: str) -> None:
    shares = [leaf["value"] for path, leaf in leaves(read_priors(name)) if path.endswith(".share")]
    assert sum(shares) == pytest.approx(1.0)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_end_of_a_range_makes_a_valid_model(name: str, end: str) -> None:
    """One at a time in the partly open platform, as the screening of assumptions does it."""
    model = shipped("partly_open", name)
    tried = 0
    for path, note in model.assumptions.items():
        value = getattr(note, end)
        if value is None or path.startswith("categories.") or path.endswith((".shape", ".time_days")):
            continue  # categories are moved together, and so are a shape and its time
        model.with_({path: value})
        tried += 1
    assert tried > 20


def test_a_model_with_categories_of_its_own_may_use_a_tool_of_the_set() -> None:
    """The tool's speed is taken; how open it is to categories that the set does not know, the file must say."""
    text = DESK.replace("horizon_days", 'priors = "field"\nhorizon_days').replace("servers = 2", 'tool = "open"')
    text += "[categories.mine]\nshare = 1.0\nwork_hours = 2\n"
    with pytest.raises(ModelError, match="expected an entry for mine, or 'default'"):
        model_of(text)
    assert model_of(text.replace('tool = "open"', 'tool = "open"\nopenness = 0.5')).stations["desk"].speed > 1


def test_one_number_of_one_category_of_the_set_may_be_changed() -> None:
    """The option is let through as a path of the model (a misspelt category is not), and then refused."""
    model = read_model("partly_open", ["categories.data.work_hours=3"])
    assert len(model.categories) > 1
    assert model.categories["data"].share < 1


def test_the_folder_of_models_holds_no_log_and_no_results() -> None:
    """Logs are offered for research and come with licences of their own."""
    files = [path for path in shipped_folder("models").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".toml", ".md", ".json", ".csv"}
    assert [path.name for path in files if path.suffix == ".csv"] == ["components_dsm.csv"]  # a matrix of ours
