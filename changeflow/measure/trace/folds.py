"""The inner loops of streaming measures, compiled: sums and histograms over chunks of finished rows."""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.jit import borrowed, compiled, inlined
from changeflow.engine.trace import DONE


@inlined
def count_in(bins, value, bits, first, dropped):  # type: ignore[no-untyped-def]
    """One more value in its bin: the leading bits of the float."""
    bits[0] = value
    place = (bits.view(np.int64)[0] >> dropped) - first
    bins[min(max(place, 0), bins.shape[0] - 1)] += 1.0


@compiled
def fold_requests(requests, begin, end, bins, first, dropped, sums):  # type: ignore[no-untyped-def]
    """Times to done of those that arrived from `begin` on; `sums`: their count and total, open hours, still open."""
    requests, bins, sums, bits = borrowed(requests), borrowed(bins), borrowed(sums), np.empty(1)
    for i in range(requests.shape[0]):
        row = requests[i]
        arrived, until = row["arrived"], row["closed"]
        if math.isnan(until):
            until = end
            sums[3] += 1.0
        sums[2] += max(until - max(arrived, begin), 0.0)
        if row["outcome"] == DONE and arrived >= begin:
            sums[0] += 1.0
            sums[1] += until - arrived
            count_in(bins, until - arrived, bits, first, dropped)


@compiled
def fold_waits(visits, station, begin, bins, first, dropped):  # type: ignore[no-untyped-def]
    """Count and total of the waits at a station of those that joined from `begin` on and were started."""
    visits, bins, bits = borrowed(visits), borrowed(bins), np.empty(1)
    count, total = 0, 0.0
    for i in range(visits.shape[0]):
        row = visits[i]
        if row["station"] == station and row["joined"] >= begin and not math.isnan(row["started"]):
            wait = row["started"] - row["joined"]
            count += 1
            total += wait
            count_in(bins, wait, bits, first, dropped)
    return count, total
