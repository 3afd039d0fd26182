"""A study on a Dask cluster: the same bytes as here, whoever dies; an address or a worker that is wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from changeflow.study.crews.crew import WORTH_PROCESSES

from .clusters import Cluster, cluster
from .program import TINY, changeflow, command_line, contents
from .study_files import rows, tables, write_study

WORDS = ("--engine", "process", "--no-charts")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    write_study(folder, ("replications = 4", "replications = 60"))
    return folder


@pytest.fixture(scope="module")
def dask(place: Path) -> Iterator[Cluster]:
    with cluster(place) as made:
        yield made


def on_cluster(place: Path, dask: Cluster, *words: str) -> subprocess.Popen[str]:
    command = command_line("study", "study.toml", *WORDS, "--dask", dask.address, *words)
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored here, it would be ignored there
    try:
        return subprocess.Popen(command, cwd=place, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, ours)


@pytest.mark.slow
def test_a_cluster_without_workers_is_no_cluster(place: Path, dask: Cluster) -> None:
    before = contents(place)
    process = on_cluster(place, dask)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "expected at least one worker" in err
    assert contents(place).keys() == before.keys()


def test_a_worker_killed_in_mid_study_changes_no_byte(place: Path, dask: Cluster) -> None:
    victim, _ = dask.worker(), dask.worker()
    process = on_cluster(place, dask, "--progress", "json", "--out", "cluster")
    assert process.stderr is not None
    lines = map(json.loads, iter(process.stderr.readline, ""))
    told = next(line for line in lines if line["done"] > 0)
    assert told["done"] < told["total"]
    victim.kill()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "ANSWER" in out
    assert "Traceback" not in err
    done = changeflow("study", "study.toml", *WORDS, "--workers", "1", "--out", "serial", folder=place)
    assert done.code == 0, done.err
    assert rows(place / "serial") == rows(place / "cluster")
    assert tables(place / "serial") == tables(place / "cluster")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_serial_threads_processes_and_cluster_leave_the_same_bytes(place: Path, dask: Cluster) -> None:
    dask.worker()
    write_study(place, ("replications = 4", "replications = 300"), name="long")  # 2,400 runs: worth processes
    found = {}
    for name, *words in (
        ("serial", "--workers", "1", "--engine", "process"),
        ("threads", "--workers", "2", "--engine", "compiled", "--replications", "200"),
        ("processes", "--workers", "2", "--engine", "compiled"),
        ("cluster", "--dask", dask.address, "--engine", "compiled"),
    ):
        done = changeflow("study", "long.toml", *words, "--no-charts", "--out", f"long-{name}", folder=place)
        assert done.code == 0, done.err
        found[name] = rows(place / f"long-{name}"), tables(place / f"long-{name}")
    assert found["serial"] == found["processes"] == found["cluster"]
    assert len(found["serial"][0]) == 2_400 >= WORTH_PROCESSES > len(found["threads"][0]) == 1_600
    assert found["threads"][0].items() < found["serial"][0].items()


@pytest.mark.slow
def test_workers_of_another_version_are_named(place: Path, dask: Cluster) -> None:
    """The version of this side is another one: what the workers answer is their own."""
    code = (
        "import sys, changeflow.cli.crews as crews; crews.__version__ = '99.0'; "
        "from changeflow.cli.main import main; sys.argv[0] = 'changeflow'; main()"
    )
    before = contents(place)
    done = subprocess.run(
        [sys.executable, "-c", code, "study", "study.toml", "--dask", dask.address],
        cwd=place, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "expected workers with changeflow 99.0" in done.stderr
    assert "found 0." in done.stderr
    assert "tcp://" in done.stderr
    assert contents(place).keys() == before.keys()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["scheduler", "SIGINT"])
def test_an_end_in_mid_study_leaves_a_folder_that_goes_on(fault: str, folder: Path, tmp_path: Path) -> None:
    write_study(folder, ("replications = 4", "replications = 60"))
    with cluster(tmp_path) as own:
        own.worker()
        process = on_cluster(folder, own, "--progress", "json", "--out", "stopped")
        assert process.stderr is not None
        told = next(line for line in map(json.loads, iter(process.stderr.readline, "")) if line["done"] > 0)
        if fault == "scheduler":
            own.scheduler.kill()
        else:
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    said = [line for line in err.splitlines() if not line.startswith("{")]
    assert process.returncode == (5 if fault == "scheduler" else 130), err
    assert said[0].endswith("the same command goes on")
    assert len(said) <= 2, err
    assert told["done"] <= len(rows(folder / "stopped")) < 480
    assert changeflow("study", "study.toml", *WORDS, "--workers", "1", "--out", "stopped", folder=folder).code == 0
    assert len(rows(folder / "stopped")) == 480


def test_an_address_where_nobody_answers(place: Path) -> None:
    done = changeflow("study", "study.toml", "--dask", "tcp://127.0.0.1:1", folder=place)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "found nobody who answers" in done.err
