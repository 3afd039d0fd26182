"""Studies of how sure an answer is, on models whose answer is known."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from changeflow.measure.estimates.replications import clopper_pearson

from .program import changeflow
from .study_files import QUIET, records, tables
from .twins import FIRM, HEAD, HOUSE, factor, write_twins

ALL = factor("*", "prior = true")


def study(folder: Path, *words: str) -> dict[str, Any]:
    done = changeflow("study", "study.toml", *QUIET, *words, "--json", folder=folder)
    assert done.code == 0, done.err
    found: dict[str, Any] = done.json
    return found


def means(folder: Path, measure: str) -> dict[tuple[str, str], float]:
    rows = records(folder / "results" / "study" / "summary.csv")
    return {(row["point"], row["scenario"]): float(row["mean"]) for row in rows if row["measure"] == measure}


def test_all_assumptions_are_varied_and_what_cannot_be_is_told(folder: Path) -> None:
    write_twins(folder, '[design]\nkind = "latin_hypercube"\npoints = 8\n' + ALL)
    done = changeflow("study", "study.toml", *QUIET, "--dry-run", folder=folder)
    assert done.code == 0, done.err
    for path in (HOUSE, FIRM, "demand.rate_per_day"):
        assert f"  {path}: " in done.out
    assert "left as they are: 2 assumptions" in done.out
    assert "    horizon_days: no range" in done.out
    assert '    demand.kind: "no such kind" alone' in done.out


def test_a_dominated_scenario_has_a_robust_share_of_zero(folder: Path) -> None:
    """The firm costs at least 80 and the house at most 60 wherever one looks."""
    write_twins(folder, '[design]\nkind = "latin_hypercube"\npoints = 8\n' + ALL)
    found = study(folder)
    rows = {row["scenario"]: row for row in found["analyses"]["robust"]["rows"]}
    assert rows["vendor"]["best_share"] == 0
    assert rows["power_users"]["surely_best_share"] == 1
    low, high = clopper_pearson(8, 8, 0.95)
    assert (rows["power_users"]["best_low"], rows["power_users"]["best_high"]) == (low, high)
    assert found["answer"]["sentence"].startswith("Over 8 settings of 4 assumptions, power users only is best")


def test_a_tornado_is_the_difference_to_the_model_as_it_is(folder: Path) -> None:
    """Costs are hours x price, so each end is known from the hours of the base."""
    write_twins(folder, '[design]\nkind = "one_at_a_time"\n' + ALL)
    found = study(folder)["analyses"]["tornado"]
    cost = means(folder, "total_cost_with_undone")
    house, firm = cost["1", "power_users"] / 40, cost["1", "vendor"] / 120
    assert house == pytest.approx(firm)
    assert found["base"] == pytest.approx(house * (40 - 120))
    rows = {row["factor"]: row for row in found["rows"]}
    assert rows[HOUSE]["base"] == 40
    assert rows[HOUSE]["change_at_low"] == pytest.approx(house * (20 - 40))
    assert rows[FIRM]["change_at_high"] == pytest.approx(-house * (140 - 120))
    assert rows[FIRM]["low_half_width"] > 0
    widths = [abs(row["change_at_high"] - row["change_at_low"]) for row in found["rows"]]
    assert widths == sorted(widths, reverse=True)
    assert found["turning"] == []


def test_an_assumption_that_turns_the_winner_is_named(folder: Path) -> None:
    write_twins(folder, '[design]\nkind = "one_at_a_time"\n' + factor(HOUSE, "low = 30\nhigh = 400"))
    found = study(folder)
    assert found["analyses"]["tornado"]["turning"] == [HOUSE]
    assert "1 of 1 assumptions alone surely turns the winner" in found["answer"]["sentence"]


def test_morris_finds_the_slope_of_a_price(folder: Path) -> None:
    """One scenario's cost is its hours x price: the effect of the price over 20 to 60 is 40 x hours."""
    text = '[design]\nkind = "morris"\ntrajectories = 3\n[sensitivity]\nscenario = "power_users"\n'
    write_twins(folder, text + factor(HOUSE, "prior = true") + factor(FIRM, "prior = true"))
    found = study(folder)["analyses"]["morris"]
    rows = {row["factor"]: row for row in found["rows"]}
    hours = means(folder, "total_cost_with_undone")["1", "power_users"] / float(
        records(folder / "results" / "study" / "points.csv")[0][HOUSE]
    )
    assert rows[HOUSE]["mu_star"] == pytest.approx(40 * hours)
    assert rows[HOUSE]["sigma"] == pytest.approx(0, abs=1e-3 * hours)
    assert rows[FIRM]["mu_star"] == 0
    assert rows[HOUSE]["visible"]
    assert not rows[FIRM]["visible"]


@pytest.mark.slow
def test_indices_of_two_prices_are_the_shares_of_their_ranges(folder: Path) -> None:
    """A difference of two costs on the same hours: variances 40^2 and 60^2 over the ranges, no interaction."""
    text = '[design]\nkind = "saltelli"\npoints = 32\n'
    head = HEAD.replace("replications = 8", "replications = 2")
    write_twins(
        folder, text + factor(HOUSE, "low = 20.0\nhigh = 60.0") + factor(FIRM, "low = 80.0\nhigh = 140.0"), head=head
    )
    found = study(folder, "--engine", "process")["analyses"]["sobol_indices"]
    rows = {row["factor"]: row for row in found["rows"]}
    for path, share in ((HOUSE, 1600 / 5200), (FIRM, 3600 / 5200)):
        assert rows[path]["first"] == pytest.approx(share, abs=0.15)
        assert rows[path]["total"] == pytest.approx(share, abs=0.15)
        assert rows[path]["first_of_one_run"] == pytest.approx(rows[path]["first"] * (1 - found["noise_share"]))
    assert 0 < found["noise_share"] < 1


def test_where_nothing_varies_there_are_no_shares(folder: Path) -> None:
    """Prices bring no request more or less: an answer in words, without a number that is none."""
    response = '[sensitivity]\nmeasure = "arrived_requests"\nscenario = "vendor"\n'
    write_twins(
        folder, f'[design]\nkind = "saltelli"\npoints = 2\n{response}' + factor(FIRM, "low = 80.0\nhigh = 140.0")
    )
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert (done.code, done.err) == (0, "")
    assert "no assumption moves its mean by more than their noise" in " ".join(done.out.split())
    assert "nan" not in done.out
    (row,) = records(folder / "results" / "study" / "sobol_indices.csv")
    assert (row["first"], row["total_high"]) == ("", "")


SEARCH = '[break_even]\nbetween = ["vendor", "power_users"]\n'


def test_the_break_even_of_two_prices_is_the_price_of_the_other(folder: Path) -> None:
    """The same hours cost the same at 120, exactly."""
    write_twins(folder, SEARCH + factor(HOUSE, "low = 30.0\nhigh = 300.0"))
    found = study(folder)
    (change,) = found["analyses"]["break_even"]["changes"]
    assert change["value"] == pytest.approx(120, abs=1e-6)
    assert change["low"] < 120 < change["high"]
    assert change["high"] - change["low"] <= 3 * 0.01 * 270
    assert (change["before"], change["after"], change["grows"]) == ("power_users", "vendor", None)
    assert "goes from power users only to vendor only" in found["answer"]["sentence"]
    again = changeflow("study", "study.toml", *QUIET, "--json", "--time-limit", "1s", folder=folder)
    assert again.json == found


@pytest.mark.slow
def test_a_search_that_is_stopped_goes_on(folder: Path) -> None:
    write_twins(folder, SEARCH + "tolerance = 0.05\n" + factor(HOUSE, "low = 30\nhigh = 300"))
    whole = changeflow("study", "study.toml", *QUIET, "--out", "whole", folder=folder)
    assert whole.code == 0
    codes = []
    while not codes or (codes[-1] == 5 and len(codes) < 150):
        words = ("--time-limit", "0.3s", "--out", "parts", "--engine", "process")
        codes.append(changeflow("study", "study.toml", *QUIET, *words, folder=folder).code)
    assert codes[-1] == 0
    assert codes.count(5) > 1
    assert tables(folder / "parts") == tables(folder / "whole")
    assert "goes from power users only to vendor only" in " ".join(whole.out.split())


def test_without_a_break_even_it_says_who_is_better(folder: Path) -> None:
    write_twins(folder, SEARCH + factor(HOUSE, "low = 30\nhigh = 100"))
    found = study(folder)
    assert found["analyses"]["break_even"]["kind"] == "never"
    assert found["analyses"]["break_even"]["better"] == "power_users"
    assert "No break-even" in found["answer"]["sentence"]
    assert "surely at all 5 values" in found["answer"]["sentence"]


def test_a_map_of_two_prices_has_its_border_where_they_are_equal(folder: Path) -> None:
    """Where both prices are equal, there is no difference at all; else the lower one is surely best."""
    head = HEAD + "[comparison]\nprimary = 'total_cost'\nsmallest_difference = 0.05\n"
    text = f"[break_even_map]\nmark = {{ '{HOUSE}' = 110 }}\n"
    both = [factor(path, "values = [60, 90, 120, 150]") for path in (HOUSE, FIRM)]
    write_twins(folder, text + "".join(both), head=head)
    found = study(folder)["analyses"]["break_even_map"]
    assert len(found["rows"]) == 16
    for row in found["rows"]:
        if row[HOUSE] == row[FIRM]:
            assert row["verdict"] == "same"
        else:
            assert row["verdict"] == "wins"
            assert row["best"] == ("power_users" if row[HOUSE] < row[FIRM] else "vendor")
    assert found["mark"] == [110, 120]  # one stated, the other the model's own
    assert found["at_mark"] == {"best": "vendor", "verdict": "same"}
    text_of = changeflow("study", "study.toml", *QUIET, folder=folder).out
    assert max(map(len, text_of.splitlines())) <= 80


CAUSES = """\
[waterfall]
from = "vendor"
to = "power_users"
[[waterfall.causes]]
name = "price"
set = { "stations.firm.price_per_hour" = 40 }
[[waterfall.causes]]
name = "speed"
set = { "stations.firm.speed" = 2.0, "stations.firm.servers" = 2 }
[set]
"stations.house.speed" = 2.0
"stations.house.servers" = 2
"""


def test_a_waterfall_sums_to_the_difference_and_is_the_mean_over_orders(folder: Path) -> None:
    """By hand: hours halve and the price falls from 120 to 40, so in shares of the hours h the four costs are known."""
    write_twins(folder, CAUSES)
    found = study(folder)["analyses"]["waterfall"]
    cost = means(folder, "total_cost_with_undone")
    none, speed, price, both = (cost[str(i), "vendor"] for i in (1, 2, 3, 4))
    assert both == cost["1", "power_users"]
    parts = {row["part"]: row for row in found["rows"]}
    assert parts["price"]["mean"] == pytest.approx(((price - none) + (both - speed)) / 2)
    assert parts["speed"]["mean"] == pytest.approx(((speed - none) + (both - price)) / 2)
    assert parts["price"]["mean"] + parts["speed"]["mean"] == pytest.approx(found["difference"], rel=1e-12)
    assert found["difference"] == pytest.approx(both - none, rel=1e-12)
    assert parts["price"]["least_in_any_order"] == pytest.approx(price - none)
    assert parts["price"]["half_width"] > 0


def test_a_front_of_money_and_time(folder: Path) -> None:
    """More servers cost nothing here, so the fastest cheap one is alone on the front."""
    text = '[pareto]\nmeasures = ["total_cost", "sojourn_time_hours"]\n'
    write_twins(folder, text + factor("stations.house.servers", "values = [1, 2]"))
    found = study(folder)
    rows = {(row["point"], row["scenario"]): row for row in found["analyses"]["pareto"]["rows"]}
    assert rows[2, "power_users"]["probability"] == 1
    assert rows[2, "power_users"]["on_front"]
    assert all(rows[key]["probability"] == 0 for key in product((1, 2), ("vendor",)))
    assert "Beaten by none" in found["answer"]["sentence"]


@pytest.mark.slow
def test_charts_of_every_analysis(folder: Path) -> None:
    """Each has its own, whole and not empty."""
    cases = {
        "break_even": SEARCH + factor(HOUSE, "low = 30\nhigh = 300"),
        "waterfall": CAUSES,
        "tornado": '[design]\nkind = "one_at_a_time"\n' + ALL,
        "robust": '[design]\nkind = "sobol"\npoints = 4\n' + ALL,
        "pareto": '[pareto]\nmeasures = ["total_cost", "backlog_requests"]\n' + factor(HOUSE, "values = [40, 130]"),
        "break_even_map": "[break_even_map]\n"
        + factor(HOUSE, "values = [60, 120]")
        + factor(FIRM, "values = [60, 90]"),
        "morris": '[design]\nkind = "morris"\ntrajectories = 2\n' + ALL,
        "sobol_indices": '[design]\nkind = "saltelli"\npoints = 2\n' + ALL,
    }
    for name, text in cases.items():
        write_twins(folder, text, name)
        done = changeflow("study", f"{name}.toml", "--workers", "1", "--progress", "none", folder=folder)
        assert done.code == 0, done.err
        charts = folder / "results" / name / "charts"
        assert (charts / f"{name}.png").stat().st_size > 10_000
        assert (charts / f"{name}.svg").read_text().count("<path") > 10
        assert (folder / "results" / name / f"{name}.csv").is_file()
        assert max(map(len, done.out.splitlines())) <= 80, done.out


def test_without_the_extra_it_says_which_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_twins(folder, '[design]\nkind = "morris"\n' + ALL)
    for name in [name for name in sys.modules if name.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert done.code == 2
    assert "expected SALib" in done.err
    assert "changeflow[doe]" in done.err
    assert not (folder / "results").exists()


def test_what_is_asked_for_no_more_is_taken_away(folder: Path) -> None:
    """Else an old table would speak of runs that the file no longer describes."""
    ask = '[pareto]\nmeasures = ["total_cost", "backlog_requests"]\n'
    write_twins(folder, ask + factor(HOUSE, "values = [40, 130]"))
    study(folder)
    assert (folder / "results" / "study" / "pareto.csv").is_file()
    write_twins(folder, factor(HOUSE, "values = [40, 130]"))
    assert study(folder)["analyses"] == {}
    assert not (folder / "results" / "study" / "pareto.csv").exists()
