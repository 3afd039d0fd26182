"""The table in experiments/README.md: every claim, every trial, tests that exist, and nothing else."""

from __future__ import annotations

import importlib
import re

import pytest

from tests.claims.claims import CLAIMS, README, TRIALS
from tests.claims.elsewhere import ELSEWHERE
from tests.claims.table import declared, section

declared()
LINES = re.findall(r"^\| (S\d+) \|.+\| `(tests/.+)` \|$", section(README.read_text(encoding="utf-8")), re.MULTILINE)


def test_every_claim_stands_in_the_table() -> None:
    assert list(dict.fromkeys(claim for claim, _ in LINES)) == list(CLAIMS) == [f"S{n}" for n in range(1, 28)]


def test_there_is_a_line_for_every_trial_and_no_other() -> None:
    assert sorted(LINES) == sorted([(one.claim, one.test) for one in [*TRIALS, *ELSEWHERE]])


def test_lines_of_trials_elsewhere_say_what_is_declared() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert [one.claim for one in ELSEWHERE if one.line() not in lines] == []


@pytest.mark.parametrize("test", sorted({test for _, test in LINES}))
def test_a_named_test_exists(test: str) -> None:
    file, name = test.split("::")
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    assert callable(getattr(module, name))
