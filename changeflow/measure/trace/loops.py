"""The inner loops of measuring a run, compiled: a run's many small arrays cost more in calls than in work."""

from __future__ import annotations

import math

from changeflow.engine.jit import borrowed, compiled, inlined
from changeflow.engine.shared.worktime import open_hours
from changeflow.engine.trace import BALKED, GIVEN_UP, RENEGED, TURNED_AWAY
from changeflow.measure.trace.tallies import APART, CENSORED, ENDED


@compiled
def summarise(ended, censored, shares, out):  # type: ignore[no-untyped-def]
    """Kaplan-Meier mean and quantiles of sorted times, of members that ended and of open ones; `out` is written.

    A row for each kind of time. out[r, 0], out[r, 1]: mean restricted to the largest time, and the share of members
    that take longer than that. out[r, 2 + 2k], out[r, 3 + 2k]: the time within which shares[k] is done and 0; where
    none is, the largest time and the share left. NaN and 0 without members. The same numbers as survival.Curve.
    """
    for row in range(out.shape[0]):
        summarise_one(ended[row], censored[row], shares, out[row])


@inlined
def summarise_one(ended, censored, shares, out):  # type: ignore[no-untyped-def]
    n, m = ended.shape[0], censored.shape[0]
    for k in range(out.shape[0]):
        out[k] = math.nan if k % 2 == 0 else 0.0
    if n + m == 0:
        return
    longer, before, mean, found = 1.0, 0.0, 0.0, 0
    i = j = 0
    while i + j < n + m:
        is_end = j == m or (i < n and ended[i] <= censored[j])
        time = ended[i] if is_end else censored[j]
        mean += longer * (time - before)
        before = time
        if is_end:
            longer *= 1.0 - 1.0 / (n + m - i - j)
            i += 1
        else:
            j += 1
        while found < shares.shape[0] and longer <= 1.0 - shares[found] + 1e-12:
            out[2 + 2 * found] = time
            found += 1
    out[0], out[1] = mean, longer
    for k in range(found, shares.shape[0]):
        out[2 + 2 * k], out[3 + 2 * k] = before, longer


@inlined
def group_of(visit, stations, groups):  # type: ignore[no-untyped-def]
    """The group of the server of a visit."""
    g = stations[visit["station"]]["first_group"]
    while groups[g]["servers"] >= 0 and visit["server"] >= groups[g]["first_number"] + groups[g]["servers"]:
        g += 1
    return groups[g]


@compiled
def work_done(  # type: ignore[no-untyped-def]
    visits, stations, groups, opens, closes, before, begin, turn, end, horizon, first, second
):
    """Working hours on each visit in [begin, turn) and in [turn, end), by its server's calendar and availability."""
    visits, stations, groups = borrowed(visits), borrowed(stations), borrowed(groups)
    opens, closes, before = borrowed(opens), borrowed(closes), borrowed(before)
    for i in range(visits.shape[0]):
        first[i] = second[i] = 0.0
        started, finished = visits[i]["started"], visits[i]["finished"]
        if math.isnan(started):
            continue
        if math.isnan(finished):
            finished = horizon
        low, high = min(max(started, begin), end), min(max(finished, begin), end)
        if high <= low:
            continue
        group = group_of(visits[i], stations, groups)
        calendar, size = group["calendar"], group["intervals"]
        at_low = open_hours(opens, closes, before, calendar, size, low)
        at_high = open_hours(opens, closes, before, calendar, size, high)
        at_turn = at_high if high <= turn else at_low
        if low < turn < high:
            at_turn = open_hours(opens, closes, before, calendar, size, turn)
        first[i] = (at_turn - at_low) / group["hours_per_work_hour"]
        second[i] = (at_high - at_turn) / group["hours_per_work_hour"]


@compiled
def queue_waits(  # type: ignore[no-untyped-def]
    visits, stations, opens, closes, before, horizon, clock, working, stay, known
):
    """Time in queue of each visit so far, in clock hours and in its station's open hours, with its time in hand too.

    `known`: whether the wait is over, goes on (or never led to work), or the visit never joined the queue.
    """
    visits, stations, opens, closes = borrowed(visits), borrowed(stations), borrowed(opens), borrowed(closes)
    before = borrowed(before)
    for i in range(visits.shape[0]):
        clock[i] = working[i] = stay[i] = 0.0
        known[i] = APART
        joined, started, finished = visits[i]["joined"], visits[i]["started"], visits[i]["finished"]
        if math.isnan(joined):
            continue
        known[i] = CENSORED if math.isnan(started) else ENDED
        gone = horizon if math.isnan(finished) else finished
        stay[i] = gone - joined
        left = gone if math.isnan(started) else started
        clock[i] = left - joined
        if left > joined:
            station = stations[visits[i]["station"]]
            first, size = station["calendar"], station["intervals"]
            working[i] = open_hours(opens, closes, before, first, size, left) - open_hours(
                opens, closes, before, first, size, joined
            )


@inlined
def is_in_order(row):  # type: ignore[no-untyped-def]
    """Does a visit enter, join, start and finish in this order, with nothing known after something unknown?"""
    entered, joined, started, finished = row["entered"], row["joined"], row["started"], row["finished"]
    if math.isnan(entered):
        return False
    if row["outcome"] in (RENEGED, BALKED, TURNED_AWAY, GIVEN_UP):  # without work
        return math.isnan(started) and finished >= (entered if math.isnan(joined) else joined)
    if not (joined >= entered or (math.isnan(joined) and math.isnan(started))):
        return False
    if not (started >= joined or (math.isnan(started) and math.isnan(finished))):
        return False
    return finished >= started or math.isnan(finished)


@compiled
def check_rows(requests, visits, end, outcomes, stay, wait):  # type: ignore[no-untyped-def]
    """Count requests by outcome and add up, by station, the hours that visits were there, and waited there, to `end`.

    Returns how many requests have not closed, and whether all visits are in order.
    """
    requests, visits, stay, wait = borrowed(requests), borrowed(visits), borrowed(stay), borrowed(wait)
    unclosed, in_order = 0, True
    for i in range(requests.shape[0]):
        outcomes[requests[i]["outcome"]] += 1
        unclosed += math.isnan(requests[i]["closed"])
    for i in range(visits.shape[0]):
        row = visits[i]
        in_order = in_order and is_in_order(row)
        joined = row["joined"]
        if not math.isnan(joined):
            left, started = row["finished"], row["started"]
            left = end if math.isnan(left) else left
            stay[row["station"]] += left - joined
            wait[row["station"]] += (left if math.isnan(started) else started) - joined
    return unclosed, in_order
