"""The metric names of the reference cases as functions of one run."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from changeflow.engine.trace import DONE, REFUSED

from .reasons import Unsupported
from .translate import Setup
from .view import Floats, Mask, View

Metric = Callable[[View], float]
WAITS = 1e-9
"""A wait up to this is none."""
VARIANCE = re.compile(r"var_(count_total|N_[\d.]+)$")
AT_TIME = re.compile(r"(EN|EQ|P_empty|P_all_busy|P_idle)_([\d.]+)$")
COUNT = re.compile(r"count_(\d+)$")
QUANTILE = re.compile(r"(\w+)_q(\d+)$")
DISTRIBUTION = re.compile(r"P_(wait|Wq|W)_(le|gt)_([\d.]+)$")
WHOLE = {"W_total", "W_net", "W_all", "visits", "total_service"}


def metric(name: str, setup: Setup, kind: str) -> Metric:
    """The function of a metric's name; Unsupported when the name (or the model) leaves it open what is meant."""
    bare, place, category = _scope(name, setup)
    if kind == "transient":
        return _transient(bare, place, category, setup)
    return _Steady(name, bare, place, category, setup).function()


def last_time(names: list[str]) -> float:
    """The last time that metrics of a transient case ask about; 0 when they name none."""
    found = [re.search(r"_([\d.]+)$", name) for name in names if not COUNT.match(name)]
    return max((float(match[1]) for match in found if match), default=0.0)


def _scope(name: str, setup: Setup) -> tuple[str, int | None, int | None]:
    """The metric without the station's or class's name before it, and their numbers."""
    head, dot, rest = name.partition(".")
    if dot and head in setup.stations:
        return rest, setup.stations.index(head), None
    if dot and head in setup.classes:
        return rest, None, setup.classes.index(head)
    return name, None, None


def _rows(view: View, place: int | None, category: int | None) -> Mask:
    rows = np.ones(len(view.request), dtype=bool) if place is None else view.station == place
    return rows if category is None else rows & (view.category[view.request] == category)


def _transient(bare: str, place: int | None, category: int | None, setup: Setup) -> Metric:
    match = AT_TIME.match(bare)
    if match and setup.stations:
        _can_count(match[1], place, setup)
        return partial(_at_time, match[1], float(match[2]), place, category, setup)
    if place is not None or category is not None:
        raise Unsupported(f"metric {bare} of a station or class")
    variance, counted = VARIANCE.match(bare), COUNT.match(bare)
    if bare == "count_total" or (variance and variance[1] == "count_total"):
        return lambda view: float(len(view.arrived))
    if variance:
        return partial(_at_time, "EN", float(variance[1].removeprefix("N_")), None, None, setup)
    if counted and int(counted[1]) + 1 < len(setup.edges):
        low, high = setup.edges[int(counted[1])], setup.edges[int(counted[1]) + 1]
        return lambda view: float(np.sum((view.arrived >= low) & (view.arrived < high)))
    if bare == "mean_time_until_N_below_target":
        if setup.target is None:
            raise Unsupported(f"metric {bare} without a target")
        return partial(_first_below, setup.target)
    raise Unsupported(f"metric {bare} in a transient case")


def _can_count(what: str, place: int | None, setup: Setup) -> None:
    if what == "EQ" and any(setup.open_hours):
        raise Unsupported("metric EQ with a calendar")
    if what == "P_all_busy" and ((place is None and len(setup.stations) > 1) or "infinite" in setup.servers):
        raise Unsupported("metric P_all_busy of more than one station, or of an infinite one")


def _at_time(what: str, t: float, place: int | None, category: int | None, setup: Setup, view: View) -> float:
    rows = _rows(view, place, category)
    until = view.started if what == "EQ" else view.finished
    number = int(np.sum((view.joined <= t) & (until > t) & rows))
    if what in {"EN", "EQ"}:
        return float(number)
    if what in {"P_empty", "P_idle"}:
        return float(number == 0)
    return float(number >= int(setup.servers[place or 0]))


def _first_below(target: int, view: View) -> float:
    """First time with fewer than `target` present; NaN when the run is too short to see it."""
    left = view.closed[np.isfinite(view.closed)]
    times = np.concatenate([view.arrived, left])
    steps = np.concatenate([np.ones(len(view.arrived)), -np.ones(len(left))])
    order = np.lexsort((-steps, times))
    below = (np.cumsum(steps[order]) < target) & (steps[order] < 0)
    return float(times[order][np.argmax(below)]) if below.any() else np.nan


class _Steady:
    """Long-run metrics of the whole system, of a station or of a class."""

    def __init__(self, name: str, bare: str, place: int | None, category: int | None, setup: Setup) -> None:
        self.name, self.bare, self.category, self.setup = name, bare, category, setup
        self.at_station = place is not None
        self.place = 0 if place is None and len(setup.stations) == 1 else place
        self.open_hours = setup.open_hours[self.place] if self.place is not None else None

    def function(self) -> Metric:
        """What the name means here."""
        match = DISTRIBUTION.match(self.bare)
        if match:
            values = self._values("W" if match[1] == "W" else "Wq")
            bound, sign = float(match[3]), match[2]
            return lambda view: float(np.mean((values(view) <= bound + WAITS) == (sign == "le")))
        match = QUANTILE.match(self.bare)
        if match:
            values, share = self._values(match[1]), float(f"0.{match[2]}")
            return lambda view: float(np.quantile(values(view), share))
        if self.bare.startswith("sd_"):
            values = self._values(self.bare.removeprefix("sd_"))
            return lambda view: float(np.std(values(view), ddof=1))
        if self.bare == "P_wait":
            values = self._values("Wq")
            return lambda view: float(np.mean(values(view) > WAITS))
        if self.bare == "visits" and self.at_station:
            return lambda view: float(np.sum(self.rows(view) & view.cohort[view.request]) / view.cohort.sum())
        average = self._average()
        if average:
            return average
        values = self._values(self.bare)
        return lambda view: float(np.mean(values(view)))

    def rows(self, view: View) -> Mask:
        """The visits that are meant."""
        return _rows(view, self.place, self.category)

    def cohort(self, view: View) -> Mask:
        """The measured requests that are meant."""
        return view.cohort if self.category is None else view.cohort & (view.category == self.category)

    def _one_station(self) -> None:
        if self.place is None:
            raise Unsupported(f"metric {self.name} without a station's name in a network")

    def _values(self, base: str) -> Callable[[View], Floats]:
        """One number a request, or a visit: what means, quantiles and spreads are taken of."""
        waits = {"Wq", "Wq_visit", "Wq_new"}
        if base not in WHOLE:
            self._one_station()
        if self.at_station and base in {"Wq", "W"}:
            base += "_visit"
        if self.at_station and base in WHOLE:
            raise Unsupported(f"metric {self.name}")
        if base in waits:
            return partial(self._waits, first=base != "Wq_visit")
        if base == "W_visit":
            return lambda view: (view.finished - view.joined)[self._measured(view)]
        if base in {"W", "W_total", "W_net", "W_all"}:
            return lambda view: (view.closed - view.arrived)[self.cohort(view) & (view.outcome != REFUSED)]
        if base == "visits":
            return lambda view: self._sums(view, lambda rows: np.ones(int(rows.sum())))
        if base == "total_service":
            return lambda view: self._sums(view, lambda rows: self._own_service(view, rows))
        raise Unsupported(f"metric {self.name}")

    def _measured(self, view: View, *, first: bool = False) -> Mask:
        rows = self.rows(view) & view.inside(view.joined)
        return rows & view.cohort[view.request] & (view.entry == 0) if first else rows

    def _waits(self, view: View, *, first: bool) -> Floats:
        rows = self._measured(view, first=first)
        if self.open_hours:  # work is interrupted at closing: all time that is not own service
            return (view.finished - view.joined - view.work)[rows]
        return (view.started - view.joined)[rows]

    def _own_service(self, view: View, rows: Mask) -> Floats:
        return view.work[rows] if any(self.setup.open_hours) else view.finished[rows] - view.started[rows]

    @staticmethod
    def _first_at(place: int, view: View, rows: Mask) -> Floats:
        found: Floats = ((view.visit == 0) & (view.station == place))[rows].astype(np.float64)
        return found

    def _sums(self, view: View, values: Callable[[Mask], Floats]) -> Floats:
        """Sums over each request's visits; `values` are those of the visits that are meant."""
        rows = self.rows(view) & view.cohort[view.request]
        sums: Floats = np.bincount(view.request[rows], values(rows), len(view.arrived)).astype(np.float64)
        return sums[self.cohort(view)]

    def _average(self) -> Metric | None:
        """Time averages, rates and shares."""
        cohort = self.cohort
        match self.bare:
            case "L_net" | "P_idle_both" | "P_idle_all":
                nobody = self.bare != "L_net"
                return lambda view: _present(view, np.ones(len(view.request), bool), empty=nobody)
            case "lam_eff" if not self.at_station:
                return lambda view: float(np.sum(cohort(view) & (view.outcome != REFUSED))) / view.length
            case "lam_eff":
                return lambda view: float(np.sum(self._measured(view))) / view.length
            case "throughput" if not self.at_station and self.category is None:
                return lambda view: float(np.sum(view.inside(view.closed) & (view.outcome == DONE))) / view.length
            case "P_lost" if not self.at_station:
                return lambda view: float(np.mean((view.outcome == REFUSED)[cohort(view)]))
            case "P_overflow" if self.setup.overflow_to is not None and not self.at_station:
                first = partial(self._first_at, self.setup.overflow_to)
                return lambda view: float(np.mean(self._sums(view, partial(first, view))))
            case "L" | "P_empty" | "P0":
                self._one_station()
                nobody = self.bare != "L"
                return lambda view: _present(view, self.rows(view), empty=nobody)
            case "Lq" | "Lq_offduty_counts_all_not_in_service" | "rho" | "Lq_new" | "Lq_rework":
                self._one_station()
                return self._queue_or_work()
        return None

    def _queue_or_work(self) -> Metric:
        servers = self.setup.servers[self.place or 0]
        if self.open_hours:
            if not self.bare.startswith("Lq") or "_new" in self.bare or "_rework" in self.bare:
                raise Unsupported(f"metric {self.name} with a calendar")
            return self._not_worked_on
        if self.bare == "rho":
            if not isinstance(servers, int):
                raise Unsupported(f"metric {self.name} of an infinite station")
            return lambda view: view.average(*self._pick(view, view.started, view.finished)) / servers
        if self.bare == "Lq_offduty_counts_all_not_in_service":
            raise Unsupported(f"metric {self.name} without a calendar")
        passes: dict[str, Callable[[View], Mask]] = {
            "Lq": lambda view: view.entry >= 0,
            "Lq_new": lambda view: view.entry == 0,
            "Lq_rework": lambda view: view.entry > 0,
        }
        chosen = passes[self.bare]
        return lambda view: view.average(*self._pick(view, view.joined, view.started, chosen(view)))

    def _pick(self, view: View, since: Floats, until: Floats, also: Mask | None = None) -> tuple[Floats, Floats]:
        rows = self.rows(view) if also is None else self.rows(view) & also
        return since[rows], until[rows]

    def _not_worked_on(self, view: View) -> float:
        """Number in station less those being worked on: work rests while the calendar is closed."""
        assert self.open_hours
        since, until = (
            self.open_hours.before(np.clip(times, view.begin, view.end))
            for times in self._pick(view, view.started, view.finished)
        )
        present = view.average(*self._pick(view, view.joined, view.finished))
        return present - float((until - since).sum()) / view.length


def _present(view: View, rows: Mask, *, empty: bool) -> float:
    """Mean number present over the window, or the share of the window with nobody present."""
    since, until = view.joined[rows], view.finished[rows]
    if not empty:
        return view.average(since, until)
    order = np.argsort(since, kind="stable")
    since, until = since[order], np.maximum.accumulate(until[order])
    gone = np.concatenate([[0.0], until])
    back = np.concatenate([since, [np.inf]])
    return view.average(gone, np.maximum(gone, back))
