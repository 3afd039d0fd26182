"""The program as a function, and models small enough for a test."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from changeflow.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
QUICKLY = ("--replications", "4", "--workers", "1", "--progress", "none", "--no-charts")
GROWING = ("--set", "vendor:stations.firm.service_hours=9")
ROUTES = ("--who", "vendor,power_users,both")

TINY = """\
title = "Tiny: one of the house, one of the firm"
horizon_days = 30
replications = 3

[demand]
kind = "poisson"
rate_per_day = 4

[stations.house]
servers = 1
service_hours = { law = "exponential", mean = 4 }
price_per_hour = 40
openness = 0.7

[stations.firm]
kind = "vendor"
servers = 1
service_hours = { law = "exponential", mean = 4 }
price_per_hour = 120

[routing]
entry = { rule = "open_first", prefer = ["house", "firm"], overflow_beyond = 2 }

[costs]
unmet_need_per_request = 900
"""
"""A model of 120 requests a run: fast enough to be run in every test."""

REPLAYED = """\
title = "A log replayed"
horizon_days = 40
replications = 2

[demand]
kind = "replay"
file = "log.csv"
request = "ticket"
arrived = "opened"
date_format = "iso"

[stations.desk]
service_hours = { law = "exponential", mean = 1 }
"""


@dataclass(frozen=True)
class Done:
    """What a call of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


def changeflow(*words: str | Path, folder: Path) -> Done:
    """Call the program in this process, standing in a folder."""
    out, err = io.StringIO(), io.StringIO()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    code: Any = None
    signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where tests run in the background
    with (
        contextlib.chdir(folder),
        patch.object(sys, "argv", ["changeflow", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    assert isinstance(code, int), code
    return Done(code, out.getvalue(), err.getvalue())


def process(*words: str | Path, folder: Path, **environment: str) -> Done:
    """Call the program as a process of its own."""
    done = subprocess.run(
        command_line(*words),
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def command_line(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "changeflow", *map(str, words)]


def contents(folder: Path) -> dict[str, int]:
    """Every file and folder below, with sizes: to show that nothing was written."""
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*"))}


def refused(*words: str | Path, folder: Path, says: tuple[str, ...], faults: int | None = 1) -> Done:
    """Call the program with wrong input: exit 2, one clear message, nothing written."""
    before = contents(folder)
    done = changeflow(*words, folder=folder)
    assert done.code == 2, done.err or done.out
    assert done.out == ""
    assert "Traceback" not in done.err
    for part in says:
        assert part in done.err
    if faults is not None and done.err.startswith("changeflow: "):
        assert len(done.err.splitlines()) == faults, done.err
    assert done.err.startswith(("changeflow: ", "Usage: "))
    assert contents(folder) == before
    return done
