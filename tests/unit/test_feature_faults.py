"""Wrong combinations of queue features: each refused with its reason, its line and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from changeflow.model.reading import read_model
from tests.unit.small import DESK, assert_told, faults_of

MODEL = """\
title = "a team, a vendor and a tester"
horizon_days = 100

[categories.data]
share = 0.5
work_hours = 2
priority = 1
due_within_days = 5
[categories.report]
share = 0.5
work_hours = 3

[demand.sources.steady]
kind = "poisson"
rate_per_day = 3
season = { weekdays = [1, 1, 1, 1, 1, 0, 0] }
asks_less = { beyond = [10, 20], share = [0.5, 0.2] }

[demand.sources.storms]
kind = "shocks"
per_year = 2
requests = 20
spread_days = 5
category = "data"

[calendars.office]
hours = ["09:00-17:00"]

[stations.team]
calendar = "office"
discipline = { rule = "ageing", days_per_class = 5, urgent_before_due_days = 1 }
staff.anna = { categories = ["data"], speed = { data = 1.5, default = 1.0 } }
staff.others = { head_count = { days = [0, 30], servers = [2, 1] }, hours_per_week = 20 }
capacity = 40
when_full = "vendor"

[stations.vendor]
kind = "vendor"
servers = 2
price_per_hour = 100
discipline = "due_date"
preemptive = true
patience_hours = { data = 300, default = 500 }
join_probability = [1.0, 0.9]
hold = { size = 3, every_days = 7 }
requester_wait = { probability = 0.3, hours = 48 }
acceptance = { rework_probability = 0.2, by = "tester", rework_hours = 1 }

[stations.tester]
service_hours = 1
at_once = 2
switching_loss = 0.1

[routing.entry]
rule = "by_size"
up_to_hours = 8
small = { rule = "shortest_queue", among = ["team", "vendor"] }
large = { rule = "budget", per_month = 5000, prefer = "vendor", otherwise = "team" }
"""

# what is written instead of what; then the line, the path, and parts of expectation, finding and hint
FAULTS = [
    # names that are not there, each with the nearest
    (
        'categories = ["data"]', 'categories = ["dta"]',
        32, "stations.team.staff.anna.categories.0", "a category", "'data'",
    ),
    ("speed = { data =", "speed = { dat =", 32, "stations.team.staff.anna.speed.dat", "a category", "'data'"),
    ("default = 1.0 } }", "report = 1.0, rport = 2 } }", 32, "stations.team.staff.anna.speed.rport", "", "'report'"),
    ("hours_per_week = 20", 'calendar = "offic"', 33, "stations.team.staff.others.calendar", "a calendar", "'office'"),
    ('when_full = "vendor"', 'when_full = "vndor"', 35, "stations.team.when_full", "or refused", "'vendor'"),
    ('by = "tester"', 'by = "tster"', 47, "stations.vendor.acceptance.by", "a station", "'tester'"),
    ('among = ["team"', 'among = ["tem"', 57, "routing.entry.small", "a station of this model", "'team'"),
    ('prefer = "vendor"', 'prefer = "vender"', 58, "routing.entry.large", "a station of this model", "'vendor'"),
    ('otherwise = "team"', 'otherwise = "tam"', 58, "routing.entry.large", "a station of this model", "'team'"),
    ("{ data = 300", "{ dta = 300", 43, "stations.vendor.patience_hours.dta", "a category", "'data'"),
    ('discipline = "due_date"', 'discipline = "due"', 41, "stations.vendor.discipline", "one of fifo, lifo", ""),
    ('rule = "ageing"', 'rule = "aging"', 31, "stations.team.discipline.rule", "one of fifo, lifo", "'ageing'"),
    ("days_per_class", "day_per_class", 31, "stations.team.discipline.day_per_class", "known key", "'days_per_class'"),
    (
        "staff.anna = { categories", "staff.anna = { categorys",
        32, "stations.team.staff.anna.categorys", "", "'categories'",
    ),
    ("every_days = 7", "every_day = 7", 45, "stations.vendor.hold.every_day", "a known key", "'every_days'"),
    ("{ weekdays", "{ weekday", 16, "demand.sources.steady.season.weekday", "a known key", "'weekdays'"),
    ("among =", "amongst =", 57, "routing.entry.small.amongst", "a known key", "'among'"),
    # disciplines
    ('"due_date"', '"fifo"', 41, "stations.vendor.discipline", "under fifo an arrival never takes the place", ""),
    ("due_within_days = 5", "", 41, "stations.vendor.discipline", "due_date needs due dates", ""),
    ("due_within_days = 5", "", 31, "stations.team.discipline.urgent_before_due_days", "there are no due dates", ""),
    ('"due_date"', '"cost_of_delay"', 41, "stations.vendor.discipline", "costs.waiting_per_day", ""),
    (
        '"due_date"', '"shortest_remaining"\ninterrupted_work = "restart"',
        42, "stations.vendor.interrupted_work", "there is no remaining work", "",
    ),
    # people
    ("staff.anna", "servers = 3\nstaff.anna", 32, "stations.team.servers", "either servers or staff", ""),
    ("{ head_count", "{ servers = 2, head_count", 33, "stations.team.staff.others", "either servers or head_count", ""),
    ("days = [0, 30]", "days = [1, 30]", 33, "stations.team.staff.others.head_count", "days that rise from 0", ""),
    ("days = [0, 30]", "days = [0, 0]", 33, "stations.team.staff.others.head_count", "days that rise from 0", ""),
    ("days = [0, 30]", "days = [0]", 33, "stations.team.staff.others.head_count", "as many servers as days", ""),
    ("servers = [2, 1]", "servers = [0, 0]", 33, "stations.team.staff.others.head_count.servers", "at least one", ""),
    (
        "hours_per_week = 20", "hours_per_week = 50",
        33, "stations.team.staff.others.hours_per_week", "at most the 40", "",
    ),
    (
        "{ categories", "{ from_day = 9, until_day = 9, categories",
        32, "stations.team.staff.anna", "until_day after", "",
    ),
    ("{ categories", "{ absence = 1, categories", 32, "stations.team.staff.anna.absence", "below 1", ""),
    ("servers = 2\n", 'servers = "infinite"\n', 42, "stations.vendor.preemptive", "nobody waits", ""),
    (
        "servers = 2\n", 'servers = "infinite"\nshift_end = "hand_back"\n',
        40, "stations.vendor.shift_end", "nobody knows whose work", "",
    ),
    # leaving
    ("capacity = 40", "capacity = 0", 34, "stations.team.capacity", "at least 1", ""),
    ("capacity = 40\n", "", 34, "stations.team.when_full", "a capacity with when_full", ""),
    (
        "servers = 2\n", 'capacity = 9\nwhen_full = "team"\nservers = 2\n',
        35, "stations.team.when_full", "that ends", "",
    ),
    ("= [1.0, 0.9]", "= [0, 0.9]", 44, "stations.vendor.join_probability", "nobody ever joins", ""),
    ("= [1.0, 0.9]", "= [1.0, 1.9]", 44, "stations.vendor.join_probability.1", "at most 1", ""),
    # before and after the queue
    ("{ size = 3, every_days = 7 }", "{}", 45, "stations.vendor.hold", "size, every_days or both", ""),
    ("{ size = 3, every_days = 7 }", "{ size = 1 }", 45, "stations.vendor.hold.size", "at least 2", ""),
    ("every_days = 7", "every_days = 0", 45, "stations.vendor.hold.every_days", "above 0", ""),
    (
        "hold = { size = 3, every_days = 7 }", "hold = { size = 3 }\ncapacity = 2",
        46, "stations.vendor.capacity", "at least hold", "",
    ),
    ("hours = 48", "hours = -48", 46, "stations.vendor.requester_wait.hours", "a number of at least 0", ""),
    # acceptance
    ('by = "tester"', 'by = "vendor"', 47, "stations.vendor.acceptance.by", "another station", ""),
    ('by = "tester"', 'by = "team"', 47, "stations.vendor.acceptance.by", "a station without capacity", ""),
    ("at_once = 2", "acceptance = { rework_probability = 0.1 }", 47, "stations.vendor.acceptance.by", "not tested", ""),
    (
        "[routing.entry]", '[routing]\nnext.tester = "done"\n[routing.entry]',
        47, "stations.vendor.acceptance.by", "next", "",
    ),
    (
        "rework_hours = 1", "rework_hours = 1, rework_work = 0.5",
        47, "stations.vendor.acceptance.rework_hours", "either", "",
    ),
    # several at once
    ("at_once = 2", "switching = 2", 51, "stations.tester.switching", "a known key", "'switching_loss'"),
    ("at_once = 2\n", "", 51, "stations.tester.switching_loss", "at_once above 1", ""),
    ("at_once = 2", 'at_once = 2\nshift_end = "finish"', 51, "stations.tester.at_once", "1 with shift_end", ""),
    # routes
    ("price_per_hour = 100\n", "", 57, "routing.entry.large.prefer", "a price_per_hour", ""),
    ('prefer = "vendor"', 'prefer = "done"', 58, "routing.entry.large.prefer", "a station", ""),
    ('otherwise = "team"', 'otherwise = "vendor"', 58, "routing.entry.large.otherwise", "another station", ""),
    ('rule = "by_size"\n', "", 54, "routing.entry.rule", "one of to, split", ""),
    ('among = ["team"', 'among = ["refused"', 57, "routing.entry.small.among", "stations only", ""),
    ('rule = "by_size"', 'rule = "by_sizes"', 55, "routing.entry.rule", "one of to, split", "'by_size'"),
    # demand
    ("[1, 1, 1, 1, 1, 0, 0]", "[1, 1]", 16, "demand.sources.steady.season.weekdays", "at least 7 entries", ""),
    ("[1, 1, 1, 1, 1, 0, 0]", "[0, 0, 0, 0, 0, 0, 0]", 16, "demand.sources.steady.season", "above 0", ""),
    ("beyond = [10, 20]", "beyond = [20, 10]", 17, "demand.sources.steady.asks_less", "that rise", ""),
    ("share = [0.5, 0.2]", "share = [0.2, 0.5]", 17, "demand.sources.steady.asks_less", "shares that fall", ""),
    ("asks_less", "background = true\nasks_less", 18, "demand.sources.steady.asks_less", "without background", ""),
    ("spread_days = 5", "spread_days = 0", 23, "demand.sources.storms.spread_days", "above 0", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "expected", "hint"), FAULTS, ids=[f"{f[1]} at {f[3]}" for f in FAULTS]
)
def test_a_fault_is_told_with_its_place_and_its_reason(
    tmp_path: Path, old: str, new: str, line: int, path: str, expected: str, hint: str
) -> None:
    assert old in MODEL
    assert_told(tmp_path, MODEL.replace(old, new, 1), line, path, expected, hint)


def test_the_model_without_faults_is_read(tmp_path: Path) -> None:
    """Or the table above would prove nothing."""
    (tmp_path / "model.toml").write_text(MODEL, encoding="utf-8")
    assert list(read_model(tmp_path / "model.toml").groups("team")) == ["anna", "others"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        MODEL.replace('["data"]', '["dta"]')
        .replace('when_full = "vendor"', 'when_full = "vndor"')
        .replace('by = "tester"', 'by = "vendor"')
        .replace('["team", "vendor"]', '["team", "vender"]')
        .replace("beyond = [10, 20]", "beyond = [20, 10]")
    )
    paths = {fault.path for fault in faults_of(tmp_path, text)}
    assert paths == {
        "stations.team.staff.anna.categories.0", "stations.team.when_full", "stations.vendor.acceptance.by",
        "routing.entry.small", "demand.sources.steady.asks_less",
    }  # fmt: skip


# Skills: nobody at the end of a fixed route may work on what is sent there.

SKILLS = """\
title = "who may do what"
horizon_days = 10
[categories.data]
share = 0.5
[categories.report]
share = 0.5
[demand.sources.all]
kind = "poisson"
rate_per_day = 3
[stations.first]
service_hours = 1
[stations.analysts]
service_hours = 1
staff.anna = { categories = ["report"] }
[routing]
"""


def skill_faults(folder: Path, routing: str) -> list[tuple[str, bool]]:
    """Path of each fault, and whether it names the category."""
    text = SKILLS + routing
    return [(fault.path, "'data'" in fault.expected) for fault in faults_of(folder, text)]


@pytest.mark.parametrize(
    ("routing", "path"),
    [
        ('entry = "analysts"', "routing.entry"),
        ("entry = { first = 0.5, analysts = 0.5 }", "routing.entry"),
        ('entry = { rule = "by_category", to = { report = "first", default = "analysts" } }', "routing.entry"),
        ('entry = "first"\nnext.first = "analysts"', "routing.next.first"),
        (
            'entry = { rule = "until_day", day = 9, first = "first", then = "analysts" }',
            "routing.entry.then",
        ),
        ('entry = "first"\n[stations.first.acceptance]\nrework_probability = 0.1\nby = "analysts"',
         "stations.first.acceptance.by"),
    ],
)  # fmt: skip
def test_a_route_to_nobody_with_the_skill_is_refused(tmp_path: Path, routing: str, path: str) -> None:
    assert skill_faults(tmp_path, routing) == [(path, True)]


@pytest.mark.parametrize(
    "routing",
    [
        'entry = { rule = "by_category", to = { data = "first", report = "analysts" } }',
        'entry = { rule = "open_first", prefer = ["analysts", "first"] }',
        'entry = { rule = "shortest_queue", among = ["analysts", "first"] }',
        "entry = { first = 1.0, analysts = 0.0 }",
        # only reports come to the analysts, so only reports go on to the first
        'entry = { rule = "by_category", to = { data = "refused", report = "first" } }\nnext.first = "analysts"',
    ],
)
def test_a_route_that_sends_only_what_somebody_may_do_is_read(tmp_path: Path, routing: str) -> None:
    file = tmp_path / "model.toml"
    file.write_text(SKILLS + routing, encoding="utf-8")
    assert read_model(file).stations["analysts"].may_work_on("report")


def test_the_only_station_needs_the_skill_as_well(tmp_path: Path) -> None:
    """With one station the entry need not be written."""
    text = SKILLS.replace("[stations.first]\nservice_hours = 1\n", "").replace("[routing]\n", "")
    assert [fault.path for fault in faults_of(tmp_path, text)] == ["stations.analysts.staff"]


# Prior sets know nothing of testers and of laws of repeated passes.


def test_a_tester_gets_no_acceptance_from_a_prior_set(tmp_path: Path) -> None:
    text = DESK.replace("horizon_days", 'priors = "field"\nhorizon_days')
    text += (
        '[stations.desk.acceptance]\nby = "tester"\nrework_hours = 2\n[stations.tester]\n[routing]\nentry = "desk"\n'
    )
    (tmp_path / "model.toml").write_text(text, encoding="utf-8")
    model = read_model(tmp_path / "model.toml")
    assert model.stations["tester"].acceptance is None
    made = model.stations["desk"].acceptance
    assert made is not None
    assert made.rework_work == "fresh"
    assert made.rework_probability > 0
