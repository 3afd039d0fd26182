"""`size` against Erlang's formula: `python -m tests.theory.staffing` prints exact and found staff of M/M/c cases.

With `--repeat N` one case is sized N times with other seeds: how often is what is said to meet the target truly enough?
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from changeflow.study.scenarios.plan import Plan
from changeflow.study.sizing.size import size

from .test_sizing import queue, smallest_at, started_within

CASES = ((1.0, 0.5, 0.9), (4.0, 0.5, 0.9), (4.0, 0.2, 0.97), (8.0, 0.5, 0.9), (20.0, 0.25, 0.9))
"""Load in Erlangs, hours, share that must have started."""
DAYS, RUNS = 60.0, 40


def sized(load: float, hours: float, share: float, seed: int) -> tuple[float | None, str]:
    """The answer, and what it is called."""
    target = f"started_within = {{ hours = {hours}, share = {share} }}"
    model = queue(target, int(load) + 1, days=DAYS, runs=RUNS, rate=load)
    found = size(Plan.of({"today": model}, engine="compiled", seed=seed, workers=2))
    answer = found.family.answer
    return (answer.values["stations.desk.servers"] if answer else None), found.family.kind


def rows() -> Iterator[str]:
    """Markdown, a line a case."""
    yield "| load | target | exact | found | share at exact | one fewer |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for load, hours, share in CASES:
        exact = smallest_at(load, hours, share)
        answer, kind = sized(load, hours, share, seed=1)
        said = kind if answer is None else f"{answer:g}"
        shares = [f"{started_within(load, servers, hours):.4f}" for servers in (exact, exact - 1)]
        yield f"| {load:g} | {share:.0%} within {hours:g} h | {exact} | {said} | {shares[0]} | {shares[1]} |"


def kept(repeat: int) -> str:
    """How often the promise holds, and how often the answer is the exact one, at load 4."""
    exact, answers = smallest_at(4.0, 0.5, 0.9), [sized(4.0, 0.5, 0.9, seed)[0] for seed in range(100, 100 + repeat)]
    true = sum(answer is None or answer >= exact for answer in answers)
    return (
        f"{true} of {repeat} promises true (at least 95 % promised), {answers.count(exact)} of {repeat} answers exact"
    )


if __name__ == "__main__":
    if "--repeat" in sys.argv:
        print(kept(int(sys.argv[sys.argv.index("--repeat") + 1])))
    else:
        for line in rows():
            print(line, flush=True)
