"""The same work by any crew: alone, threads, processes, a Dask cluster. Nothing in the results tells which it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from changeflow.study.crews import crew

from .clusters import Cluster, cluster
from .program import ROUTES, TINY, changeflow
from .study_files import rows, tables, write_study

SIZED = """
[targets]
closed_within = { share = 0.6, hours = 24 }
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crews")
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    (folder / "sized.toml").write_text(TINY + SIZED, encoding="utf-8")
    write_study(folder)
    return folder


@pytest.fixture(scope="module")
def dask(place: Path) -> Iterator[Cluster]:
    with cluster(place) as made:
        made.worker()
        made.worker()
        yield made


def test_one_study_by_four_crews_has_one_digest(place: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of `verify --all`: of every run its key (model, seed, program; replication) and all of its numbers."""
    hired: list[str] = []
    for kind in ("threads", "processes"):

        def spied(workers: int, *, kind: str = kind, hire: object = getattr(crew, kind)) -> crew.Hired:
            hired.append(kind)
            assert callable(hire)
            made: crew.Hired = hire(workers)
            return made

        monkeypatch.setattr(crew, kind, spied)
    digests, kept, told = {}, {}, {}
    for name, *words in (
        ("serial", "--engine", "compiled", "--workers", "1"),
        ("threads", "--engine", "compiled", "--workers", "2"),
        ("processes", "--engine", "process", "--workers", "2"),
        ("cluster", "--engine", "process", "--dask", dask.address),
    ):
        hired.clear()
        done = changeflow("study", "study.toml", *words, "--no-charts", "--out", name, folder=place)
        assert done.code == 0, done.err
        assert hired == ([name] if name in {"threads", "processes"} else [])
        verified = changeflow(
            "verify", name, "--all", "--workers", "1", "--engine", "process", "--json", folder=place
        ).json
        assert (verified["again"], verified["drift"]) == (32, False)
        digests[name], kept[name] = (
            {verified["digest"], verified["kept_digest"]},
            (rows(place / name), tables(place / name)),
        )
        told[name] = done.out.replace(name, "FOLDER")
    assert len(set.union(*digests.values())) == 1, digests
    assert kept["serial"] == kept["threads"] == kept["processes"] == kept["cluster"]
    assert len(set(told.values())) == 1
    done = changeflow("diff", "serial", "cluster", "--json", folder=place)
    assert (done.code, len({*done.json["digests"].values()})) == (0, 1)
    again = changeflow("verify", "cluster", "--dask", dask.address, folder=place)
    assert (again.code, f"DIGEST   {digests['serial'].pop()} of all runs" in again.out) == (0, True), again.out


def test_another_seed_has_another_digest(place: Path) -> None:
    found = set()
    for seed in ("1", "2"):
        words = ("--seed", seed, "--engine", "process", "--workers", "1", "--no-charts", "--replications", "2")
        assert changeflow("run", "tiny.toml", *words, "--out", f"seed{seed}", folder=place).code == 0
        done = changeflow("verify", f"seed{seed}", "--all", "--engine", "process", "--json", folder=place)
        assert done.json["digest"] == done.json["kept_digest"]
        found.add(done.json["digest"])
    told = changeflow("diff", "seed1", "seed2", "--json", folder=place).json
    assert len(found) == len({*told["digests"].values()}) == 2
    assert told["differs"] == ["seed 1 -> 2"]


def test_a_comparison_and_a_sizing_on_a_cluster_are_those_of_one_core(place: Path, dask: Cluster) -> None:
    commands = {
        "compare": ("tiny.toml", *ROUTES, "--replications", "12", "--seed", "3"),
        "size": ("sized.toml", "--quick", "--range", "stations.house.servers=1..3"),
    }
    for command, words in commands.items():
        found = []
        for name, *crew_words in (("serial", "--workers", "1"), ("cluster", "--dask", dask.address)):
            folder = f"{command}-{name}"
            how = ("--engine", "process", "--no-charts", "--json", "--out", folder)
            done = changeflow(command, *words, *crew_words, *how, folder=place)
            assert done.code == 0, done.err
            found.append((tables(place / folder), done.json | {"folder": "", "seconds": 0}))
        assert "runs.csv" in found[0][0]
        assert found[0] == found[1]


@pytest.mark.parametrize("command", ["run", "compare", "size", "verify"])
def test_an_address_where_nobody_answers(command: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it waits for an answer is left as it is in test_study_dask."""
    monkeypatch.setattr("changeflow.study.crews.dask.SECONDS_TO_ANSWER", 0.3)
    if command == "verify":
        words = ("run", "tiny.toml", "--replications", "2", "--engine", "process", "--no-charts", "--out", "whole")
        assert changeflow(*words, "--force", folder=place).code == 0
    model = {"size": "sized.toml", "verify": "whole"}.get(command, "tiny.toml")
    before = sorted(place.iterdir())
    done = changeflow(command, model, "--dask", "tcp://127.0.0.1:1", folder=place)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "found nobody who answers" in done.err
    assert sorted(place.iterdir()) == before
