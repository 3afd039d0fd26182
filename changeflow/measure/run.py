"""All measures of one run."""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.money.ledger import completion_time, ledger, present_values, waiting_cost
from changeflow.measure.records import Floats, RunMeasures
from changeflow.measure.trace.adoption import adoption_measures, cost_by_fate
from changeflow.measure.trace.backlog import Backlog, clear_day, completion_day
from changeflow.measure.trace.capacity import hours_on_duty
from changeflow.measure.trace.checks import check_ledger, check_trace
from changeflow.measure.trace.mistakes import error_ratios
from changeflow.measure.trace.people import people_measures
from changeflow.measure.trace.special import overtime, reasons
from changeflow.measure.trace.tallies import book, first_starts, reference_hours
from changeflow.measure.trace.times import Cohort, time_measures
from changeflow.measure.trace.window import Window
from changeflow.model.targets import Within


def measure_run(window: Window, trace: Trace, *, times: bool = True) -> RunMeasures:
    """Fold a trace into numbers, after checking the laws that it must obey; on request without `time_measures`."""
    check_trace(trace)
    cohort = Cohort.of(window, trace)
    found = list(time_measures(window, trace, cohort)) if times else []
    values = {name: value for name, value, _ in found}
    at_least = {name: share for name, _, share in found if share > 0}
    ours = window.ours(trace.requests)
    backlog = Backlog.of(ours["arrived"], ours["closed"], window.start, window.end)
    daily = backlog.daily()
    values |= _backlog_measures(window, backlog, daily)
    complete = _completion(window, trace)
    values["completion_days"] = complete
    turn = completion_time(window, complete)
    worked = window.worked_around(trace.visits, window.begin, turn, window.end)
    (arriving, busy), labour = np.zeros((2, len(trace.stations))), np.zeros(10)
    arrived, done, lost = book(
        trace.requests, trace.visits, window.of_others, window.paces, window.prices, window.by_vendor, *worked,
        window.begin, arriving, busy, labour,
    )  # fmt: skip
    values["throughput_per_week"], values["arrived_requests"] = done / window.weeks, float(arrived)
    if any(window.tables.asks_beyond) or window.model.adoption.is_coupled:
        values["unasked_requests"] = float(trace.unasked)
    values |= people_measures(window, trace)
    values |= _loads(window, trace, arriving, busy)
    open_hours = values["backlog_requests"] * (window.end - window.begin)
    account = ledger(window, trace, turn, labour, waiting_cost(window, ours, open_hours), lost)
    check_ledger(account)
    values |= account
    mood, bounds = adoption_measures(window, trace)
    values |= mood
    values |= cost_by_fate(values)
    at_least |= bounds
    per_request = account["total_cost"], float(done - _repairs_done(window, ours))
    per_hour = _effective_price(window, trace, account)
    rework = (float(labour[8]), float(labour[9]))
    ratios = _ratios(window, cohort, rework, per_request, per_hour, error_ratios(window, trace))
    values |= {name: top / bottom if bottom else np.nan for name, (top, bottom) in ratios.items()}
    for name in ("backlog_clear_days", "completion_days"):
        if np.isnan(values[name]):  # not reached within the run
            values[name] = (window.end - window.start) / 24
            at_least[name] = 1.0
    rows = cohort.requests
    done, still_open = rows["outcome"] == t.DONE, rows["outcome"] == t.OPEN
    stayed, age = rows["closed"] - rows["arrived"], window.end - rows["arrived"]
    return RunMeasures(
        values=values,
        ratios=ratios,
        at_least=at_least,
        daily_backlog=daily,
        sojourn_days=stayed[done] / 24,
        open_days=age[still_open] / 24,
    )


def run_postings(window: Window, trace: Trace) -> Rows:
    """The ledger of a run, row by row; its sums are the accounts that measure_run gives."""
    return present_values(window, trace, completion_time(window, _completion(window, trace)))


def _backlog_measures(window: Window, backlog: Backlog, daily: np.ndarray) -> dict[str, float]:
    return {
        "backlog_requests": backlog.mean(window.begin, window.end),
        "peak_backlog_requests": backlog.peak(window.begin),
        "open_at_horizon_requests": float((backlog.closed >= window.end).sum()),
        "backlog_growth_per_week": backlog.growth_per_week(window.begin),
        "backlog_clear_days": clear_day(daily),
    }


def _repairs_done(window: Window, ours: Rows) -> int:
    """Requests that were done and only mended what was done before: no change is delivered by them."""
    if window.model.errors is None:
        return 0
    done = (ours["outcome"] == t.DONE) & (ours["closed"] >= window.begin)
    return int((done & (ours["cause"] == t.DEFECT)).sum())


def _completion(window: Window, trace: Trace) -> float:
    """Day on which the implementation counts as complete; NaN when not within the run."""
    fixed = window.model.costs.completion_day
    if fixed is not None:
        return fixed
    if not window.latent.any():
        return 0.0
    mine = window.latent[trace.requests["source"]]
    arrived, closed = trace.requests["arrived"][mine], trace.requests["closed"][mine]
    return completion_day(Backlog.of(arrived, closed, window.start, window.end).daily())


def _loads(window: Window, trace: Trace, arriving: Floats, busy: Floats) -> dict[str, float]:
    """Hours that came and hours worked, by station, against those there are."""
    values: dict[str, float] = {}
    capacity = window.capacity_hours
    if trace.staff or trace.called_off:
        capacity = hours_on_duty(window.tables, trace, np.array([window.begin, window.end]))[0]
    limited: list[tuple[float, float, float]] = []
    columns = (window.servers, capacity, arriving, busy)
    for name, servers, hours, came, given in zip(trace.stations, *(column.tolist() for column in columns)):
        endless = math.isnan(servers)
        values[f"offered_erlangs.{name}"] = came / (hours / (1.0 if endless else servers)) if hours else np.nan
        if not endless:
            values[f"utilisation.{name}"] = given / hours if hours else np.nan
            values[f"offered_load.{name}"] = came / hours if hours else np.nan
            limited.append((hours, came, given))
    values |= overtime(window, trace)
    if limited:
        hours, came, given = (sum(column) for column in zip(*limited, strict=True))
        values["utilisation"] = given / hours if hours else np.nan
        values["offered_load"] = came / hours if hours else np.nan
    return values


def _effective_price(window: Window, trace: Trace, account: dict[str, float]) -> tuple[float, float]:
    """What all work cost (invoices, in-house labour and the day job it displaced, repairs included), and the reference
    hours of change that it delivered. Waiting is left out: it is paid in another coin, and it has its own account."""
    layout = window.tables.layout
    hours = reference_hours(
        trace.requests, trace.visits, window.of_others, layout.stations, layout.groups, layout.speeds,
        len(window.tables.categories), window.delivers, window.begin,
    )  # fmt: skip
    return sum(account[name] for name in ("vendor_cost", "in_house_cost", "day_job_cost")), float(hours)


def _ratios(
    window: Window,
    cohort: Cohort,
    rework: tuple[float, float],
    cost: tuple[float, float],
    effective: tuple[float, float],
    errors: dict[str, tuple[float, float]],
) -> dict[str, tuple[float, float]]:
    """Ratio measures of the run; those of repeated work, and of cost, are known already."""
    outcome, visits = cohort.requests["outcome"], cohort.visits
    members = float(len(outcome))
    _, done, refused, withdrawn = np.bincount(outcome, minlength=4).tolist()
    ratios = {
        "rework_share": rework,
        "refused_share": (float(refused), members),
        "withdrawn_share": (float(withdrawn), members),
        "cost_per_closed_request": cost,
        "effective_price_per_reference_hour": effective,
    }
    ratios |= reasons(window, cohort)
    ratios |= errors
    if any(station.accepts for station in window.tables.stations):
        delivered = (visits["outcome"] == t.DELIVERED) | (visits["outcome"] == t.REWORK)
        tried = delivered & (visits["attempt"] > 0) & (outcome == t.DONE)[cohort.member_of_visit]
        ratios["attempts_per_request"] = (float(np.count_nonzero(tried)), float(done))
    met = _within_targets(window, cohort)
    if met is not None:
        watched = met[1]
        ratios["within_target_share"] = float(np.count_nonzero(met[0] & watched)), float(np.count_nonzero(watched))
    return ratios


def _within_targets(window: Window, cohort: Cohort) -> tuple[np.ndarray, np.ndarray] | None:
    """Members that met every timed target, and those that came early enough to have missed it.

    Open ones past the target, refused and withdrawn ones have missed it; of a member that came so late that
    the run ends before its target does nobody knows, so it is left out whatever became of it.
    """
    targets, rows = window.model.targets, cohort.requests
    if targets.started_within is None and targets.closed_within is None:
        return None
    met, watched = [], []
    end = np.array([window.end])
    if targets.started_within is not None:
        first = np.full(len(rows), np.nan)
        first_starts(cohort.member_of_visit, cohort.visits, first)
        met.append(_in_time(window, targets.started_within, cohort, first))
        watched.append(~_in_time(window, targets.started_within, cohort, end))
    if targets.closed_within is not None:
        closed = np.where(rows["outcome"] == t.DONE, rows["closed"], np.nan)
        met.append(_in_time(window, targets.closed_within, cohort, closed))
        watched.append(~_in_time(window, targets.closed_within, cohort, end))
    return np.logical_and.reduce(met), np.logical_and.reduce(watched)


def _in_time(window: Window, within: Within, cohort: Cohort, moment: np.ndarray) -> np.ndarray:
    """Had each member met the target at its moment, or at the one moment of all? NaN is never."""
    if within.working_days is not None:
        passed = window.office.open_hours_at(moment) - cohort.arrived_working
        limit = within.working_days * window.office_day_hours
    else:
        passed = moment - cohort.requests["arrived"]
        limit = within.hours if within.hours is not None else 24 * (within.days or 0.0)
    return np.asarray(passed <= limit + 1e-9)
