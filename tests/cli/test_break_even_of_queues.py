"""A break-even between two queues that theory gives exactly."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from .program import changeflow
from .study_files import QUIET

QUEUES = """\
title = "One server of speed 1 outside, two slower ones inside"
horizon_days = 400
warm_up_days = 20
replications = 12

[demand]
kind = "poisson"
rate_per_hour = 0.5

[stations.house]
stage = "change"
servers = 2
service_hours = { law = "exponential", mean = 1 }

[stations.firm]
kind = "vendor"
stage = "change"
service_hours = { law = "exponential", mean = 1 }

[routing]
entry = { rule = "open_first", prefer = ["house", "firm"] }
"""
STUDY = """\
models = ["queues.toml"]
who = ["vendor", "power_users"]
replications = 12
[[factors]]
path = "stations.house.speed"
low = 0.5
high = 1.0
[break_even]
between = ["vendor", "power_users"]
[comparison]
primary = "sojourn_time_hours"
"""


@pytest.mark.slow
def test_two_slow_servers_against_a_quick_one(tmp_path: Path) -> None:
    """M/M/1 at rate 1/2: 2 hours; M/M/2 with mean s: s / (1 - (s/4)^2), which is 2 at s = 4 (sqrt 2 - 1)."""
    (tmp_path / "queues.toml").write_text(QUEUES, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    exact = 1 / (4 * (math.sqrt(2) - 1))
    found = changeflow("study", "study.toml", *QUIET, "--json", folder=tmp_path).json
    (change,) = found["analyses"]["break_even"]["changes"]
    assert change["low"] < exact < change["high"]
    assert change["value"] == pytest.approx(exact, rel=0.02)
    assert change["high"] - change["low"] < 0.1
