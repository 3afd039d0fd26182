"""A study that is stopped in any way: nothing finished is lost, nothing is there twice, the same command goes on."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .program import TINY, changeflow, command_line
from .study_files import QUIET, rows, tables, write_study

RUNS = 4 * 2 * 36
WORDS = ("--engine", "process", "--progress", "json", "--no-charts", "--out", "mine")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the study that nobody stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write(folder)
    assert changeflow("study", "study.toml", *QUIET, "--engine", "process", "--out", "whole", folder=folder).code == 0
    assert len(rows(folder / "whole")) == RUNS
    return folder / "whole"


@pytest.fixture(autouse=True)
def study(folder: Path) -> None:
    """The same study once more, to be stopped."""
    write(folder)


def write(folder: Path) -> None:
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    write_study(folder, ("replications = 4", "replications = 36"))


def start(folder: Path, *words: str, limit: int | None = None) -> subprocess.Popen[str]:
    command = command_line("study", "study.toml", *WORDS, *words)
    if limit is not None:  # files of at most so many bytes; ulimit counts blocks of 512
        command = ["sh", "-c", 'ulimit -f "$0"; exec "$@"', str(limit // 512), *command]
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored here, it would be ignored there
    try:
        return subprocess.Popen(
            command, cwd=folder, text=True, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    finally:
        signal.signal(signal.SIGINT, ours)


def told(process: subprocess.Popen[str], least: int = 1) -> int:
    """Wait until it has told of runs that are kept; how many."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("{") and json.loads(line)["done"] >= least:
            return int(json.loads(line)["done"])
    raise AssertionError("it ended before it could be stopped")


def kept(folder: Path) -> int:
    """Runs in the store; a copy is read, for reading the store itself would mend it."""
    copy = folder.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return len(rows(copy)) if (copy / "study.sqlite").is_file() and (copy / "study.sqlite").stat().st_size else 0


def goes_on(folder: Path, whole: Path) -> None:
    """The same command ends with what the undisturbed study has, and with no run made twice."""
    done = changeflow("study", "study.toml", *WORDS, "--workers", "1", folder=folder)
    assert done.code == 0, done.err
    assert rows(folder / "mine") == rows(whole)
    assert tables(folder / "mine") == tables(whole)


def killed_once(folder: Path, workers: str) -> None:
    process = start(folder, "--workers", workers)
    before = told(process)
    time.sleep(random.Random(workers).uniform(0, 0.4))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert kept(folder / "mine") >= before


@pytest.mark.parametrize("workers", ["1", "2"])
def test_kill_9_loses_nothing_that_was_told(workers: str, whole: Path, folder: Path) -> None:
    killed_once(folder, workers)
    goes_on(folder, whole)


@pytest.mark.slow
@pytest.mark.timeout(900)  # some twenty starts of the program
def test_kill_9_at_any_instant(whole: Path, folder: Path) -> None:
    """From the start of the program on, again and again, until it has nothing left to do.

    It gets more time only where it got nowhere: so it is killed often on a fast machine, and ends on a slow one.
    """
    chance, before, tries, longest = random.Random(1), 0, 0, 1.0
    while before < RUNS:
        process = start(folder, "--workers", "1")
        time.sleep(chance.uniform(0.1, longest))
        os.killpg(process.pid, signal.SIGKILL)
        _, err = process.communicate()
        said = [json.loads(line)["done"] for line in err.splitlines() if line.startswith("{")]
        now = kept(folder / "mine") if (folder / "mine").exists() else 0
        assert now >= max([before, *said])
        longest *= 1.0 if now > before else 1.2
        before, tries = now, tries + 1
    assert tries > 3
    goes_on(folder, whole)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
def test_a_signal_leaves_a_folder_that_goes_on(number: signal.Signals, code: int, whole: Path, folder: Path) -> None:
    process = start(folder, "--workers", "2")
    before = told(process)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert "runs are kept; the same command goes on" in err
    assert "Traceback" not in err
    assert before <= kept(folder / "mine") < RUNS
    assert json.loads((folder / "mine" / "manifest.json").read_text())["complete"] is False
    goes_on(folder, whole)


def test_a_time_limit_ends_in_order(whole: Path, folder: Path) -> None:
    done = changeflow("study", "study.toml", *WORDS, "--workers", "1", "--time-limit", "0.2s", folder=folder)
    assert done.code == 5
    assert "time limit" in done.err
    assert 0 < kept(folder / "mine") < RUNS
    goes_on(folder, whole)


def cut(file: Path, share: float) -> None:
    with file.open("r+b") as opened:
        opened.truncate(int(file.stat().st_size * share))


SLOW = pytest.mark.slow


@pytest.mark.parametrize("share", [pytest.param(0.0, marks=SLOW), 0.37, pytest.param(0.9, marks=SLOW)])
def test_a_log_that_lost_its_end_costs_only_its_last_runs(share: float, whole: Path, folder: Path) -> None:
    """What a power cut may do to what was not yet told to be safe."""
    killed_once(folder, "1")
    cut(folder / "mine" / "study.sqlite-wal", share)
    goes_on(folder, whole)


@pytest.mark.slow
def test_a_log_with_rubbish_at_its_end_is_read_up_to_there(whole: Path, folder: Path) -> None:
    killed_once(folder, "1")
    with (folder / "mine" / "study.sqlite-wal").open("ab") as log:
        log.write(random.Random(3).randbytes(10_000))
    goes_on(folder, whole)


def damage(file: Path) -> None:
    """One byte of a run's numbers."""
    content = bytearray(file.read_bytes())
    names = content.index(b'[["')
    place = next(i for i in range(len(content) // 2, len(content)) if content[i] and abs(i - names) > 20_000)
    content[place] ^= 0xFF
    file.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda file: cut(file, 0.5), id="half"),
        pytest.param(lambda file: cut(file, 0.0), id="0", marks=SLOW),
        pytest.param(Path.unlink, id="-", marks=SLOW),
        pytest.param(damage, id="byte", marks=SLOW),
    ],
)
def test_a_damaged_store_is_refused_and_started_anew_with_force(
    harm: Callable[[Path], None], whole: Path, folder: Path
) -> None:
    shutil.copytree(whole, folder / "mine")
    harm(folder / "mine" / "study.sqlite")
    (folder / "mine" / "runs.csv").unlink()  # else a byte is not looked at
    before = (folder / "mine" / "manifest.json").read_text()
    done = changeflow("study", "study.toml", *WORDS, "--workers", "1", folder=folder)
    assert done.code == 2
    assert "--force" in done.err
    assert json.loads(before)["runs"] == json.loads((folder / "mine" / "manifest.json").read_text())["runs"]
    done = changeflow("study", "study.toml", *WORDS, "--workers", "1", "--force", folder=folder)
    assert done.code == 0, done.err
    assert tables(folder / "mine") == tables(whole)


def test_a_full_disk_keeps_what_was_told(whole: Path, folder: Path) -> None:
    process = start(folder, "--workers", "1", limit=250_000)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 5, err
    assert "cannot write" in err
    assert "Traceback" not in err
    said = [json.loads(line)["done"] for line in err.splitlines() if line.startswith("{")]
    assert max([0, *said]) <= kept(folder / "mine") < RUNS
    goes_on(folder, whole)


def test_a_second_process_is_refused_in_words(whole: Path, folder: Path) -> None:
    process = start(folder, "--workers", "1")
    told(process)
    process.send_signal(signal.SIGSTOP)
    done = subprocess.run(
        command_line("study", "study.toml", *WORDS), cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "expected no other process" in done.stderr
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert tables(folder / "mine") == tables(whole)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc to look for workers")
def test_a_killed_worker_ends_it_with_what_there_is(whole: Path, folder: Path) -> None:
    process = start(folder, "--workers", "2")
    before = told(process)
    workers = workers_of(process.pid)
    assert workers
    os.kill(workers[0], signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 5, err
    assert "a worker process was killed" in err
    assert before <= kept(folder / "mine") < RUNS
    goes_on(folder, whole)


def workers_of(process: int) -> list[int]:
    """The worker processes of a study."""
    return [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/cmdline")
        if b"loky" in _read(stat) and _parent(stat.parent) == process and b"popen_loky" in _read(stat)
    ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _parent(process: Path) -> int:
    fields = _read(process / "stat").rsplit(b")", 1)[-1].split()
    return int(fields[1]) if fields else -1
