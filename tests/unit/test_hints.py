"""What `new` adds to a model: comments only, and every one of them is right once its # is taken away."""

import tomllib

import pytest

from changeflow.errors import ModelError
from changeflow.model.file.shipped import shipped_models
from changeflow.model.process_only import process_only
from changeflow.present.inputs.hints import with_hints
from changeflow.present.inputs.rare_keys import ACCEPTANCE, COSTS, IN_HOUSE, QUEUE, SECTIONS, SOURCE, STAFF, VENDOR
from tests.unit.small import model_of

PARTLY = shipped_models()["partly_open"].read_text(encoding="utf-8")
NEEDS = {"preemptive = true": "discipline", "when_full": "capacity", "switching_loss": "at_once",
         "day_job_agreed": "day_job_value"}  # fmt: skip
"""A key -> the key that it belongs to."""
EVERY = [hint[0] for hint in (*QUEUE, *IN_HOUSE, *VENDOR, *ACCEPTANCE, *SOURCE, *COSTS)]


def used(text: str, *starts: str) -> str:
    """The text with the hints that begin so taken into use, each at its first place."""
    lines = text.split("\n")
    for start in starts:
        number = next(n for n, line in enumerate(lines) if line.startswith(f"# {start}"))
        lines[number] = lines[number].removeprefix("# ")
    return "\n".join(lines)


@pytest.mark.parametrize("name", shipped_models())
def test_hints_are_comments(name: str) -> None:
    text = shipped_models()[name].read_text(encoding="utf-8")
    assert tomllib.loads(with_hints(text)) == tomllib.loads(text)


@pytest.mark.parametrize("line", EVERY)
def test_every_hint_is_right_by_itself(line: str) -> None:
    """Or together with the one key that it needs; and it changes the model."""
    needed = [other for key, other in NEEDS.items() if line.startswith(key)]
    model = model_of(used(with_hints(PARTLY), *needed, line))
    if line not in {'shift_end = "pause"', 'when_full = "refused"'}:  # the defaults, to be seen
        assert model.digest() != model_of(used(with_hints(PARTLY), *needed)).digest()


def test_staff_stands_instead_of_servers() -> None:
    text = used(with_hints(PARTLY), STAFF[0][0])
    with pytest.raises(ModelError, match="either servers or staff"):
        model_of(text)
    number = text.index("servers = 3")
    model = model_of(text[:number] + text[text.index("\n", number) :].replace('"stations.power_users.servers"', '"x"'))
    assert list(model.groups("power_users")) == ["anna"]


@pytest.mark.parametrize("rule", ["shortest_queue", "by_size", "until_day", "budget"])
def test_every_rule_is_right_instead_of_the_entry(rule: str) -> None:
    lines = with_hints(PARTLY).split("\n")
    kept = [line for line in lines if not line.startswith("entry = ")]
    model = model_of(used("\n".join(kept), f'entry = {{ rule = "{rule}"'))
    assert model.entry.rule == rule
    assert bool(process_only(model)) is (rule == "budget")


def test_the_sections_at_the_end_are_right() -> None:
    assert "# [demand.sources.shocks]" in SECTIONS
    text = with_hints(PARTLY)
    begin = text.index("# [categories.data]")
    model = model_of(text[:begin] + "\n".join(line.removeprefix("# ") for line in text[begin:].split("\n")))
    assert model.categories["data"].due_within_days == 10
    assert model.demand.sources["others"].background
    assert model.demand.sources["shocks"].kind == "shocks"
    assert model.contracts["time"].retainer is not None
    assert len(model.categories) > 1


def test_errors_flexibility_and_components_are_there_where_the_file_has_none() -> None:
    text = with_hints(shipped_models()["leaving"].read_text(encoding="utf-8"))
    begin = text.index("# [errors]")
    model = model_of(text[:begin] + "\n".join(line.removeprefix("# ") for line in text[begin:].split("\n")))
    assert model.errors is not None
    assert model.errors.quality_gain == 0.2
    by_kind = {station.kind: station.errors for station in model.stations.values()}
    assert (by_kind["vendor"].links, by_kind["in_house"].links) == (3, 0)  # type: ignore[union-attr]
    assert model.system.flexibility == 0.6
    assert model.component_graph is not None
    assert "# [errors]" not in with_hints(PARTLY)
