"""The shipped example: one fast engineer or two slow power users, and how often few runs choose the wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.program import changeflow

EXAMPLE = Path(__file__).resolve().parents[2] / "experiments" / "wrong_choice.toml"
KNOWN = {1: 0.441, 5: 0.404, 10: 0.368, 20: 0.325}
"""Of runs of their own, for exactly 100 waits (design notes); the example's 100 hours hold 100 requests on average."""


@pytest.mark.slow
def test_the_example_misleads_as_often_as_is_known(tmp_path: Path) -> None:
    done = changeflow("study", str(EXAMPLE), "--json", "--progress", "none", "--out", "here", folder=tmp_path)
    assert done.code == 0, done.err
    found = json.loads(done.out)["analyses"]["wrong_choice"]
    assert found["better_point"] == 2
    rows = {row["replications"]: row for row in found["rows"]}
    for runs, share in KNOWN.items():
        assert rows[runs]["independent"] == pytest.approx(share, abs=0.012 + 0.006 * runs**0.5)
    assert rows[1]["paired"] == pytest.approx(0.0305, abs=0.012)
    assert rows[40]["paired"] == 0
    variances = found["variance_of_difference"]
    assert variances["independent"] / variances["paired"] > 100
    assert (tmp_path / "here" / "charts" / "wrong_choice.svg").stat().st_size > 10_000
