"""What all tests share: the option --slow, and machine code that is compiled once before a whole run."""

from __future__ import annotations

import contextlib
import gc
import os

import pytest

gc.set_threshold(100_000)  # as the program does: tests make many objects and little garbage

WHOLE = 1000
"""So many tests need all machine code; fewer wait only for what they need."""
NEEDING = {"plain": "mmc", "errors": "partly_open", "all": "people"}
"""A shipped model for each machine code of the compiled engine's loop."""


def pytest_collection_finish() -> None:
    gc.freeze()  # modules and tests stay: no search for garbage goes through them again


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="Run the tests marked slow, too (minutes).")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow; run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.hookimpl(tryfirst=True)  # before the plugin that takes tests from the head of all workers
def pytest_runtestloop(session: pytest.Session) -> None:
    """Each worker first compiles what no other does: else all of them would make the same, or wait for it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is not None and len(session.items) >= WHOLE:
        last = int(os.environ["PYTEST_XDIST_WORKER_COUNT"]) - 1
        for number, code in enumerate(NEEDING):
            if min(number, last) == int(worker.removeprefix("gw")):
                compile_loop(code)


def compile_loop(code: str) -> None:
    """Unless the machine code is there, run a model that needs it."""
    from changeflow.engine.jit import kernel_is_warm
    from changeflow.engine.simulate import simulate
    from changeflow.model.reading import read_model

    if not kernel_is_warm(code):
        with contextlib.suppress(Exception):  # the tests tell better what is wrong
            model = read_model(NEEDING[code], ["horizon_days=10", "warm_up_days=0"])
            simulate(model, seed=1, replication=0, engine="compiled")
