"""What fits with what in a study: every pair is refused with its reason, or runs and answers."""

from __future__ import annotations

import tomllib
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from changeflow.errors import ModelError
from changeflow.study.experiment.layout import plan_of
from changeflow.study.file.combinations import EXPLAINING, FEATURES, SPREAD, WHY, in_words

from .program import changeflow
from .study_files import QUIET
from .twins import FIRM, HOUSE, factor, write_twins

DESIGNS = (*EXPLAINING, *SPREAD)
PAIRS = [pair for pair in combinations(FEATURES, 2) if not set(pair) <= set(DESIGNS)]
"""A study has one design."""
QUEUES = {"one": (1, 0.6), "two": (2, 1.0)}
"""Model -> servers and mean hours of service: one fast, two slow."""
RATE, HOURS = "demand.rate_per_hour", "stations.desk.service_hours.mean"
HEAD = """\
models = ["one.toml", "two.toml"]
set = {{ horizon_days = {days}, follow_up_days = 2 }}
comparison = {{ primary = "sojourn_time_hours", level = {level} }}
"""
SECTIONS = {
    "steady": 'kind = "steady"\n',
    "precision": '[precision]\nfirst = 8\nmost = 16\nmeasures = [{ measure = "sojourn_time_hours", relative = 0.9 }]\n',
    "selection": '[selection]\nprocedure = "screen"\n',
    "wrong_choice": "[wrong_choice]\nreplications = [1]\n",
    "break_even": '[break_even]\nbetween = ["one", "two"]\ntolerance = 0.25\n',
    "break_even_map": "[break_even_map]\n",
    "waterfall": '[waterfall]\nfrom = "one"\nto = "two"\n'
    '[[waterfall.causes]]\nname = "people"\nset = { "stations.desk.servers" = 2 }\n'
    '[[waterfall.causes]]\nname = "pace"\nset = { "stations.desk.service_hours.mean" = 1.0 }\n',
    "pareto": '[pareto]\nmeasures = ["sojourn_time_hours", "utilisation"]\ndraws = 100\n',
}
KEYS = {"points": 4, "trajectories": 2}
NUMBER_OF_KEYS = {"latin_hypercube": "points", "sobol": "points", "saltelli": "points", "morris": "trajectories"}


def write_pair(folder: Path, *features: str, days: float = 20, runs: int = 8, level: float = 0.95) -> Path:
    """A study of two queues that asks for all of the features, in the shape that each of them wants."""
    for name, (servers, mean) in QUEUES.items():
        (folder / f"{name}.toml").write_text(
            f'title = "{name}"\n[demand]\nkind = "poisson"\nrate_per_hour = 0.5\n[stations.desk]\n'
            f'servers = {servers}\nservice_hours = {{ law = "exponential", mean = {mean} }}\n',
            encoding="utf-8",
        )
    asked = set(features)
    text = SECTIONS["steady"] if "steady" in asked else ""
    text += "" if "precision" in asked else f"replications = {runs}\n"
    text += HEAD.format(days=900 if "steady" in asked else days, level=level)
    text += "".join(SECTIONS[name] for name in features if name in SECTIONS and name != "steady")
    if switches := asked & {"controls", "antithetic"}:
        text += "[variance_reduction]\n" + "".join(f"{name} = true\n" for name in sorted(switches))
    for kind in asked & set(DESIGNS):
        text += f'[design]\nkind = "{kind}"\n'
        if kind in NUMBER_OF_KEYS:
            points = 1 if asked >= {"wrong_choice"} and kind in SPREAD else KEYS[NUMBER_OF_KEYS[kind]]
            text += f"{NUMBER_OF_KEYS[kind]} = {points}\n"
    place = folder / "study.toml"
    place.write_text(text + _factors(asked), encoding="utf-8")
    tomllib.loads(place.read_text(encoding="utf-8"))
    return place


def _factors(asked: set[str]) -> str:
    if "waterfall" in asked or ("wrong_choice" in asked and not asked & set(DESIGNS)):
        return ""
    rate = factor(RATE, "low = 0.3\nhigh = 1.4")
    return rate if "break_even" in asked else rate + factor(HOURS, "low = 0.5\nhigh = 0.65")


def run(folder: Path, *words: str) -> dict[str, Any]:
    done = changeflow("study", "study.toml", *QUIET, "--engine", "compiled", *words, "--json", folder=folder)
    assert done.code == 0, done.err
    found: dict[str, Any] = done.json
    return found


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_pair_is_refused_with_its_reason_or_planned(pair: tuple[str, str], tmp_path: Path) -> None:
    file = write_pair(tmp_path, *pair)
    if frozenset(pair) not in WHY:
        assert plan_of(file).points
        return
    with pytest.raises(ModelError) as caught:
        plan_of(file)
    said = [str(fault) for fault in caught.value.faults if WHY[frozenset(pair)] in str(fault)]
    assert len(said) == 1, caught.value
    assert all(in_words(name) in said[0] for name in pair)
    assert "study.toml:" in said[0]


def test_the_table_speaks_of_nothing_else() -> None:
    assert set(WHY) <= {frozenset(pair) for pair in PAIRS}


WITNESS = {
    "one_at_a_time": "tornado", "morris": "morris", "saltelli": "sobol_indices", "latin_hypercube": "robust",
    "sobol": "robust", "steady": "warm_up", "fractional": None, "precision": None,
}  # fmt: skip
"""Feature -> the analysis that it gives, where it has another name."""


@pytest.mark.slow
@pytest.mark.parametrize("pair", [pair for pair in PAIRS if frozenset(pair) not in WHY], ids="-".join)
def test_a_pair_that_fits_runs_and_answers_both(pair: tuple[str, str], tmp_path: Path) -> None:
    write_pair(tmp_path, *pair, runs=40 if "wrong_choice" in pair else 8)
    found = run(tmp_path)
    for name in pair:
        if name in {"controls", "antithetic"}:
            assert {one["what"] for one in found["variance_kept"]} >= {name}
        elif (key := WITNESS.get(name, name)) and not ("selection" in pair and key == "robust"):
            assert found["analyses"][key]["sentence"]
    assert all(one["replications"] >= 8 for one in found["cells"])
    for cell in found["cells"]:
        assert cell["measures"]["sojourn_time_hours"]["half_width"] > 0


def sojourn(servers: int, mean: float, rate: float) -> float:
    """Erlang, for one and two servers: m / (1 - a) and m / (1 - a^2 / 4), with a = rate x m."""
    load = rate * mean
    return mean / (1 - load) if servers == 1 else mean / (1 - load**2 / 4)


@pytest.mark.slow
def test_a_tornado_of_the_long_run_has_the_exact_changes(tmp_path: Path) -> None:
    write_pair(tmp_path, "steady", "one_at_a_time", level=0.999)
    found = run(tmp_path)["analyses"]["tornado"]
    servers, mean = QUEUES["two"]

    def gap(rate: float, hours: float) -> float:
        return sojourn(servers, hours, rate) - sojourn(1, hours, rate)

    base = sojourn(servers, mean, 0.5) - sojourn(*QUEUES["one"], 0.5)
    assert abs(found["base"] - base) <= found["base_half_width"]
    assert found["base_half_width"] < 0.15 * base
    ends = {RATE: [sojourn(2, 1.0, rate) - sojourn(1, 0.6, rate) for rate in (0.3, 1.4)]}
    ends[HOURS] = [gap(0.5, hours) for hours in (0.5, 0.65)]
    for row in found["rows"]:
        for end, exact in zip(("low", "high"), ends[row["factor"]], strict=True):
            change, arm = row[f"change_at_{end}"], row[f"{end}_half_width"]
            assert abs(change - (exact - base)) <= arm, (row["factor"], end)
            assert arm < 0.6


def test_the_break_even_of_the_long_run_is_where_the_formulas_cross(tmp_path: Path) -> None:
    """0.6 / (1 - 0.6 x) = 1 / (1 - x^2 / 4) at x = (0.6 - sqrt(0.12)) / 0.3 = 0.845."""
    write_pair(tmp_path, "steady", "break_even")
    file = tmp_path / "study.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("tolerance = 0.25", "tolerance = 0.05"), encoding="utf-8")
    (change,) = run(tmp_path)["analyses"]["break_even"]["changes"]
    exact = (0.6 - sqrt(0.12)) / 0.3
    assert change["low"] < exact < change["high"]
    assert change["high"] - change["low"] < 0.4
    assert change["value"] == pytest.approx(exact, abs=0.1)


def test_precision_is_that_of_the_reduced_interval(tmp_path: Path) -> None:
    """It stops where the printed interval is narrow enough, with fewer runs than plain ones need."""
    counts = {}
    for switches in ((), ("controls",), ("antithetic",), ("controls", "antithetic")):
        file = write_pair(tmp_path, "precision", "break_even_map", *switches, days=40)
        text = file.read_text(encoding="utf-8").replace("most = 16", "most = 600").replace("0.9 }", "0.08 }")
        file.write_text(text, encoding="utf-8")
        found = run(tmp_path, "--out", "+".join(switches) or "plain")
        for cell in found["cells"]:
            one = cell["measures"]["sojourn_time_hours"]
            assert one["half_width"] <= 0.08 * one["mean"]
            assert cell["replications"] % (2 if "antithetic" in switches else 1) == 0
        counts[switches] = sum(cell["replications"] for cell in found["cells"])
    assert max(counts[switches] for switches in counts if switches) < 0.9 * counts[()]


def test_gaps_are_those_of_the_controlled_means(tmp_path: Path) -> None:
    """The same runs: the gap moves with the corrected means, and its interval is narrower than of plain ones."""
    write_pair(tmp_path, "controls", runs=30)
    found = run(tmp_path)
    write_pair(tmp_path, runs=30)
    plain = run(tmp_path, "--out", "plain")
    assert len(found["gaps"]) == len(plain["gaps"]) == 4
    arms = [(one["half_width"], other["half_width"]) for one, other in zip(found["gaps"], plain["gaps"], strict=True)]
    assert sum(one < other for one, other in arms) >= 3
    for gap in found["gaps"]:
        effects = [
            one for one in found["effects"] if (one["factor"], one["scenario"]) == (gap["factor"], gap["scenario"])
        ]
        means = [one["mean"] for one in effects]
        assert gap["mean"] == pytest.approx(max(means) - min(means), rel=0.05)


def test_two_twins_at_precision_are_a_tornado_of_known_changes(folder: Path) -> None:
    """Costs are hours x price: with as many runs as [precision] wants the ends are known from the base."""
    head = 'models = ["twins.toml"]\nwho = ["vendor", "power_users"]\n'
    rule = '[precision]\nfirst = 8\nmost = 60\nmeasures = [{ measure = "total_cost", relative = 0.1 }]\n'
    text = '[design]\nkind = "one_at_a_time"\n' + factor(HOUSE, "prior = true") + factor(FIRM, "prior = true")
    write_twins(folder, rule + text, head=head)
    found = changeflow("study", "study.toml", *QUIET, "--json", folder=folder).json
    base = {one["scenario"]: one for one in found["cells"] if one["point"] == 1}
    hours = base["vendor"]["measures"]["total_cost_with_undone"]["mean"] / 120
    rows = {row["factor"]: row for row in found["analyses"]["tornado"]["rows"]}
    assert rows[HOUSE]["change_at_low"] == pytest.approx(hours * (20 - 40))
    assert rows[FIRM]["change_at_high"] == pytest.approx(hours * (120 - 140))
    assert base["vendor"]["replications"] > 8
