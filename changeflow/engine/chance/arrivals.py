"""Arrivals of all sources, merged in order of time, made in blocks by compiled code both engines call.

A source is a row: counted ones (Poisson, piecewise, renewal) draw gap after gap, listed ones (replayed logs,
misfits of go-live, requests open at the start) read a list. What event i draws depends on i alone.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.chance.copula import correlated
from changeflow.engine.chance.draws import ATTRIBUTES, GAP, NO_STAGE, QUALITY, WORK, fill_pairs, fill_run
from changeflow.engine.chance.quantiles import quantile
from changeflow.engine.jit import borrowed, compiled, inlined

BLOCK = 1024
CONSTANT, PIECEWISE, RENEWAL, LISTED = range(4)

SOURCE = np.dtype(
    [
        ("kind", "i8"),
        ("code", "i8"),  # number in the file, -1: open at the start
        ("key", "u8"),
        ("rate", "f8"),  # constant: arrivals per clock hour; piecewise, renewal: factor on the rate
        ("gap_law", "i8"),
        ("batch_law", "i8"),
        ("category", "i8"),  # -1: drawn
        ("first", "i8"),  # into the pool of lists, or of edges
        ("size", "i8"),
        ("passed", "f8"),  # piecewise: cumulated rate at the start of the run
        ("sum", "f8"),  # of the gaps so far
        ("event", "i8"),  # events drawn so far
        ("left", "i8"),  # requests of the present event still to come
        ("index", "i8"),  # requests emitted so far
        ("time", "f8"),  # of the next request
    ]
)
ARRIVAL = np.dtype(
    [
        ("arrived", "f8"),
        ("key", "u8"),
        ("source", "i8"),
        ("category", "i8"),
        ("difficulty", "f8"),
        ("quality", "f8"),
    ]
)
LISTED_ROW = np.dtype([("time", "f8"), ("index", "i8"), ("category", "i8")])


@inlined
def _piecewise_time(edges, heights, first, size, mass):  # type: ignore[no-untyped-def]
    """Clock time at which the cumulated rate reaches `mass`: exact inversion (Cinlar 1975, chapter 4)."""
    low, high = first + 1, first + size
    while low < high:  # the first height that is not below the mass
        middle = (low + high) // 2
        if heights[middle] < mass:
            low = middle + 1
        else:
            high = middle
    if low == first + size:
        return math.inf
    i = low - 1
    return edges[i] + (mass - heights[i]) / (heights[i + 1] - heights[i]) * (edges[i + 1] - edges[i])


@inlined
def _next_event(source, first, start, run_key, gaps, sizes, rows, pool, edges, heights):  # type: ignore[no-untyped-def]
    """Draw the next event of a counted source; its uniforms come in blocks, which lie from `first` on."""
    position, last = first + source["event"] % BLOCK, first + BLOCK
    if position == first:
        fill_run(run_key, source["key"], source["event"], GAP, gaps[first:last], sizes[first:last])
    if source["gap_law"] < 0:
        gap = -math.log1p(-gaps[position])
    else:
        gap = quantile(rows, pool, source["gap_law"], gaps[position])
    source["sum"] += gap
    source["event"] += 1
    source["left"] = 1
    if source["batch_law"] >= 0:
        source["left"] = int(quantile(rows, pool, source["batch_law"], sizes[position]))
    passed = source["sum"] / source["rate"]
    if source["kind"] == PIECEWISE:  # the time change of a process whose cumulated rate is `rate` times the heights
        source["time"] = _piecewise_time(edges, heights, source["first"], source["size"], source["passed"] + passed)
    else:
        source["time"] = start + passed


@compiled
def begin(sources, listed, start, run_key, gaps, sizes, rows, pool, edges, heights):  # type: ignore[no-untyped-def]
    """Find the first request of every source; gaps and sizes hold a block for each."""
    sources, listed, gaps, sizes = borrowed(sources), borrowed(listed), borrowed(gaps), borrowed(sizes)
    for s in range(sources.shape[0]):
        if sources[s]["kind"] == LISTED:
            _next_listed(sources[s], listed)
        else:
            _next_event(sources[s], s * BLOCK, start, run_key, gaps, sizes, rows, pool, edges, heights)


@inlined
def _next_listed(source, listed):  # type: ignore[no-untyped-def]
    if source["left"] < source["size"]:
        source["time"] = listed[source["first"] + source["left"]]["time"]
    else:
        source["time"] = math.inf


@compiled
def produce(  # type: ignore[no-untyped-def]
    out, keys, sources, listed, start, end, run_key, gaps, sizes, rows, pool, edges, heights
):
    """Write the next requests before `end` in order of time, source, index; returns how many."""
    out, keys, sources, listed = borrowed(out), borrowed(keys), borrowed(sources), borrowed(listed)
    gaps, sizes, rows, pool = borrowed(gaps), borrowed(sizes), borrowed(rows), borrowed(pool)
    edges, heights = borrowed(edges), borrowed(heights)
    count = 0
    while count < out.shape[0]:
        best = 0
        for s in range(1, sources.shape[0]):
            if sources[s]["time"] < sources[best]["time"]:
                best = s
        source = sources[best]
        if not source["time"] < end:
            break
        out[count]["arrived"] = source["time"]
        out[count]["source"] = source["code"]
        out[count]["category"] = source["category"]
        if source["kind"] == LISTED:
            row = listed[source["first"] + source["left"]]
            keys[count] = source["key"] | np.uint64(row["index"])
            if row["category"] >= 0:
                out[count]["category"] = row["category"]
            source["left"] += 1
            _next_listed(source, listed)
        else:
            keys[count] = source["key"] | np.uint64(source["index"])
            source["index"] += 1
            source["left"] -= 1
            while source["left"] == 0 and source["time"] < end:
                _next_event(source, best * BLOCK, start, run_key, gaps, sizes, rows, pool, edges, heights)
        count += 1
    return count


@compiled
def _correlate(out, count, keys, run_key, correlation, work_stage, sizes, difficulties, unused):  # type: ignore[no-untyped-def]
    """Replace the uniforms of difficulties in categories where they correlate with size."""
    found = False
    for category in range(correlation.shape[0]):
        found = found or correlation[category] != 0.0
    if not found:
        return
    fill_pairs(run_key, keys[:count], work_stage, WORK, 0, sizes, unused)
    for i in range(count):
        strength = correlation[out[i]["category"]]
        if strength != 0.0:
            difficulties[i] = correlated(sizes[i], difficulties[i], strength)


@compiled
def attributes(  # type: ignore[no-untyped-def]
    out, count, keys, run_key, shares, difficulty_law, correlation, work_stage, quality_law, quality_shift, rows, pool,
    first, second, third
):  # fmt: skip
    """Category, difficulty and specification quality of the first `count` requests of a block.

    Difficulty may correlate with size: with the luck of the first pass at `work_stage`.
    """
    out, rows, pool, shares = borrowed(out), borrowed(rows), borrowed(pool), borrowed(shares)
    fill_pairs(run_key, keys[:count], NO_STAGE, ATTRIBUTES, 0, first, second)
    for i in range(count):
        request = out[i]
        request["key"] = keys[i]
        if request["category"] < 0:
            category = 0
            while category < shares.shape[0] - 1 and first[i] >= shares[category]:
                category += 1
            request["category"] = category
    _correlate(out, count, keys, run_key, correlation, work_stage, first, second, third)
    for i in range(count):
        request = out[i]
        law = difficulty_law[request["category"]]
        request["difficulty"] = second[i] if law < 0 else quantile(rows, pool, law, second[i])
        request["quality"] = math.nan
    has_quality = False
    for category in range(quality_law.shape[0]):
        has_quality = has_quality or quality_law[category] >= 0
    if has_quality:
        fill_pairs(run_key, keys[:count], NO_STAGE, QUALITY, 0, first, second)
        for i in range(count):
            law = quality_law[out[i]["category"]]
            if law >= 0:
                out[i]["quality"] = quantile(rows, pool, law, first[i])
                if quality_shift != 0.0:
                    out[i]["quality"] = min(max(out[i]["quality"] + quality_shift, 0.0), 1.0)
