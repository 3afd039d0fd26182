"""The table in experiments/README.md: every claim, every trial, tests that exist, and nothing else."""

from __future__ import annotations

import importlib
import re

import pytest

from tests.claims.claims import CLAIMS, README, TRIALS, says_the_same
from tests.claims.table import declared, section

declared()
LINES = re.findall(r"^\| (S\d+) \|.+\| `(tests/.+)` \|$", section(README.read_text(encoding="utf-8")), re.MULTILINE)


def test_every_claim_stands_in_the_table() -> None:
    assert list(dict.fromkeys(claim for claim, _ in LINES)) == list(CLAIMS) == [f"S{n}" for n in range(1, 28)]


def test_there_is_a_line_for_every_trial_and_no_other() -> None:
    assert sorted(LINES) == sorted([(one.claim, one.test) for one in TRIALS])


def test_a_finding_says_the_same_with_other_last_digits_and_not_with_other_words_or_figures() -> None:
    line = "| S9 | holds | script 24 %, EUR +86,009 to +89,941, a share of 0.4 | `a.py::test_s9_b` |"
    for same in (line, line.replace("24", "25"), line.replace("86,009", "85,411"), line.replace("0.4", "0.5")):
        assert says_the_same(line, same)
    for other in ("| S9", "holds", "24", "+86,009", "script", "test_s9"):
        changed = {"| S9": "| S8", "24": "30", "+86,009": "-86,009"}.get(other, "other")
        assert not says_the_same(line, line.replace(other, changed)), other


@pytest.mark.parametrize("test", sorted({test for _, test in LINES}))
def test_a_named_test_exists(test: str) -> None:
    file, name = test.split("::")
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    assert callable(getattr(module, name))
