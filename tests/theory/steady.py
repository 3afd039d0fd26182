"""Long-run metrics of the reference cases: means, quantiles, shares and time averages of one run."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from changeflow.engine.trace import DONE, TURNED_AWAY

from .reasons import Unsupported
from .stations import Place
from .translate import Setup
from .view import Floats, Mask, Metric, Rows, View, chosen_rows, reneged

WAITS = 1e-9
"""A wait up to this is none."""
QUANTILE = re.compile(r"(\w+)_q(\d+)$")
DISTRIBUTION = re.compile(r"P_(wait|Wq|W)_(le|gt)_([\d.]+)$")
WAITING = {"Wq", "Wq_visit", "Wq_new", "Wq_served"}
WHOLE = {"W_total", "W_net", "W_all", "visits", "total_service"}


class Steady:
    """Long-run metrics of the whole system, of a station or of a class."""

    def __init__(self, name: str, bare: str, place: int | None, category: int | None, setup: Setup) -> None:
        self.name, self.bare, self.category, self.setup = name, bare, category, setup
        self.at_station = place is not None
        self.number = 0 if place is None and len(setup.places) == 1 else place

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
        if self.bare in {"P_wait", "P_wait_accepted"}:
            values = self._values("Wq")
            return lambda view: float(np.mean(values(view) > WAITS))
        found = self._share() or self._average()
        if found:
            return found
        values = self._values(self.bare)
        return lambda view: float(np.mean(values(view)))

    @property
    def place(self) -> Place:
        """The station that is meant."""
        if self.number is None:
            raise Unsupported(f"metric {self.name} without a station's name in a network")
        return self.setup.places[self.number]

    def _rows(self, rows: Rows, view: View) -> Mask:
        """The visits that are meant."""
        return chosen_rows(rows, view, self.number, self.category)

    def _cohort(self, view: View) -> Mask:
        """The measured requests that are meant."""
        return view.cohort if self.category is None else view.cohort & (view.category == self.category)

    # one number a request, or a visit

    def _values(self, base: str) -> Callable[[View], Floats]:
        """What means, quantiles and spreads are taken of."""
        if self.at_station and base in {"Wq", "W"}:
            base += "_visit"
        if self.at_station and base in WHOLE:
            raise Unsupported(f"metric {self.name}")
        if base in WAITING:
            return self._waits(base)
        if base in {"W_visit", "W_served"}:
            assert self.place
            return lambda view: self._of_stays(view, view.stays.finished - view.stays.joined, base)
        if base in {"W", "W_total", "W_net", "W_all"}:
            if base == "W":
                assert self.place
            return lambda view: (view.closed - view.arrived)[self._cohort(view) & ~view.lost]
        if base == "visits":
            return lambda view: self._sums(view, np.ones(len(view.stays.request)))
        if base == "total_service":
            return lambda view: self._sums(view, view.stays.work)
        raise Unsupported(f"metric {self.name}")

    def _waits(self, base: str) -> Callable[[View], Floats]:
        """The wait until work begins; where work may be interrupted, all time that is not own service."""
        place = self.place
        if place.repeats:
            raise Unsupported(f"metric {self.name} where interrupted work is done again")
        if place.resumes or place.open_hours:
            return lambda view: self._of_stays(view, view.stays.finished - view.stays.joined - view.stays.work, base)
        return lambda view: self._of_stays(view, view.stays.left_queue - view.stays.joined, base)

    def _of_stays(self, view: View, values: Floats, base: str) -> Floats:
        """The values of visits that joined in the window; of requests that are measured, for their first pass."""
        stays = view.stays
        chosen = self._rows(stays, view) & view.inside(stays.joined)
        if not base.endswith("_visit"):
            chosen &= view.cohort[stays.request] & (stays.entry == 0)
        if base.endswith("_served"):
            chosen &= ~reneged(stays)
        return values[chosen]

    def _sums(self, view: View, values: Floats) -> Floats:
        """Sums over each measured request's visits."""
        stays = view.stays
        chosen = self._rows(stays, view) & view.cohort[stays.request]
        sums: Floats = np.bincount(stays.request[chosen], values[chosen], len(view.arrived)).astype(np.float64)
        return sums[self._cohort(view) & ~view.lost]

    # shares of requests and rates

    def _share(self) -> Metric | None:
        if self.at_station:
            return self._share_of_visits()
        cohort = self._cohort
        match self.bare:
            case "lam_eff":
                return lambda view: float(np.sum(cohort(view) & ~view.lost)) / view.length
            case "throughput" if self.category is None:
                return lambda view: float(np.sum(view.inside(view.closed) & (view.outcome == DONE))) / view.length
            case "P_lost" | "P_blocked":
                return lambda view: float(np.mean(view.lost[cohort(view)]))
            case "P_abandon":
                return lambda view: float(np.mean(self._sums(view, reneged(view.stays).astype(float)) > 0))
            case "P_overflow" if any(
                place.table.get("when_full") in self.setup.stations for place in self.setup.places
            ):
                return lambda view: float(np.mean(_overflowed(view)[cohort(view)]))
        return None

    def _share_of_visits(self) -> Metric | None:
        def joined(view: View) -> int:
            return int(np.sum(self._rows(view.stays, view) & view.inside(view.stays.joined)))

        def away(view: View) -> int:
            return int(np.sum(self._rows(view.away, view) & view.inside(view.away.entered)))

        match self.bare:
            case "visits":
                return lambda view: float(
                    np.sum(self._rows(view.stays, view) & view.cohort[view.stays.request]) / view.cohort.sum()
                )
            case "lam_eff":
                return lambda view: joined(view) / view.length
            case "P_lost" | "P_blocked":
                return lambda view: away(view) / max(away(view) + joined(view), 1)
        return None

    # time averages

    def _average(self) -> Metric | None:
        match self.bare:
            case "L_net" | "P_idle_both" | "P_idle_all":
                nobody = self.bare != "L_net"
                return lambda view: _present(view, np.ones(len(view.rows.request), bool), empty=nobody)
            case "L" | "P_empty" | "P0":
                nobody, _ = self.bare != "L", self.place
                return lambda view: _present(view, self._rows(view.rows, view), empty=nobody)
            case "rho":
                return self._busy()
            case "Lq" | "Lq_offduty_counts_all_not_in_service" | "Lq_new" | "Lq_rework":
                return self._queue()
        return None

    def _busy(self) -> Metric:
        servers = self.place.servers
        if self.place.schedule or not isinstance(servers, int):
            raise Unsupported(f"metric {self.name} with a servers_schedule, or of an infinite station")
        return lambda view: self._mean_number(view, view.rows.left_queue, view.rows.finished) / servers

    def _queue(self) -> Metric:
        if "offduty" in self.bare and not self.place.schedule:
            raise Unsupported(f"metric {self.name} without a servers_schedule")
        if self.place.open_hours:
            if self.bare in {"Lq_new", "Lq_rework"}:
                raise Unsupported(f"metric {self.name} with a calendar")
            return self._not_worked_on

        def waiting(view: View) -> float:
            rows = view.rows
            among = {"Lq_new": rows.entry == 0, "Lq_rework": rows.entry > 0}.get(self.bare)
            return self._mean_number(view, rows.joined, rows.left_queue, among)

        return waiting

    def _mean_number(self, view: View, since: Floats, until: Floats, also: Mask | None = None) -> float:
        chosen = self._rows(view.rows, view)
        if also is not None:
            chosen = chosen & also
        return view.average(since[chosen], until[chosen])

    def _not_worked_on(self, view: View) -> float:
        """Number in station less those being worked on: work rests while the calendar is closed."""
        hours, rows = self.place.open_hours, view.rows
        assert hours
        since, until = (
            hours.before(np.clip(times, view.begin, view.end)) for times in (rows.left_queue, rows.finished)
        )
        worked = float((until - since)[self._rows(rows, view)].sum())
        return self._mean_number(view, rows.joined, rows.finished) - worked / view.length


def _overflowed(view: View) -> Mask:
    """Requests that found a station full and went on to another."""
    found = np.zeros(len(view.arrived), bool)
    found[view.away.request[view.away.outcome == TURNED_AWAY]] = True
    return found & ~view.lost


def _present(view: View, chosen: Mask, *, empty: bool) -> float:
    """Mean number present over the window, or the share of the window with nobody present."""
    since, until = view.rows.joined[chosen], view.rows.finished[chosen]
    if not empty:
        return view.average(since, until)
    order = np.argsort(since, kind="stable")
    since, until = since[order], np.maximum.accumulate(until[order])
    gone = np.concatenate([[0.0], until])
    back = np.concatenate([since, [np.inf]])
    return view.average(gone, np.maximum(gone, back))
