"""What is wrong with deliveries and what follows, in models with causes of error or with components."""

from __future__ import annotations

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.graph_table import ONCE, UNLIMITED
from changeflow.engine.trace import Trace
from changeflow.measure.window import Window

Ratios = dict[str, tuple[float, float]]


def error_ratios(window: Window, trace: Trace) -> Ratios:
    """Numerator and denominator of each measure, over our deliveries and arrivals in [warm-up, horizon).

    A delivery counts where its station has errors, repeated passes and repairs of defects too. `error_share` (also by
    station) is how many are wrong, whoever notices; the shares of the kinds add up to it; `defects_per_delivery` is
    how many escape. `defect_request_share`, `propagated_request_share`: of the requests that arrive.
    """
    stations = window.tables.stations
    judged = np.array([station.mistakes is not None for station in stations])
    found: Ratios = _deliveries(window, trace, judged) if judged.any() else {}
    causes = {"defect_request_share": t.DEFECT} if judged.any() else {}
    if window.tables.graph.mode in (ONCE, UNLIMITED):
        causes["propagated_request_share"] = t.PROPAGATION
    if causes:
        ours = window.ours(trace.requests)
        asked = ours["cause"][(ours["source"] >= 0) & (ours["arrived"] >= window.begin)]
        found |= {name: (float((asked == cause).sum()), float(len(asked))) for name, cause in causes.items()}
    return found


def _deliveries(window: Window, trace: Trace, judged: np.ndarray) -> Ratios:
    visits = trace.visits
    mine = judged[visits["station"]] & np.isin(visits["outcome"], (t.DELIVERED, t.REWORK))
    mine &= (visits["finished"] >= window.begin) & ~window.of_others[trace.requests["source"][visits["request"]]]
    visits = visits[mine]
    wrong, delivered = visits["error"] > 0, float(len(visits))
    escaped = wrong & (visits["outcome"] == t.DELIVERED)
    found: Ratios = {
        "error_share": (float(wrong.sum()), delivered),
        "defects_per_delivery": (float(escaped.sum()), delivered),
    }
    for code, kind in enumerate(t.ERRORS[1:], start=1):
        found[f"{kind}_share"] = float((visits["error"] == code).sum()), delivered
    for number in np.flatnonzero(judged):
        here = visits["station"] == number
        found[f"error_share.{trace.stations[number]}"] = float(wrong[here].sum()), float(here.sum())
    return found
