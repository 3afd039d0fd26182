"""How a prior set fills what a model leaves open."""

from copy import deepcopy
from typing import Any

from changeflow.model.file.priors import fill


def leaf(value: Any, **rest: Any) -> dict[str, Any]:
    return {"value": value, "unit": "u", "source": "assumption"} | rest


PRIORS = {
    "categories": {"data": {"share": leaf(0.7), "work_hours": leaf(2.0)}, "report": {"share": leaf(0.3)}},
    "demand": {
        "poisson": {"rate_per_100_users_month": leaf(5.0, low=2.0, high=9.0), "batch": leaf({"law": "discrete"})},
        "go_live": {"shape": leaf("rise_then_decay"), "time_days": leaf(120), "misfits_per_100_users": leaf(400)},
    },
    "stations": {
        "vendor": {
            "price_per_hour": leaf(130),
            "acceptance": {"rework_probability": leaf(0.2), "rework_work": leaf(0.5)},
        },
        "in_house": {"price_per_hour": leaf(55), "hours_per_week": leaf(6)},
    },
    "tools": {"open": {"speed": leaf(2.0), "openness": {"data": leaf(0.95), "report": leaf(0.9)}}},
    "costs": {"waiting_per_day": leaf(10)},
    "adaptation": {"price_per_hour": leaf(120)},
}  # fmt: skip


def filled(model: dict[str, Any]) -> dict[str, Any]:
    return fill(model, deepcopy(PRIORS))


def test_a_silent_model_gets_every_default() -> None:
    full = filled({"demand": {"kind": "poisson"}, "stations": {"desk": {}, "help": {"kind": "vendor"}}})
    assert full["categories"] == {"data": {"share": 0.7, "work_hours": 2.0}, "report": {"share": 0.3}}
    assert full["demand"] == {"kind": "poisson", "rate_per_100_users_month": 5.0, "batch": {"law": "discrete"}}
    assert full["stations"]["desk"] == {"price_per_hour": 55, "hours_per_week": 6}
    acceptance = {"rework_probability": 0.2, "rework_work": 0.5}
    assert full["stations"]["help"] == {"kind": "vendor", "price_per_hour": 130, "acceptance": acceptance}
    assert full["costs"] == {"waiting_per_day": 10}
    assert full["adaptation"] == {"price_per_hour": 120}


def test_what_the_model_says_stays() -> None:
    model = {
        "categories": {"data": {"share": 1.0}},
        "stations": {"help": {"kind": "vendor", "price_per_hour": 1, "acceptance": {"rework_work": "fresh"}}},
        "costs": {"waiting_per_day": 0},
    }
    full = filled(model)
    assert full["categories"] == {"data": {"share": 1.0, "work_hours": 2.0}}
    assert full["stations"]["help"]["price_per_hour"] == 1
    assert full["stations"]["help"]["acceptance"] == {"rework_work": "fresh", "rework_probability": 0.2}
    assert full["costs"]["waiting_per_day"] == 0


def test_the_same_thing_said_in_another_way_keeps_a_default_away() -> None:
    """A rate in another unit (and its own batches), availability for hours a week, shape and time together."""
    model = {
        "demand": {
            "sources": {
                "daily": {"kind": "poisson", "rate_per_day": 3},
                "burst": {"kind": "go_live", "time_days": 30},
                "users": {"kind": "poisson", "rate_per_100_users_month": 1},
            }
        },
        "stations": {"desk": {"availability": 0.5}},
    }
    full = filled(model)
    assert full["demand"]["sources"]["daily"] == {"kind": "poisson", "rate_per_day": 3}
    assert full["demand"]["sources"]["users"]["batch"] == {"law": "discrete"}
    assert "shape" not in full["demand"]["sources"]["burst"]
    assert full["demand"]["sources"]["burst"]["misfits_per_100_users"] == 400
    assert "hours_per_week" not in full["stations"]["desk"]


def test_a_tool_gives_speed_and_openness_to_its_stations_and_the_adaptation() -> None:
    full = filled({"stations": {"desk": {"tool": "open"}, "own": {"tool": "open", "openness": 1.0, "speed": 3}},
                   "adaptation": {"tool": "open"}})  # fmt: skip
    assert full["stations"]["desk"]["speed"] == 2.0
    assert full["stations"]["desk"]["openness"] == {"data": 0.95, "report": 0.9}
    assert (full["stations"]["own"]["openness"], full["stations"]["own"]["speed"]) == (1.0, 3)
    assert full["adaptation"] == {"tool": "open", "price_per_hour": 120, "speed": 2.0}


def test_what_was_filled_is_noted_with_range_and_source() -> None:
    full = filled({"demand": {"kind": "poisson"}, "stations": {"help": {"kind": "vendor", "price_per_hour": 1}}})
    notes = full["assumptions"]
    assert notes["demand.rate_per_100_users_month"] == {"low": 2.0, "high": 9.0, "unit": "u", "source": "assumption"}
    assert "stations.help.acceptance.rework_probability" in notes
    assert "stations.help.price_per_hour" not in notes


def test_the_models_own_note_is_kept() -> None:
    mine = {"low": 1, "high": 2, "source": "my finance department"}
    full = filled({"demand": {}, "assumptions": {"costs.waiting_per_day": mine}})
    assert full["assumptions"]["costs.waiting_per_day"] == mine


def test_neither_the_model_nor_the_set_is_changed() -> None:
    model, before = {"demand": {"kind": "poisson"}, "stations": {"desk": {"tool": "open"}}}, deepcopy(PRIORS)
    full = fill(model, PRIORS)
    full["demand"]["batch"]["law"] = "spoilt"
    assert before == PRIORS
    assert model == {"demand": {"kind": "poisson"}, "stations": {"desk": {"tool": "open"}}}


def test_tables_of_a_wrong_kind_are_left_for_the_check_to_tell() -> None:
    """A number where a table belongs: no crash here, a fault later."""
    full = filled({"demand": 3, "stations": {"desk": 4}, "costs": 5, "assumptions": {}})
    assert (full["demand"], full["stations"], full["costs"]) == (3, {"desk": 4}, 5)
    assert filled({"assumptions": 3}) == {"assumptions": 3}


def test_a_model_whose_categories_are_no_table_is_left_to_the_checks() -> None:
    """A tool's openness by category has nothing to go by; the fault itself is told later."""
    full = filled({"categories": 3, "stations": {"desk": {"tool": "open"}}})
    assert full["categories"] == 3
    assert full["stations"]["desk"]["speed"] == 2.0
