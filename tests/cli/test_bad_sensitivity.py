"""Wrong sections of studies that ask how sure an answer is: exit 2, one clear message, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from .program import changeflow, refused
from .study_files import QUIET
from .twins import FIRM, HOUSE, factor, write_twins

RANGE = factor(HOUSE, "low = 30\nhigh = 300")
LIST = factor(HOUSE, "values = [30, 300]")
LAW = factor("stations.house.service_hours", "prior = true")
OTHER = factor(FIRM, "low = 30\nhigh = 300")
SEARCH = '[break_even]\nbetween = ["vendor", "power_users"]\n'
ONE = '[design]\nkind = "one_at_a_time"\n'


def causes(sets: str, rest: str = "") -> str:
    return (
        f'[waterfall]\nfrom = "vendor"\nto = "power_users"\n{rest}[[waterfall.causes]]\nname = "price"\nset = {sets}\n'
    )


WHOLE = '{ "stations.firm.price_per_hour" = 40 }'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SEARCH + LIST, ("study.toml:8", "factors.0.values", "a range for [break_even]")),
        (SEARCH + RANGE + OTHER, ("study.toml:4", "one of [[factors]]", "2 factors")),
        (SEARCH + LAW, ("study.toml:6", "a range of numbers for [break_even]")),
        ("[break_even_map]\n" + LAW + RANGE, ("study.toml:5", "numbers or words for [break_even_map]")),
        (SEARCH, ("one of [[factors]]", "0 factors")),
        (SEARCH.replace("power_users", "vendor") + RANGE, ("two different scenarios",)),
        (SEARCH.replace("power_users", "power_user") + RANGE, ("study.toml:5", "did you mean 'power_users'")),
        (SEARCH + "tolerence = 0.1\n" + RANGE, ("study.toml:6", "a known key", "did you mean 'tolerance'")),
        (SEARCH + "tolerance = 0.9\n" + RANGE, ("of at most 0.25", "found 0.9")),
        (
            SEARCH + '[design]\nkind = "sobol"\npoints = 4\n' + RANGE,
            ("study.toml:7: design.kind", "no design of kind sobol beside [break_even]"),
        ),
        ("[break_even_map]\n" + RANGE, ("study.toml:4", "two of [[factors]]", "1 factors")),
        ("[break_even_map]\n" + RANGE + OTHER + factor("demand.rate_per_day", "values = [3, 4]"), ("3 factors",)),
        ('[break_even_map]\nmark = { "demand.rate" = 1 }\n' + RANGE + OTHER, ("the path of a factor", "demand.rate")),
        (f'[break_even_map]\nmark = {{ "{HOUSE}" = "x" }}\n' + RANGE + OTHER, ("a number", "found 'x'")),
        ("[break_even_map]\nmarks = 1\n" + RANGE + OTHER, ("a known key", "did you mean 'mark'")),
        (causes('{ "stations.firm.price_per_hour" = 50 }'), ("causes that lead to 'power_users'", "(run 0)")),
        (causes('{ "stations.firm.price" = 50 }'), ("study.toml:9", "stations.firm.price", "a known key")),
        (causes('{ "stations.frim.price_per_hour" = 50 }'), ("study.toml:9", "did you mean 'firm'")),
        (causes("{ }"), ("study.toml:9", "at least 1")),
        (causes(WHOLE) + RANGE, ("no factors beside [waterfall]",)),
        (causes(WHOLE).replace('"power_users"', '"power_user"'), ("study.toml:6", "did you mean 'power_users'")),
        (causes(WHOLE).replace('"power_users"', '"vendor"'), ("two different scenarios",)),
        (causes(WHOLE, "tu = 3\n"), ("study.toml:7", "a known key", "known: causes, from, to")),
        (causes(WHOLE) + "when = 3\n", ("study.toml:10", "a known key", "known: name, set")),
        (causes(WHOLE) + f'[[waterfall.causes]]\nname = "again"\nset = {WHOLE}\n', ("each path in one cause",)),
        ('[pareto]\nmeasures = ["total_cost"]\n' + LIST, ("study.toml:5", "at least 2")),
        ('[pareto]\nmeasures = ["total_cost", "total_csot"]\n' + LIST, ("study.toml:5", "did you mean 'total_cost'")),
        ('[pareto]\nmeasures = ["total_cost", "total_cost"]\n' + LIST, ("each measure once",)),
        ('[pareto]\nmeasures = ["total_cost", "utilisation.hous"]\n' + LIST, ("did you mean 'utilisation.house'",)),
        (
            '[pareto]\nmeasures = ["total_cost", "backlog_requests"]\n' + ONE + RANGE,
            ("no design of kind one_at_a_time beside [pareto]",),
        ),
        ('[sensitivity]\nscenario = "vendor"\n' + RANGE, ("study.toml:4", "a design of kind one_at_a_time or morris")),
        ('[sensitivity]\nscenario = "vendro"\n' + ONE + RANGE, ("study.toml:5", "did you mean 'vendor'")),
        ('[sensitivity]\nmeasure = "total_csot"\n' + ONE + RANGE, ("study.toml:5", "did you mean 'total_cost'")),
        ('[sensitivity]\nscenaro = "vendor"\n' + ONE + RANGE, ("a known key", "did you mean 'scenario'")),
        (factor("*", "values = [1, 2]"), ('prior = true with path = "*"',)),
        (factor(HOUSE, 'prior = true\nexcept = ["x"]'), ('except only with path = "*"',)),
        (ONE, ("[[factors]] for a design of kind one_at_a_time",)),
        ('[design]\nkind = "morris"\nlevels = 3\n' + RANGE, ("an even number of levels", "found 3")),
        ('[design]\nkind = "saltelli"\npoints = 12\n' + RANGE, ("a power of two", "found 12")),
        ('[design]\nkind = "saltelli"\npoints = 1\n' + RANGE, ("at least 2 points",)),
        (
            '[design]\nkind = "saltelli"\ntrajectories = 2\n' + RANGE,
            ("no 'trajectories' in a design of kind saltelli",),
        ),
    ],
)
def test_wrong_sections(text: str, says: tuple[str, ...], folder: Path) -> None:
    write_twins(folder, text)
    refused("study", "study.toml", *QUIET, folder=folder, says=says, faults=None)


def test_faults_of_several_sections_are_told_together(folder: Path) -> None:
    text = SEARCH.replace("vendor", "vendro") + '[sensitivity]\nscenario = "both"\n' + LIST
    write_twins(folder, text)
    says = ("vendro", "a range for [break_even]", "sensitivity.scenario", "a design of kind")
    refused("study", "study.toml", folder=folder, says=says, faults=4)


def test_causes_that_lead_nowhere_are_refused_in_a_folder_that_is_there(folder: Path) -> None:
    """A finished waterfall whose file is changed: nothing of it is touched."""
    write_twins(folder, causes(WHOLE))
    assert changeflow("study", "study.toml", *QUIET, folder=folder).code == 0
    write_twins(folder, causes(WHOLE.replace("40", "50")))
    refused("study", "study.toml", *QUIET, folder=folder, says=("causes that lead to 'power_users'",))
