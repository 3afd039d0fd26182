"""Tidy tables from results: what charts are made of. pandas begins here, and only charts need it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from changeflow.measure.estimates.clusters import clustered_curve, clustered_quantile
from changeflow.measure.estimates.replications import curve_interval, quantile_interval
from changeflow.measure.estimates.survival import Curve
from changeflow.model.load.flow import flow_graph
from changeflow.present.words.plain import load_in_words, plain_name
from changeflow.study.estimates.evaluate import column
from changeflow.study.estimates.results import Results, ScenarioResult

MIDDLE = (0.1, 0.9)
CURVE_POINTS = 160
LONG_RUN_DAYS = 200
DAYS_PER_WEEK = 7
_FEW_MODELS_HAVE = ("hosting", "day_job", "training", "enforcement", "second_project", "write_off")
"""Accounts that are drawn only where something is in them."""


def backlog_frame(results: Results) -> pd.DataFrame:
    """Open requests by date: mean over runs and the band of the middle 80 % of runs."""
    parts = []
    for name, result in results.scenarios.items():
        daily = np.array([run.daily_backlog for run in result.runs])
        dates = pd.date_range(first_date(result), periods=daily.shape[1], freq="D")
        if daily.shape[1] > LONG_RUN_DAYS:
            dates, daily = dates[::DAYS_PER_WEEK][: daily.shape[1] // DAYS_PER_WEEK], _weekly(daily)
        low, high = np.quantile(daily, MIDDLE, axis=0)
        parts.append(
            pd.DataFrame({"date": dates, "scenario": name, "mean": daily.mean(axis=0), "low": low, "high": high})
        )
    return pd.concat(parts, ignore_index=True)


def _weekly(daily: np.ndarray) -> np.ndarray:
    """Weekly means: in a long run single days are noise."""
    weeks = daily.shape[1] // DAYS_PER_WEEK
    return np.asarray(daily[:, : weeks * DAYS_PER_WEEK].reshape(len(daily), weeks, DAYS_PER_WEEK).mean(axis=2))


def first_date(result: ScenarioResult) -> date:
    """The date on which the runs start."""
    return result.model.first_day + timedelta(hours=result.model.start_hours)


def backlog_marks(results: Results) -> list[tuple[date, str, str | None]]:
    """Go-live, today (where a run starts in mid-life) and the dates on which backlogs are back to normal."""
    first = results.first
    marks: list[tuple[date, str, str | None]] = []
    if first.model.start_hours > 0:
        marks.append((first_date(first), "today", None))
    else:
        marks.append((first.model.first_day, "go-live", None))
    for name, result in results.scenarios.items():
        clear = result.estimates.get("backlog_clear_days")
        if clear is not None and not clear.bound and not result.growing and result.load:
            marks.append((first_date(result) + timedelta(days=clear.mean), "clear", name))
    return marks


def time_to_done_frame(results: Results) -> pd.DataFrame:
    """Share of requests done within so many days: mean over runs and its interval."""
    closed = [run.sojourn_days for result in results.scenarios.values() for run in result.runs]
    longest = float(np.quantile(np.concatenate(closed), 0.995)) if any(len(one) for one in closed) else 1.0
    grid = np.concatenate([[0.0], np.geomspace(max(longest, 1e-6) / 1000, max(longest, 1e-6), CURVE_POINTS)])
    parts = []
    for name, result in results.scenarios.items():
        curves = np.array([_done_within(run.sojourn_days, run.open_days, grid) for run in result.runs])
        if np.isnan(curves).all():
            continue
        share, half = _curve(curves, result)
        low, high = np.clip(share - half, 0, 1), np.clip(share + half, 0, 1)
        parts.append(pd.DataFrame({"scenario": name, "days": grid, "share": share, "low": low, "high": high}))
    return with_all_names(pd.concat(parts, ignore_index=True), results) if parts else pd.DataFrame()


def with_all_names(frame: pd.DataFrame, results: Results) -> pd.DataFrame:
    """The frame that knows the configurations without rows too, so that each keeps its colour in every chart."""
    return frame.assign(scenario=pd.Categorical(frame["scenario"], categories=list(results.scenarios)))


def _curve(curves: np.ndarray, result: ScenarioResult) -> tuple[np.ndarray, np.ndarray]:
    """Mean and half-width, over organisations where they differ."""
    level, together = result.model.comparison.level, result.model.organisation.runs_together
    if together > 1:
        return clustered_curve(curves, together, level)
    return curve_interval(curves[~np.isnan(curves).any(axis=1)], level)


def _done_within(closed: np.ndarray, still_open: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Share done at each point of the grid; NaN for a run without a cohort."""
    curve = Curve.of(closed, still_open)
    if not len(curve.times):
        return np.full(len(grid), np.nan)
    place = np.searchsorted(curve.times, grid, side="right")
    return 1.0 - np.concatenate([[1.0], curve.share])[place]


def cost_frames(results: Results) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean cost by account, and the total with its half-width."""
    rows, totals = [], []
    rare = [name for name in _FEW_MODELS_HAVE if any(_spends(result, name) for result in results.scenarios.values())]
    for name, result in results.scenarios.items():
        mean = {measure: estimate.mean for measure, estimate in result.estimates.items()}
        accounts = {
            "adaptation": mean["cost_of_success"] - mean["cost_of_error"],
            "cost_of_error": mean["cost_of_error"],
            "in_house_labour": mean["ownership_in_house_cost"],
            "vendor_invoices": mean["ownership_vendor_cost"],
            "licence": mean["licence_cost"],
            **{account: mean[f"{account}_cost"] for account in rare},
            "waiting": mean["waiting_cost"],
            "unmet_need": mean["unmet_need_cost"],
            "open_liability": mean["open_liability_cost"],
        }
        rows += [{"scenario": name, "account": account, "cost": cost} for account, cost in accounts.items()]
        total = result.estimates["total_cost_with_undone"]
        totals.append({"scenario": name, "mean": total.mean, "half_width": total.half_width})
    return pd.DataFrame(rows), pd.DataFrame(totals)


def _spends(result: ScenarioResult, account: str) -> bool:
    return result.estimates[f"{account}_cost"].mean != 0


def spread_frames(results: Results, measure: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One measure over the runs (risk), its mean (error), and the 1-in-10 and 9-in-10 runs with intervals."""
    runs, summary = [], []
    for name, result in results.scenarios.items():
        if measure not in result.estimates:
            continue
        all_runs, together = column(result.runs, measure), result.model.organisation.runs_together
        values = all_runs[~np.isnan(all_runs)]
        estimate = result.estimates[measure]
        row = {"scenario": name, "mean": estimate.mean, "low": estimate.low, "high": estimate.high}
        for label, p in zip(("q10", "q90"), MIDDLE, strict=True):
            if together > 1:
                across = clustered_quantile(all_runs, p, together, estimate.level)
            else:
                across = quantile_interval(values, p, estimate.level)
            found = across or (np.nan, np.nan, np.nan)
            row |= {label: found[0], f"{label}_low": found[1], f"{label}_high": found[2]}
        summary.append(row)
        runs += [{"scenario": name, "value": value} for value in values]
    return with_all_names(pd.DataFrame(runs), results), with_all_names(pd.DataFrame(summary), results)


def network_of(result: ScenarioResult):  # type: ignore[no-untyped-def]
    """The request-flow network with what a drawing needs: layer, label, kind, load."""
    graph = flow_graph(result.model)
    layers = {"source": 0, "in_house": 1, "vendor": 1, "outcome": 3}
    loads = {load.station: load for load in result.load}
    stations = result.model.stations.values()
    testers = {station.acceptance.by for station in stations if station.acceptance}
    for name, node in graph.nodes(data=True):
        if node["load"] is not None:
            node["work"] = load_in_words(*loads[name].load)
            node["overloaded"] = loads[name].overloaded
        node["layer"] = 2 if name in testers else layers[node["kind"]]
        node["label"] = _label(result, name)
    return graph


def _label(result: ScenarioResult, name: str) -> str:
    station = result.model.stations.get(name)
    if station is None:
        source = result.model.demand.sources.get(name)
        return plain_name(name) + ("\n(other customers)" if source is not None and source.background else "")
    servers = sum(group.most_servers for group in result.model.groups(name).values())
    people = "unlimited" if station.servers == "infinite" else f"{servers}"
    return f"{plain_name(name)} ({people})"
