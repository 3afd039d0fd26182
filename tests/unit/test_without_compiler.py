"""The engine with the compiler switched off: the same trace to the bit, and the way for debuggers and coverage."""

import hashlib
import os
import subprocess
import sys

import pytest

from tests.engines import ENGINES

# Whatever is compiled: overflow, split, rework, delay, calendar, laws of every kind.
SCRIPT = """
import hashlib, sys, tomllib
from pathlib import Path
from changeflow.engine.draws import WORK
from changeflow.engine.simulate import simulate
from changeflow.model.reading import build_model

TEXT = '''
title = "everything"
horizon_days = 21
open_today = 2
[calendars.office]
hours = ["09:00-12:00", "13:00-17:00"]
[categories.a]
share = 0.5
work_hours = { law = "lognormal", mean = 2.0, scv = 1.5 }
[categories.b]
share = 0.3
work_hours = { law = "gamma", mean = 2.0, scv = 3.0 }
difficulty = { law = "triangular", low = 0.0, mode = 0.5, high = 1.0 }
[categories.c]
share = 0.2
work_hours = { law = "weibull", shape = 0.7, scale = 2.0, at_most = 9.0 }
specification_quality = 0.5
[demand.sources.steady]
kind = "poisson"
rate_per_day = 8
batch = { law = "discrete", values = [1, 3], shares = [0.7, 0.3] }
[demand.sources.burst]
kind = "go_live"
misfits_per_100_users = 40
fit = 0.3
shape = "rise_then_decay"
time_days = 3
[demand.sources.regular]
kind = "renewal"
interarrival_hours = { law = "hyperexponential", shares = [0.4, 0.6], means = [2.0, 9.0] }
[stations.inside]
servers = 2
stage = "change"
openness = 0.7
calendar = "office"
acceptance = { rework_probability = 0.3, rework_work = 0.5, max_attempts = 4 }
[stations.vendor]
kind = "vendor"
servers = 3
stage = "change"
share_for_us = 0.7
intake_delay_hours = { law = "uniform", low = 1.0, high = 9.0 }
acceptance = { rework_probability = 0.2 }
[stations.check]
servers = "infinite"
service_hours = { law = "empirical", values = [0.2, 0.5, 0.5, 1.7] }
[routing]
entry = { rule = "open_first", prefer = ["inside", "vendor"], overflow_beyond = 1 }
next.inside = { check = 0.5, done = 0.5 }
'''
model = build_model(tomllib.loads(TEXT), file=Path("x.toml"), shown="x.toml")
digest = hashlib.sha256()
rows = 0
for replication in range(2):
    trace = simulate(model, seed=7, replication=replication, engine=sys.argv[1], decisions=True)
    rows += len(trace.visits)
    for array in (trace.requests, trace.visits, trace.decisions):
        digest.update(array.tobytes())
import numba
print(rows, digest.hexdigest(), numba.config.DISABLE_JIT)
"""


def ran(engine: str, disabled: str) -> list[str]:
    environment = os.environ | {"NUMBA_DISABLE_JIT": disabled}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, engine],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_trace_is_the_same_to_the_bit_without_the_compiler(engine: str) -> None:
    compiled, interpreted = ran(engine, "0"), ran(engine, "1")
    assert int(compiled[0]) > 500
    assert compiled[:2] == interpreted[:2]
    assert (compiled[2], interpreted[2]) == ("0", "1")
    assert len(compiled[1]) == hashlib.sha256().digest_size * 2
