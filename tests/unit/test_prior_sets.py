"""A prior set with a missing or doubled value is one clear message."""

import subprocess
import sys
import tomllib

import pytest

from changeflow.errors import ModelError
from changeflow.model.file.prior_sets import checked_set, checked_sets, leaves, shipped_set
from changeflow.model.file.shipped import shipped_priors

SETS = {name: path.read_text(encoding="utf-8") for name, path in shipped_priors().items()}
LINE = 'waiting_per_day = { value = 8, low = 2, high = 30, unit = "EUR a day", source = "assumption" }\n'
SMALL = f"[costs]\n{LINE}"


def faults(text: str, others: dict[str, str] | None = None) -> list[str]:
    """What is told of a set."""
    with pytest.raises(ModelError) as caught:
        checked_set("mine.toml", text, others)
    return str(caught.value).split("\n")


def test_the_shipped_sets_are_whole_and_alike() -> None:
    assert len(SETS) == 2
    for name, text in SETS.items():
        assert shipped_set(name) == tomllib.loads(text)
    one, other = (dict(leaves(shipped_set(name))) for name in SETS)
    assert set(one) == set(other)
    assert len(one) > 60


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_single_value_is_missed(name: str) -> None:
    """Each line of a number taken away is told by its path, once."""
    own, others = SETS[name], {other: text for other, text in SETS.items() if other != name}
    numbered = [line for line in own.split("\n") if "value = " in line]
    for line in numbered[:: len(numbered) // 12]:
        key = line.partition("=")[0].strip()
        told = faults(own.replace(line + "\n", "", 1), others)
        assert len(told) == 1
        assert f"{key}: expected a value, as the set " in told[0]


def test_a_fault_of_either_set_is_told_whichever_is_asked_for() -> None:
    broken = {**SETS, "article": SETS["article"].replace("[costs]", "[costs]\n" + LINE)}
    with pytest.raises(ModelError, match=r"^article\.toml:\d+: expected a prior set with each value once, found"):
        checked_sets(broken)
    assert checked_sets(SETS) == {name: tomllib.loads(text) for name, text in SETS.items()}


def test_a_value_said_twice_is_refused_with_its_line() -> None:
    """TOML itself refuses the same key; the same number in two units is refused, too."""
    told = faults(SMALL + LINE)
    assert told[0].startswith("mine.toml:3: expected a prior set with each value once, found Cannot overwrite a value")
    leaf = LINE.partition("=")[2]
    text = f"[demand.poisson]\nrate_per_day ={leaf}rate_per_week ={leaf}"
    assert faults(text) == [
        "mine.toml:3: demand.poisson.rate_per_week: expected a value once (it is there as rate_per_day)"
    ]
    text = f"[stations.vendor]\navailability ={leaf}hours_per_week ={leaf}"
    assert faults(text)[0].startswith("mine.toml:3: stations.vendor.hours_per_week: expected a value once")
    assert "each value once" in faults(SMALL + SMALL)[0]


def test_a_value_outside_its_own_range_is_refused() -> None:
    told = "mine.toml:2: costs.waiting_per_day: expected a value from 2 to 30, found "
    assert faults(SMALL.replace("value = 8", "value = 31")) == [told + "31"]
    assert faults(SMALL.replace("value = 8", "value = 1.5")) == [told + "1.5"]
    assert checked_set("mine.toml", SMALL.replace("value = 8", "value = 30"))


def test_a_leaf_that_is_not_whole_is_told_with_all_that_it_lacks() -> None:
    path = "mine.toml:2: costs.waiting_per_day: expected "
    assert faults(SMALL.replace("low = 2, ", "").replace(', source = "assumption"', "")) == [
        path + "a value with low, source"
    ]
    assert faults(SMALL.replace("high", "hihg")) == [
        path + "a value with high",
        path + "a known key, found 'hihg' (did you mean 'high'?)",
    ]
    assert faults("[costs]\nwaiting_per_day = 8\n") == [path + "a table with value, low, high, unit, source, found 8"]


def test_all_faults_come_together() -> None:
    text = SETS["field"].replace("value = 0.28", "value = 0.58", 1).replace('unit = "shape", ', "")
    told = faults(text.replace("shape = {", "shapes = {"), {"article": SETS["article"]})
    assert [line.split(": ")[1] for line in told] == [
        "categories.data.share", "demand.go_live.shapes", "demand.go_live.shape",
    ]  # fmt: skip


def test_what_is_no_toml_is_told_with_its_line() -> None:
    assert faults(SMALL + "waiting = = 3\n")[0].startswith("mine.toml:3: expected a prior set in TOML, found Invalid")


def test_nobody_looks_for_lines_in_sets_without_a_fault() -> None:
    """Every command reads them; a grammar of TOML is loaded only to say where a fault stands."""
    code = "from changeflow.model.file.prior_sets import shipped_set; shipped_set('field')"
    code += "; import sys; assert not [name for name in sys.modules if name.startswith('tree_sitter')]"
    subprocess.run([sys.executable, "-c", code], check=True)
