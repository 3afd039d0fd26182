"""Counts and sums over the rows of one run, compiled: who is measured, what was worked, who is open."""

from __future__ import annotations

import math

from changeflow.engine.jit import borrowed, compiled
from changeflow.engine.tables.station import RESUME
from changeflow.engine.trace import DEFECT, DELIVERED, DONE, INTERRUPTED, REFUSED, REWORK, WITHDRAWN

APART, ENDED, CENSORED = 0, 1, 2
"""What is known of a time: it does not count, it is known to its end, it is known so far."""


@compiled
def find_cohort(requests, visits, of_others, begin, end, rows, places, members):  # type: ignore[no-untyped-def]
    """Rows of our own roots that arrived in [begin, end), places of their visits and whose they are; how many of each.

    `members` serves as scratch for requests first, so it has room for either.
    """
    requests, visits, rows, members = borrowed(requests), borrowed(visits), borrowed(rows), borrowed(members)
    member_of, known = members[visits.shape[0] :], 0
    for i in range(requests.shape[0]):
        row = requests[i]
        member_of[i] = -1
        if begin <= row["arrived"] < end and row["parent"] < 0 <= row["source"] and not of_others[row["source"]]:
            member_of[i] = known
            rows[known] = i
            known += 1
    seen = 0
    for i in range(visits.shape[0]):
        member = member_of[visits[i]["request"]]
        if member >= 0:
            places[seen], members[seen] = i, member
            seen += 1
    return known, seen


@compiled
def sums_by_group(times, groups, known, sums, ended, censored):  # type: ignore[no-untyped-def]
    """Add up the times known to their end, and count those and the others, by group."""
    for i in range(times.shape[0]):
        if known[i] == ENDED:
            sums[groups[i]] += times[i]
            ended[groups[i]] += 1
        elif known[i] == CENSORED:
            censored[groups[i]] += 1


@compiled
def first_starts(members, visits, first):  # type: ignore[no-untyped-def]
    """The time at which work on each member began first; NaN stays where it never did."""
    visits = borrowed(visits)
    for i in range(visits.shape[0]):
        started, member = visits[i]["started"], members[i]
        if not math.isnan(started) and not first[member] <= started:
            first[member] = started


@compiled
def book(  # type: ignore[no-untyped-def]
    requests, visits, of_others, paces, prices, by_vendor, before, after, begin, arriving, busy, labour
):
    """Everything that is counted from `begin` on; returns our own requests that arrived, were done, were lost.

    arriving, busy: working hours that came, and that were worked, by station; work not started yet counts at the
    pace of those who may do it. labour[4 x after completion + 2 x by the vendor + repair]: the price of the hours
    worked for us, before and after completion; labour[8], labour[9]: hours worked in repairs (repeated passes, and
    requests that a defect made), and in all.
    """
    requests, visits, before, after = borrowed(requests), borrowed(visits), borrowed(before), borrowed(after)
    arrived = done = lost = 0
    for i in range(requests.shape[0]):
        row = requests[i]
        if not of_others[row["source"]]:
            arrived += row["source"] >= 0 and row["arrived"] >= begin
            if row["closed"] >= begin:
                done += row["outcome"] == DONE
                lost += row["outcome"] == REFUSED or row["outcome"] == WITHDRAWN
    for i in range(visits.shape[0]):
        row = visits[i]
        station, request = row["station"], requests[row["request"]]
        again = row["attempt"] > 1 or request["cause"] == DEFECT
        if row["entered"] >= begin:
            pace = paces[station, request["category"]] if math.isnan(row["started"]) else 1.0
            arriving[station] += row["work_hours"] / pace
        worked = before[i] + after[i]
        busy[station] += worked
        labour[9] += worked
        if again:
            labour[8] += worked
        if not of_others[request["source"]]:
            account = 2 * by_vendor[station] + again
            labour[account] += before[i] * prices[station]
            labour[4 + account] += after[i] * prices[station]
    return arrived, done, lost


@compiled
def reference_hours(  # type: ignore[no-untyped-def]
    requests, visits, of_others, stations, groups, speeds, categories, delivers, begin
):
    """Reference hours of change that our requests done from `begin` on were given at first attempts.

    Repeated passes and requests that a defect made give nothing new. delivers: by station, whether its work is
    change. An interrupted stay counts where its work is not done again.
    """
    requests, visits, stations, groups = borrowed(requests), borrowed(visits), borrowed(stations), borrowed(groups)
    hours = 0.0
    for i in range(visits.shape[0]):
        row = visits[i]
        request, station = requests[row["request"]], stations[row["station"]]
        if row["attempt"] > 1 or request["outcome"] != DONE or request["closed"] < begin or math.isnan(row["started"]):
            continue
        if of_others[request["source"]] or request["cause"] == DEFECT or not delivers[row["station"]]:
            continue
        if row["outcome"] == INTERRUPTED and station["interrupted"] != RESUME:
            continue
        g = station["first_group"]
        while groups[g]["servers"] >= 0 and row["server"] >= groups[g]["first_number"] + groups[g]["servers"]:
            g += 1
        hours += row["work_hours"] * station["speed"] * speeds[g * categories + request["category"]]
    return hours


@compiled
def requests_by_cause(requests, of_others, begin, asked):  # type: ignore[no-untyped-def]
    """Count our own requests that arrive from `begin` on, by cause."""
    requests = borrowed(requests)
    for i in range(requests.shape[0]):
        row = requests[i]
        if row["source"] >= 0 and row["arrived"] >= begin and not of_others[row["source"]]:
            asked[row["cause"]] += 1


@compiled
def deliveries_by_error(requests, visits, of_others, judged, begin, counts):  # type: ignore[no-untyped-def]
    """Count our deliveries from `begin` on by judged station and kind of error; returns how many errors escape."""
    requests, visits, escaped = borrowed(requests), borrowed(visits), 0
    for i in range(visits.shape[0]):
        row = visits[i]
        over = row["outcome"] == DELIVERED or row["outcome"] == REWORK
        if not over or not judged[row["station"]] or not row["finished"] >= begin:
            continue
        if not of_others[requests[row["request"]]["source"]]:
            counts[row["station"], row["error"]] += 1
            escaped += row["error"] > 0 and row["outcome"] == DELIVERED
    return escaped


@compiled
def mean_open(arrived, closed, edges, width, out):  # type: ignore[no-untyped-def]
    """Mean number open between sorted edges `width` apart, from sorted times.

    The request hours open until t are the sum of max(t - m, 0) over arrivals m, less that over times of closing.
    """
    came, went, sum_came, sum_went, until = 0, 0, 0.0, 0.0, 0.0
    for i in range(edges.shape[0]):
        while came < arrived.shape[0] and arrived[came] <= edges[i]:
            sum_came += arrived[came]
            came += 1
        while went < closed.shape[0] and closed[went] <= edges[i]:
            sum_went += closed[went]
            went += 1
        before, until = until, (came * edges[i] - sum_came) - (went * edges[i] - sum_went)
        if i > 0:
            out[i - 1] = (until - before) / width


@compiled
def most_open(arrived, closed, begin, end):  # type: ignore[no-untyped-def]
    """The largest number open at a time in [begin, end), from sorted times; who closes at an instant is gone then."""
    most, went, came = 0, 0, 0
    while came < arrived.shape[0] and arrived[came] <= begin:
        came += 1
    time = begin
    while time < end:
        while came < arrived.shape[0] and arrived[came] <= time:
            came += 1
        while went < closed.shape[0] and closed[went] <= time:
            went += 1
        most = max(most, came - went)
        if came == arrived.shape[0]:
            break
        time = arrived[came]
    return most
