"""Model files that are wrong: where, what was expected, what was found, what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from .program import QUICKLY, TINY, changeflow, refused

Edit = tuple[str, str]

WRONG: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "an unknown key is named with its line and the nearest key": (
        ("openness = 0.7", "opennes = 0.7"),
        ("bad.toml:13: stations.house.opennes", "'opennes'", "did you mean 'openness'?"),
    ),
    "an unknown section is named": (
        ("[costs]", "[cost]"),
        ("bad.toml:24: cost: expected a known key", "did you mean 'costs'?"),
    ),
    "an unknown kind of demand is answered with the nearest": (
        ('kind = "poisson"', 'kind = "poison"'),
        ("bad.toml:6: demand.kind", "did you mean 'poisson'?"),
    ),
    "an unknown law is answered with the nearest": (
        ('house]\nservers = 1\nservice_hours = { law = "exponential"', 'house]\nservice_hours = { law = "exponentiel"'),
        ("bad.toml:10: stations.house.service_hours.law", "did you mean 'exponential'?"),
    ),
    "an unknown parameter of a law is answered with the nearest": (
        ("mean = 4 }\nprice_per_hour = 40", "mean = 4, scw = 2 }\nprice_per_hour = 40"),
        ("bad.toml:11: stations.house.service_hours.scw: expected a known key",),
    ),
    "a misspelt station in the routing is answered with the nearest": (
        ('["house", "firm"]', '["house", "frim"]'),
        ("bad.toml:22: routing.entry", "'frim'", "did you mean 'firm'?"),
    ),
    "routing from a station that is not there": (
        ("[costs]", 'next.hause = "done"\n\n[costs]'),
        ("bad.toml:24: routing.next.hause", "did you mean 'house'?"),
    ),
    "no servers": (
        ("[stations.house]\nservers = 1", "[stations.house]\nservers = 0"),
        ("bad.toml:10: stations.house.servers", "whole number of at least 1", "found 0"),
    ),
    "fewer than no servers": (
        ("[stations.house]\nservers = 1", "[stations.house]\nservers = -2"),
        ("stations.house.servers", "found -2"),
    ),
    "half a server": (
        ("[stations.house]\nservers = 1", "[stations.house]\nservers = 1.5"),
        ("stations.house.servers", "a whole number", "found 1.5"),
    ),
    "servers in quotes": (
        ("[stations.house]\nservers = 1", '[stations.house]\nservers = "2"'),
        ("stations.house.servers", "a whole number", "found '2'"),
    ),
    "a truth for a number": (
        ("openness = 0.7", "openness = true"),
        ("stations.house.openness", "found true"),
    ),
    "no arrivals": (
        ("rate_per_day = 4", "rate_per_day = 0"),
        ("bad.toml:7: demand.rate_per_day", "above 0", "found 0"),
    ),
    "a negative rate": (
        ("rate_per_day = 4", "rate_per_day = -4"),
        ("bad.toml:7: demand.rate_per_day", "above 0", "found -4"),
    ),
    "a rate that is no number": (("rate_per_day = 4", "rate_per_day = nan"), ("demand.rate_per_day", "finite")),
    "a rate without end": (("rate_per_day = 4", "rate_per_day = inf"), ("demand.rate_per_day", "finite")),
    "no rate at all": (("rate_per_day = 4", ""), ("bad.toml:5: demand", "rate_per_day")),
    "two rates": (("rate_per_day = 4", "rate_per_day = 4\nrate_per_week = 28"), ("demand", "exactly one")),
    "negative work": (
        ("mean = 4 }\nprice_per_hour = 40", "mean = -4 }\nprice_per_hour = 40"),
        ("bad.toml:11: stations.house.service_hours.mean", "above 0", "found -4"),
    ),
    "a negative price": (
        ("price_per_hour = 40", "price_per_hour = -40"),
        ("stations.house.price_per_hour", "at least 0", "found -40"),
    ),
    "a share above one": (("openness = 0.7", "openness = 1.7"), ("stations.house.openness", "at most 1", "found 1.7")),
    "shares of a split that do not sum to 1": (
        ('{ rule = "open_first", prefer = ["house", "firm"], overflow_beyond = 2 }', "{ house = 0.5, firm = 0.4 }"),
        ("bad.toml:22: routing.entry", "sum to 1", "0.9"),
    ),
    "shares of categories that do not sum to 1": (
        ("[costs]", "[categories.a]\nshare = 0.5\n\n[categories.b]\nshare = 0.6\n\n[costs]"),
        ("bad.toml:24: categories", "sum to 1", "1.1"),
    ),
    "a horizon shorter than the warm-up": (
        ("horizon_days = 30", "horizon_days = 30\nwarm_up_days = 40"),
        ("bad.toml:3: warm_up_days", "shorter than the horizon", "40"),
    ),
    "a horizon of nothing": (("horizon_days = 30", "horizon_days = 0"), ("bad.toml:2: horizon_days", "above 0")),
    "a horizon that warm-up and follow-up fill": (
        ("horizon_days = 30", "horizon_days = 30\nwarm_up_days = 20\nfollow_up_days = 15"),
        ("bad.toml:4: follow_up_days", "35"),
    ),
    "replications of nothing": (("replications = 3", "replications = 0"), ("bad.toml:3: replications", "at least 1")),
    "rework that never ends": (
        ("openness = 0.7", "acceptance = { rework_probability = 1.0 }"),
        ("bad.toml:13: stations.house.acceptance.rework_probability", "below 1, or max_attempts"),
    ),
    "a calendar that is not there": (
        ("openness = 0.7", 'calendar = "offize"'),
        ("bad.toml:13: stations.house.calendar", "'offize'"),
    ),
    "a prior set that is not there": (
        ("horizon_days = 30", 'horizon_days = 30\npriors = "fields"'),
        ("bad.toml:3: priors", "did you mean 'field'?"),
    ),
    "no title": (('title = "Tiny: one of the house, one of the firm"', ""), ("bad.toml: title: expected a value",)),
    "a syntax error is told with line": (("replications = 3", "replications = = 3"), ("bad.toml", "TOML", "line 3")),
    "a key twice": (("replications = 3", "replications = 3\nreplications = 4"), ("bad.toml", "TOML", "line 4")),
    "a text that is never closed": (('title = "Tiny', 'title = "Tiny\n'), ("bad.toml", "TOML", "line 1")),
}  # fmt: skip


@pytest.mark.parametrize("sentence", WRONG)
def test_wrong_is(sentence: str, tmp_path: Path) -> None:
    (old, new), says = WRONG[sentence]
    assert TINY.count(old) == 1
    (tmp_path / "bad.toml").write_text(TINY.replace(old, new))
    refused("run", "bad.toml", *QUICKLY, folder=tmp_path, says=says)


@pytest.mark.parametrize("command", ["check", "run", "compare", "trace"])
def test_every_command_refuses_a_wrong_model(command: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(TINY.replace("openness", "opennes"))
    refused(command, "bad.toml", folder=tmp_path, says=("bad.toml:13", "did you mean 'openness'?"))


def test_a_routing_loop_that_never_ends_is_shown_at_both_stations(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(TINY.replace("[costs]", 'next = { house = "firm", firm = "house" }\n\n[costs]'))
    says = ("bad.toml:24: routing.next.house", "bad.toml:24: routing.next.firm", "done or refused", "loop without end")
    refused("run", "bad.toml", *QUICKLY, folder=tmp_path, says=says, faults=2)


def test_a_misspelt_outcome_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(TINY.replace("[costs]", 'next.house = "dome"\n\n[costs]'))
    says = ("bad.toml:24: routing.next.house", "'dome'", "did you mean 'done'?")
    refused("run", "bad.toml", *QUICKLY, folder=tmp_path, says=says)


def test_a_routing_loop_with_a_way_out_is_no_fault(tmp_path: Path) -> None:
    text = TINY.replace("[costs]", 'next = { house = "firm", firm = { house = 0.5, done = 0.5 } }\n\n[costs]')
    (tmp_path / "good.toml").write_text(text)
    assert changeflow("check", "good.toml", folder=tmp_path).code == 0


def test_four_faults_are_told_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = TINY
    for old, new in (
        ("rate_per_day = 4", "rate_per_day = -4"),
        ("openness = 0.7", "opennes = 0.7"),
        ('kind = "vendor"', 'kind = "vendro"'),
        ('["house", "firm"]', '["house", "frim"]'),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "bad.toml").write_text(text)
    done = refused("run", "bad.toml", *QUICKLY, folder=tmp_path, says=(), faults=4)
    told = [line.removeprefix("changeflow: ").split(": ")[0] for line in done.err.splitlines()]
    assert told == ["bad.toml:7", "bad.toml:13", "bad.toml:16", "bad.toml:22"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", ("title", "demand", "the key is missing")),
        (b"\xff\xfe\x00title", ("UTF-8",)),
        (TINY.encode("utf-16"), ("UTF-8",)),
        (b"title = 3\n\x00", ("TOML",)),
        (b"PK\x03\x04", ("TOML",)),
        (b"\n# nothing\n", ("title", "demand")),
    ],
    ids=["empty", "binary", "utf-16", "a zero byte", "a zip", "only a comment"],
)
def test_a_file_that_is_no_model(content: bytes, says: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(content)
    refused("run", "bad.toml", folder=tmp_path, says=("bad.toml", *says), faults=None)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere.toml", ("nowhere.toml: expected a model file, found nothing", "partly_open")),
        ("partly_opne", ("did you mean 'partly_open'?",)),
        ("tiny.tml", ("tiny.tml: expected a model file",)),
        (".", ("found a folder",)),
        ("", ("expected a model file",)),
    ],
    ids=["a missing file", "a misspelt id", "a misspelt file", "a folder", "nothing"],
)
def test_a_model_that_is_not_there(name: str, says: tuple[str, ...], folder: Path) -> None:
    for command in ("check", "run", "compare", "trace"):
        refused(command, name, folder=folder, says=says)


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("stations.hose.servers=2", ("'hose'", "did you mean 'house'?")),
        ("stations.house.server=2", ("'server'", "did you mean 'servers'?")),
        ("nonsense=2", ("nonsense: expected a known key",)),
        ("horizon_day=20", ("did you mean 'horizon_days'?",)),
        ("stations.house.servers.deep=2", ("expected a path of tiny.toml",)),
        ("title.deep=2", ("expected a path of tiny.toml",)),
        ("stations.house.servers=two", ("whole number", "found 'two'")),
        ("stations.house.servers=2.5", ("whole number", "found 2.5")),
        ("stations.house.servers=true", ("whole number", "found true")),
        ("stations.house.openness=[1]", ("stations.house.openness",)),
        ("stations.house.openness=2", ("at most 1", "found 2")),
        ("horizon_days=long", ("a number", "found 'long'")),
        ("title=3", ("a text", "found 3")),
        ("stations.house.servers", ("expected PATH=VALUE",)),
        ("=2", ("expected PATH=VALUE",)),
        ("stations=3", ("stations: expected a table",)),
    ],
)
def test_a_set_option_that_does_not_fit(option: str, says: tuple[str, ...], folder: Path) -> None:
    told = ("changeflow: --set ", option) if "=" in option else ("changeflow: --set ",)
    refused("run", "tiny.toml", "--set", option, *QUICKLY, folder=folder, says=(*told, *says), faults=None)


def test_a_set_option_for_a_scenario_that_is_not_there(folder: Path) -> None:
    option = "bth:stations.house.servers=2"
    says = (f"--set {option}", "a scenario's name before ':'", "did you mean 'both'?")
    refused("compare", "tiny.toml", "--who", "vendor,both", "--set", option, *QUICKLY, folder=folder, says=says)


def test_a_wrong_value_for_one_scenario(folder: Path) -> None:
    words = ("compare", "tiny.toml", "--who", "vendor,both", "--set", "both:stations.house.servers=0")
    refused(*words, *QUICKLY, folder=folder, says=("stations.house.servers", "at least 1", "found 0"))


def test_faults_of_the_file_and_of_options_come_together(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(TINY.replace("openness", "opennes"))
    words = ("run", "bad.toml", "--set", "stations.firm.servers=0", "--set", "stations.hose.servers=2")
    refused(*words, folder=tmp_path, says=("bad.toml:13", "--set stations.firm.servers=0", "'hose'"), faults=3)
