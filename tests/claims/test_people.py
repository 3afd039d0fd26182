"""Power users as people: training, attrition, knowledge in few heads, authority and access (S22, S27; study 10)."""

from __future__ import annotations

from changeflow.study.scenarios.routes import along_route
from tests.claims.claims import fails, trial
from tests.claims.paired import change, interval, model_of, runs

MODEL = """
title = "power users and a vendor"
horizon_days = 900
[categories.data]
share = 0.6
work_hours = { law = "lognormal", mean = 3.0, scv = 1.0 }
[categories.process]
share = 0.4
work_hours = { law = "lognormal", mean = 6.0, scv = 1.0 }
[demand]
kind = "poisson"
rate_per_week = 4.2
[costs]
unmet_need_per_request = 200
[stations.power_users]
stage = "change"
price_per_hour = 45
learning = { rate = 0.85, start = 0.4, trained = 0.7 }
STAFF
[stations.vendor]
kind = "vendor"
stage = "change"
servers = 2
hours_per_week = 20
price_per_hour = 90
[routing]
entry = ENTRY
"""
OWN = '"power_users"'
OVERFLOW = '{ rule = "open_first", prefer = ["power_users", "vendor"], overflow_beyond = 3 }'
OPEN = '{ rule = "open_first", prefer = ["power_users", "vendor"] }'
LEAVES = "attrition = { tenure_days = 300, replacement_days = 40 }"


MANY = 150
"""Replications where departures, which are few and grave, decide."""


def _model(*people: str, entry: str = OWN, keys: str = ""):  # type: ignore[no-untyped-def]
    staff = "\n".join(f"staff.person{number} = {{ {person} }}" for number, person in enumerate(people))
    return model_of(MODEL.replace("STAFF", f"{keys}\n{staff}").replace("ENTRY", entry))


ORDINARY = ["hours_per_week = 10"] * 3
EXPERT = ["hours_per_week = 30, experience = 40"]


def _leaving(people: list[str]) -> list[str]:
    return [f"{person}, {LEAVES}" for person in people]


def change_of(before, after, measure):  # type: ignore[no-untyped-def]
    """What a measure gains in each of many replications."""
    return runs(after, measure, MANY) - runs(before, measure, MANY)


@trial("S22", fails("untrained users"))
def test_untrained_power_users_are_slower() -> str:
    untrained = [f"{person}, trained = false" for person in ORDINARY]
    low, _ = change(_model(*ORDINARY), _model(*untrained), "sojourn_time_hours")
    assert low > 0
    return "longer time to done"


def test_a_course_pays_back_the_hours_that_it_takes() -> None:
    untrained = [f"{person}, trained = false" for person in ORDINARY]
    taught = [f"{person}, training = {{ day = 10, hours = 16 }}" for person in untrained]
    _, high = change(_model(*untrained), _model(*taught), "sojourn_time_hours")
    assert high < 0


@trial("S22", fails("attrition"))
def test_attrition_hurts_power_users() -> str:
    """The case in which shifting work inside fails: who leaves takes experience along, and the job is empty."""
    low, _ = change(_model(*ORDINARY), _model(*_leaving(ORDINARY)), "sojourn_time_hours")
    assert low > 0
    low, _ = change(_model(*ORDINARY), _model(*_leaving(ORDINARY)), "backlog_requests")
    assert low > 0
    return "longer time to done and more backlog, with a tenure of 300 days"


def test_overflow_to_the_vendor_softens_attrition() -> None:
    alone, with_vendor = (
        runs(_model(*_leaving(ORDINARY), entry=entry), "sojourn_time_hours")
        - runs(_model(*ORDINARY, entry=entry), "sojourn_time_hours")
        for entry in (OWN, OVERFLOW)
    )
    low, _ = interval(alone - with_vendor)
    assert low > 0


def test_one_expert_is_a_risk_that_three_ordinary_people_are_not() -> None:
    """At equal hours: without attrition the expert is faster; with it her loss costs more than theirs."""
    _, high = change(_model(*ORDINARY), _model(*EXPERT), "sojourn_time_hours")
    assert high < 0
    gone = {
        name: change_of(_model(*people), _model(*_leaving(people)), "sojourn_time_hours")
        for name, people in (("expert", EXPERT), ("ordinary", ORDINARY))
    }
    low, _ = interval(gone["expert"] - gone["ordinary"])
    assert low > 0
    low, _ = change(_model(*_leaving(ORDINARY)), _model(*_leaving(EXPERT)), "peak_backlog_requests", MANY)
    assert low > 0
    assert set(runs(_model(*EXPERT), "bus_factor")) == {1.0}
    assert min(runs(_model(*ORDINARY), "bus_factor")) > 1.0


@trial("S27")
def test_openness_without_access_gives_little() -> str:
    """S27: tools that only a programmer can use leave the work, and its price, with the vendor."""
    usable = _model(*ORDINARY, entry=OPEN, keys="openness = 0.9")
    in_name = _model(*ORDINARY, entry=OPEN, keys="openness = 0.9\naccess = 0.15")
    low, _ = change(usable, in_name, "vendor_cost")
    assert low > 0
    vendor_only = along_route(usable, "vendor")
    saved, saved_in_name = (change(vendor_only, model, "vendor_cost") for model in (usable, in_name))
    assert saved[1] < 4 * saved_in_name[0] < 0
    return "access 0.15 saves less than a quarter of what full access saves of the vendor's invoices"


@trial("S24")
def test_with_everything_to_the_vendor_nobodys_authority_or_access_matters() -> str:
    """S24: the turnkey route is flat, exactly, under the same requests."""
    limited = [f"{person}, authority = {{ data = 0.5, process = 0.1 }}" for person in ORDINARY]
    costs = [
        runs(along_route(model, "vendor"), "total_cost_with_undone", 5).tolist()
        for model in (
            _model(*ORDINARY, entry=OPEN),
            _model(*limited, entry=OPEN),
            _model(*limited, entry=OPEN, keys="access = 0.15"),
        )
    ]
    assert costs[0] == costs[1] == costs[2]
    return "the same cost to the cent whatever authority and access"


def test_what_nobody_has_authority_over_is_unmet_need_on_the_route_inside() -> None:
    """Authority up to 0.4 of difficulties that are uniform: 60 % are refused, and cost."""
    limited = along_route(_model(*[f"{person}, authority = 0.4" for person in ORDINARY], entry=OPEN), "power_users")
    shares = runs(limited, "refused_share")
    low, high = interval(shares)
    assert low < 0.6 < high
    assert runs(limited, "unmet_need_cost").min() > 0


def test_skill_and_authority_are_apart() -> None:
    """Training makes faster and lets nobody do more; authority lets do more and makes nobody faster."""
    limited = [f"{person}, authority = 0.5" for person in ORDINARY]
    untrained = [f"{person}, trained = false" for person in limited]
    one, two, free = (
        along_route(_model(*people, entry=OPEN), "power_users") for people in (limited, untrained, ORDINARY)
    )
    assert runs(one, "refused_share", 5).tolist() == runs(two, "refused_share", 5).tolist()
    assert runs(free, "refused_share", 5).tolist() == [0.0] * 5
    low, _ = change(one, two, "in_house_cost", 10)
    assert low > 0
