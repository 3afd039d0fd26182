"""What a prior set gives a model with [errors], and only such a one."""

from __future__ import annotations

import pytest

from changeflow.errors import ModelError
from changeflow.model.expected.error_rates import error_rates
from changeflow.model.file.prior_sets import shipped_set
from changeflow.model.schema import Model
from tests.unit.small import model_of

SETS = ("article", "field")
ERRORS = "[errors]\n"
WITH_TESTER = """\
title = "tested"
priors = "field"
[demand]
kind = "poisson"
[stations.desk]
acceptance = { by = "tester" }
[stations.tester]
stage = "test"
service_hours = 1
[stations.by_chance]
acceptance = { rework_probability = 0.5 }
[routing]
entry = { rule = "open_first", prefer = ["desk", "by_chance"] }
[errors]
"""


PLAIN = """\
title = "in part open"
priors = "field"
[demand]
kind = "poisson"
[stations.power_users]
stage = "change"
tool = "partly_open"
[stations.vendor]
kind = "vendor"
stage = "change"
tool = "partly_open"
[routing]
entry = { rule = "open_first", prefer = ["power_users", "vendor"] }
"""


def partly_open(name: str, more: str = "") -> Model:
    """A small system of power users and a vendor, under one of the sets."""
    return model_of(PLAIN.replace('"field"', f'"{name}"') + more)


@pytest.mark.parametrize("name", SETS)
def test_a_model_without_the_table_is_filled_as_ever(name: str) -> None:
    model = partly_open(name)
    assert model.errors is None
    assert model.system.flexibility is None
    assert all(station.errors is None for station in model.stations.values())
    assert all(station.acceptance.rework_probability is not None for station in model.stations.values())  # type: ignore[union-attr]
    assert not [path for path in model.assumptions if "errors" in path]


@pytest.mark.parametrize("name", SETS)
def test_an_empty_table_takes_all_from_the_set(name: str) -> None:
    model, given = partly_open(name, ERRORS), shipped_set(name)
    assert model.errors is not None
    assert model.errors.per_link == given["errors"]["per_link"]["value"]
    assert model.errors.kinds.omission.discovery_days == 63
    for station in model.stations.values():
        own = given["stations"][station.kind]["errors"]
        assert station.errors is not None
        assert (station.errors.links, station.errors.slip) == (own["links"]["value"], own["slip"]["value"])
        assert station.acceptance is not None
        assert station.acceptance.rework_probability is None
        assert station.acceptance.max_attempts == 6
    assert model.assumptions["errors.kinds.slip.caught_at_review"].low == 0.1
    assert model.assumptions["stations.vendor.errors.links"].high == 3
    assert "stations.vendor.acceptance.rework_probability" not in model.assumptions


@pytest.mark.parametrize(("name", "vendor", "house"), [("article", 0.265, 0.093), ("field", 0.208, 0.184)])
def test_the_causes_fail_about_as_often_as_acceptance_alone_says(name: str, vendor: float, house: float) -> None:
    """The old probabilities of the sets; a quarter of the difference is what two sources may differ by."""
    rates = error_rates(partly_open(name, ERRORS))
    assert rates["vendor", "data"].wrong == pytest.approx(vendor, rel=0.25)
    assert rates["power_users", "data"].wrong == pytest.approx(house, rel=0.25)
    assert 0.02 < rates["power_users", "data"].escapes < rates["vendor", "data"].escapes < 0.25


def test_what_the_file_says_stays() -> None:
    model = partly_open("field", ERRORS + "per_link = 0.01\n[stations.vendor.errors]\nlinks = 3\n")
    assert model.errors is not None
    assert (model.errors.per_link, model.errors.quality_gain) == (0.01, 0.2)
    assert model.stations["vendor"].errors.links == 3  # type: ignore[union-attr]
    assert model.stations["vendor"].errors.slip == 0.10  # type: ignore[union-attr]


def test_a_tester_has_no_errors_and_a_station_may_stay_by_chance() -> None:
    model = model_of(WITH_TESTER)
    assert model.stations["desk"].errors is not None
    assert model.stations["tester"].errors is None
    assert model.stations["tester"].acceptance is None
    assert model.stations["by_chance"].errors is None
    assert model.stations["by_chance"].acceptance.rework_work == 0.5  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "flexibility"), [("article", 0.65), ("field", 0.6)])
def test_the_tool_of_the_system_gives_its_flexibility_and_nothing_else(name: str, flexibility: float) -> None:
    model = partly_open(name, '[system]\ntool = "partly_open"\n')
    assert model.system.flexibility == flexibility
    assert model.assumptions["system.flexibility"].is_assumption
    assert "flexibility" not in str([path for path in model.assumptions if path.startswith("stations")])


def test_an_unknown_tool_of_the_system_is_refused() -> None:
    with pytest.raises(
        ModelError, match=r"system\.tool: expected a tool of the prior set, found 'partly_opn'.*'partly_open'"
    ):
        partly_open("field", '[system]\ntool = "partly_opn"\n')


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_end_of_a_range_makes_a_valid_model(name: str, end: str) -> None:
    """One at a time, as the screening of assumptions does it."""
    model = partly_open(name, ERRORS + '[system]\ntool = "partly_open"\n')
    tried = [path for path in model.assumptions if "errors" in path or path.startswith("system")]
    for path in tried:
        changed = model.with_({path: getattr(model.assumptions[path], end)})
        assert changed.digest() != model.digest() or getattr(model.assumptions[path], end) in (0, 1), path
    assert len(tried) > 30
