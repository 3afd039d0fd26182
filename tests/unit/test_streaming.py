"""Streaming is the same kernel with folds: the same rows, in memory that does not grow."""

from __future__ import annotations

import resource
import subprocess
import sys

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.simulate import simulate, stream
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Rows
from changeflow.measure.trace.streaming import BINS_PER_OCTAVE, StreamingMeasures, Tally
from changeflow.model.reading import read_model

BIN = 2 ** (1 / BINS_PER_OCTAVE)


@pytest.mark.parametrize("name", ["mmc", "partly_open", "open_platform"])
def test_a_stream_holds_the_very_rows_of_the_trace(name: str) -> None:
    tables = compile_tables(read_model(name))
    requests, visits = list[Rows](), list[Rows]()

    def keep(some: Rows, more: Rows) -> None:
        requests.append(some.copy())
        visits.append(more.copy())

    stream(tables, keep, seed=4, replication=1)
    whole = simulate(tables, seed=4, replication=1, engine="compiled")
    found = np.concatenate(requests)
    assert found[np.argsort(found["number"])].tobytes() == whole.requests.tobytes()
    assert np.concatenate(visits).tobytes() == whole.visits.tobytes()


@pytest.mark.parametrize("name", ["mmc", "partly_open", "open_platform"])
def test_folds_agree_with_the_whole_trace(name: str) -> None:
    """Counts and means exactly, quantiles within their bin, at every station."""
    tables = compile_tables(read_model(name))
    begin, names = tables.start + 240.0, tuple(table.name for table in tables.stations)
    fold = StreamingMeasures(begin=begin, end=tables.end, stations=names)
    stream(tables, fold, seed=2, replication=0)
    whole = simulate(tables, seed=2, replication=0, engine="compiled")
    rows, visits = whole.requests, whole.visits
    done = (rows["outcome"] == t.DONE) & (rows["arrived"] >= begin)
    assert done.sum() > 100
    _same_tally(fold.sojourn_hours, (rows["closed"] - rows["arrived"])[done])
    started = (visits["joined"] >= begin) & ~np.isnan(visits["started"])
    for number, station in enumerate(names):
        here = started & (visits["station"] == number)
        _same_tally(fold.visit_wait_hours[station], (visits["started"] - visits["joined"])[here])
    assert fold.closed + fold.still_open == len(rows)
    until = np.where(np.isnan(rows["closed"]), tables.end, rows["closed"])
    open_hours = np.maximum(until - np.maximum(rows["arrived"], begin), 0.0).sum()
    assert fold.backlog_requests == pytest.approx(open_hours / (tables.end - begin))


def _same_tally(tally: Tally, values: np.ndarray) -> None:
    assert tally.count == len(values)
    if not len(values):
        return
    assert tally.mean == pytest.approx(values.mean())
    for p in (0.5, 0.9, 0.99):
        exact = np.quantile(values, p, method="inverted_cdf")
        assert tally.quantile(p) == exact or 1 / BIN < tally.quantile(p) / exact < BIN


def test_tallies_merge_to_what_one_would_hold() -> None:
    values = np.random.default_rng(3).lognormal(size=5000)
    one, first, second = Tally(), Tally(), Tally()
    one.add(values)
    first.add(values[:1234])
    second.add(values[1234:])
    first.merge(second)
    assert (first.count, first.bins.tolist()) == (one.count, one.bins.tolist())
    assert first.total == pytest.approx(one.total)
    assert Tally().quantile(0.5) != Tally().quantile(0.5)  # NaN without values


MEASURE = """
import resource, sys
from changeflow.engine.simulate import stream
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.trace.streaming import StreamingMeasures
from changeflow.model.reading import read_model
for days in (20, int(sys.argv[1])):
    tables = compile_tables(read_model("mmc", [f"horizon_days={days}"]))
    fold = StreamingMeasures(0.0, tables.end, ("desk",))
    stream(tables, fold, seed=1, replication=0)
    print(fold.closed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_requests() -> None:
    """Two hundred times the requests (some 770,000) in the same memory; kept rows would take 120 MB more."""
    assert resource.RUSAGE_SELF == 0
    done = subprocess.run([sys.executable, "-c", MEASURE, "4000"], capture_output=True, text=True, check=True)
    (few, before), (many, after) = (map(int, line.split()) for line in done.stdout.split("\n")[:2])
    assert many > 150 * few
    assert after - before < 20_000  # kB
