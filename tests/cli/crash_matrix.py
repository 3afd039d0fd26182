"""`python -m tests.cli.crash_matrix [TRIES]`: a study stopped in every way; what was lost, what doubled.

lost: runs that were told to be kept and are not there. duplicated: runs that are there twice. wrong: studies that,
gone on with to their end, differ in a byte from the one that nobody stopped.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .program import changeflow
from .study_files import QUIET, rows, tables
from .test_study_crash import RUNS, WORDS, cut, start, told, workers_of, write

SHOWN = "{:<44} {:>5} {:>6} {:>5} {:>10} {:>6}"


@dataclass
class Count:
    """What became of one kind of fault."""

    fault: str
    tries: int = 0
    told: int = 0
    lost: int = 0
    duplicated: int = 0
    wrong: int = 0


@dataclass
class Bench:
    """A folder in which a study is stopped, beside the one that nobody stopped."""

    folder: Path
    chance: random.Random
    seconds: float = 0.0
    """That the undisturbed study takes."""

    @property
    def mine(self) -> Path:
        return self.folder / "mine"

    def prepare(self) -> None:
        write(self.folder)
        began = time.monotonic()
        words = ("study", "study.toml", *QUIET, "--engine", "process", "--out", "whole")
        assert changeflow(*words, folder=self.folder).code == 0
        self.seconds = time.monotonic() - began

    def try_once(self, count: Count, fault: Callable[[Bench], int]) -> None:
        """Stop it once; the next try goes on in the same folder until there is nothing left to do."""
        before = len(self.there()) if self.mine.exists() else 0
        said = max(fault(self), before if fault not in LOSERS else 0)
        there = self.there()
        count.tries += 1
        count.told += said
        count.lost += max(0, said - len(there))
        count.duplicated += len(there) - len(set(there))
        if fault in LOSERS or len(there) >= RUNS or count.tries % 5 == 0:
            count.wrong += not self.ends_well()
            self.clear()

    def there(self) -> list[tuple[str, int]]:
        """Keys and replications in a copy of the store, for reading it would mend it."""
        copy = self.folder / "copy"
        subprocess.run(["rm", "-rf", str(copy)], check=True)
        if not (self.mine / "study.sqlite").exists():
            return []
        shutil.copytree(self.mine, copy)
        with contextlib.closing(sqlite3.connect(copy / "study.sqlite")) as sql:
            if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchone():
                return []  # stopped, or cut off, before there were tables
            return sql.execute("SELECT key, replication FROM runs JOIN cells ON cell = cells.id").fetchall()

    def ends_well(self) -> bool:
        done = changeflow("study", "study.toml", *WORDS, "--workers", "1", folder=self.folder)
        whole = self.folder / "whole"
        return done.code == 0 and rows(self.mine) == rows(whole) and tables(self.mine) == tables(whole)

    def clear(self) -> None:
        subprocess.run(["rm", "-rf", str(self.mine), str(self.folder / "copy")], check=True)


def last_told(process: subprocess.Popen[str]) -> int:
    """The last number of kept runs that a process told before its end."""
    _, err = process.communicate(timeout=120)
    return max([0, *(json.loads(line)["done"] for line in err.splitlines() if line.startswith("{"))])


def kill_at_once(bench: Bench, workers: str) -> int:
    process = start(bench.folder, "--workers", workers)
    time.sleep(bench.chance.uniform(0.1, bench.seconds + 2.0))
    os.killpg(process.pid, signal.SIGKILL)
    return last_told(process)


def kill_while_it_writes(bench: Bench) -> int:
    """After its first word, so that there is something to lose."""
    process = start(bench.folder, "--workers", "1")
    least = told(process)
    time.sleep(bench.chance.uniform(0, 0.7))
    os.killpg(process.pid, signal.SIGKILL)
    return max(least, last_told(process))


def stop(bench: Bench, number: signal.Signals) -> int:
    process = start(bench.folder, "--workers", "2")
    time.sleep(bench.chance.uniform(0.5, bench.seconds + 2.0))
    process.send_signal(number)
    return last_told(process)


def out_of_time(bench: Bench) -> int:
    return last_told(start(bench.folder, "--workers", "1", "--time-limit", f"{bench.chance.uniform(0.1, 2):.2f}s"))


def kill_a_worker(bench: Bench) -> int:
    process = start(bench.folder, "--workers", "2")
    least = told(process)
    for worker in workers_of(process.pid)[:1]:
        os.kill(worker, signal.SIGKILL)
    return max(least, last_told(process))


def full_disk(bench: Bench) -> int:
    return last_told(start(bench.folder, "--workers", "1", limit=bench.chance.randrange(250_000, 700_000)))


def cut_the_log(bench: Bench) -> int:
    """A power cut: what was told may be gone with the end of the log, so nothing counts as told."""
    kill_while_it_writes(bench)
    log = bench.mine / "study.sqlite-wal"
    if log.exists():
        cut(log, bench.chance.uniform(0, 1))
    return 0


def spoil_the_log(bench: Bench) -> int:
    said = kill_while_it_writes(bench)
    log = bench.mine / "study.sqlite-wal"
    if log.exists():
        with log.open("ab") as out:
            out.write(bench.chance.randbytes(10_000))
    return said


def second_process(bench: Bench) -> int:
    """It must be refused; the first one is killed then."""
    process = start(bench.folder, "--workers", "1")
    least = told(process)
    process.send_signal(signal.SIGSTOP)
    other = start(bench.folder, "--workers", "1")
    other.communicate(timeout=120)
    assert other.returncode == 2, "a second process was let in"
    process.send_signal(signal.SIGCONT)
    return max(least, last_told(process))


LOSERS = {cut_the_log}
FAULTS: dict[str, tuple[Callable[[Bench], int], float]] = {
    "kill -9 at a random instant, 1 worker": (lambda bench: kill_at_once(bench, "1"), 1.0),
    "kill -9 at a random instant, 2 processes": (lambda bench: kill_at_once(bench, "2"), 0.25),
    "kill -9 while runs are written": (kill_while_it_writes, 0.5),
    "SIGTERM at a random instant": (lambda bench: stop(bench, signal.SIGTERM), 0.25),
    "Ctrl-C at a random instant": (lambda bench: stop(bench, signal.SIGINT), 0.25),
    "time limit": (out_of_time, 0.25),
    "a worker process killed": (kill_a_worker, 0.25),
    "disk full": (full_disk, 0.25),
    "write-ahead log cut off (power cut)": (cut_the_log, 0.25),
    "rubbish after the write-ahead log": (spoil_the_log, 0.25),
    "a second process on the folder": (second_process, 0.15),
}
"""Name -> what is done, and how many tries for one of the first kind."""


def matrix(tries: int) -> list[Count]:
    """Every fault; prints a line as each is done."""
    print(SHOWN.format("fault", "tries", "told", "lost", "duplicated", "wrong"), flush=True)
    found = []
    with tempfile.TemporaryDirectory(prefix="changeflow-crash-") as folder:
        bench = Bench(Path(folder), random.Random(1))
        bench.prepare()
        for name, (fault, share) in FAULTS.items():
            count = Count(name)
            for _ in range(max(3, round(share * tries))):
                bench.try_once(count, fault)
            if bench.mine.exists():
                count.wrong += not bench.ends_well()
                bench.clear()
            row = SHOWN.format(name, count.tries, count.told, count.lost, count.duplicated, count.wrong)
            print(row, flush=True)
            found.append(count)
    return found


if __name__ == "__main__":
    done = matrix(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    sys.exit(any(one.lost or one.duplicated or one.wrong for one in done))
