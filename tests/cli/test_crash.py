"""Stopped in the middle: nothing that a later command takes for results, and nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from changeflow.errors import Interrupted
from changeflow.study.crews import one_run as changeflow_one_run

from .program import changeflow, command_line, contents

PROCESSES = Path("/proc")
LONG_WITH_CHARTS = ("--replications", "100000", "--progress", "json", "--out", "mine")
LONG = (*LONG_WITH_CHARTS, "--no-charts")
CREWS = {
    "alone": ("--engine", "process", "--workers", "1"),
    "processes": ("--engine", "process", "--workers", "2"),
    "threads": ("--engine", "compiled", "--workers", "2", "--replications", "1900", "--horizon-days", "5000"),
}
needs_proc = pytest.mark.skipif(not (PROCESSES / "self" / "stat").is_file(), reason="no /proc to look for processes")


@contextmanager
def running(
    *words: str, folder: Path, hears: Callable[..., Any] | signal.Handlers = signal.default_int_handler
) -> Iterator[subprocess.Popen[str]]:
    """The program as the head of a process group, once it has told that runs are done.

    It hears Ctrl-C, which shells have ignored by what they start in the background, perhaps by these tests.
    """
    ours = signal.signal(signal.SIGINT, hears)  # what is ignored here is ignored by what is started here
    process = subprocess.Popen(
        command_line("run", "tiny.toml", *words),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, ours)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if line.startswith("{") and json.loads(line)["done"] > 0:
                break
        assert process.poll() is None, "it ended before it could be stopped"
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def living() -> dict[int, tuple[int, int]]:
    """Of every living process: its parent and its group."""
    found = {}
    for stat in PROCESSES.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended while we looked
            continue
        if fields[0] != "Z":
            found[int(stat.parent.name)] = int(fields[1]), int(fields[2])
    return found


def members(group: int) -> set[int]:
    """Living processes of a group."""
    return {one for one, (_, its_group) in living().items() if its_group == group}


def ends_within(group: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while members(group) and time.monotonic() < end:
        time.sleep(0.05)
    return not members(group)


@needs_proc
@pytest.mark.parametrize("crew", CREWS)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
def test_a_signal_stops_it_and_leaves_nothing(number: signal.Signals, code: int, crew: str, folder: Path) -> None:
    before = contents(folder)
    with running(*LONG, *CREWS[crew], folder=folder) as process:
        assert (len(members(process.pid)) >= 3) == (crew == "processes")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert process.returncode == code
        assert out == ""
        assert "Traceback" not in err
        assert "nothing half-written was left" in err
        assert ends_within(process.pid, 5)
    assert contents(folder) == before
    assert changeflow("diff", "mine", "mine", folder=folder).code == 2
    again = ("run", "tiny.toml", *LONG, "--replications", "3", "--workers", "1")
    assert changeflow(*again, folder=folder).code == 0
    assert (folder / "mine" / "manifest.json").is_file()


@needs_proc
def test_a_terminal_that_interrupts_the_workers_too_gets_one_message(folder: Path) -> None:
    with running(*LONG, "--engine", "process", "--workers", "2", folder=folder) as process:
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130
        assert ends_within(process.pid, 5)
    said = [line for line in err.splitlines() if line and not line.startswith("{")]
    assert said == ["changeflow: interrupted; nothing half-written was left"]


def test_in_the_background_of_a_script_it_leaves_ctrl_c_to_the_others(folder: Path) -> None:
    """The shell had it ignored, since Ctrl-C means the program in the foreground."""
    with running(*LONG, "--workers", "1", folder=folder, hears=signal.SIG_IGN) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert json.loads([process.stderr.readline() for _ in range(3)][-1])["done"] > 3
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 143


def test_a_killed_run_leaves_no_results_and_can_be_repeated(folder: Path) -> None:
    with running(*LONG, "--workers", "1", folder=folder) as process:
        process.kill()
        process.communicate()
    assert not (folder / "mine").exists()
    assert changeflow("diff", "mine", "mine", folder=folder).code == 2
    assert changeflow("run", "tiny.toml", *LONG, "--replications", "3", "--workers", "1", folder=folder).code == 0


@needs_proc
def test_the_workers_of_a_killed_run_end_by_themselves(folder: Path) -> None:
    with running(*LONG, "--engine", "process", "--workers", "2", folder=folder) as process:
        process.kill()
        process.wait()
        assert ends_within(process.pid, 3)


def test_a_signal_is_no_fault_of_a_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the screening of assumptions forgives is a value that a model does not allow, nothing else."""
    before = contents(folder)
    monkeypatch.setattr("changeflow.study.scenarios.screening.vary", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    words = ("--who", "vendor,both", "--replications", "40", "--workers", "1", "--no-charts")
    assert changeflow("compare", "partly_open", *words, folder=folder).code == 143
    assert contents(folder) == before


class _Deaf:
    """Python prints and forgets what is raised while an object is taken away, a signal's exception too."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self.number)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
def test_a_signal_that_comes_in_a_deaf_moment_is_obeyed_all_the_same(
    number: signal.Signals, code: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    measure = changeflow_one_run.measure_run

    def interrupted(*words: Any, **named: Any) -> Any:
        _Deaf(number)
        return measure(*words, **named)

    monkeypatch.setattr(changeflow_one_run, "measure_run", interrupted)
    words = ("run", "tiny.toml", "--replications", "20", "--workers", "1", "--no-charts")
    assert changeflow(*words, folder=folder).code == code
    assert contents(folder) == before


@pytest.mark.parametrize("stop", [Interrupted(130), OSError(28, "No space left on device")], ids=["Ctrl-C", "full"])
def test_stopped_while_writing_it_leaves_nothing(
    stop: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is the last file of the draft; here it never comes to that."""

    def stopped(*_: object, **__: object) -> None:
        raise stop

    monkeypatch.setattr("changeflow.present.comparison.results_folder.manifest_text", stopped)
    before = contents(folder)
    words = ("run", "tiny.toml", "--replications", "3", "--workers", "1", "--no-charts")
    done = changeflow(*words, "--out", "mine", folder=folder)
    assert done.code == (1 if isinstance(stop, OSError) else 130)
    assert done.out == ""
    assert contents(folder) == before


def test_a_draft_left_by_a_crash_is_no_result_and_in_nobodys_way(folder: Path) -> None:
    draft = folder / "results" / ".001.abcd.partial"
    draft.mkdir(parents=True)
    (draft / "runs.csv").write_text("scenario,replication,measure,value\n")
    assert changeflow("diff", draft, draft, folder=folder).code == 2
    words = ("run", "tiny.toml", "--replications", "3", "--workers", "1", "--no-charts")
    assert "results/001" in changeflow(*words, folder=folder).out


@needs_proc
def test_who_was_to_draw_ends_with_a_killed_run(folder: Path) -> None:
    with running(*LONG_WITH_CHARTS, *CREWS["threads"], folder=folder) as process:
        artists = [group for parent, group in living().values() if parent == process.pid]  # each has one of its own
        assert artists
        process.kill()
        process.wait()
        assert all(ends_within(group, 10) for group in artists)
