"""What is wrong with deliveries and what follows, in models with causes of error or with components."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.tables.graph import ONCE, UNLIMITED
from changeflow.engine.trace import Trace
from changeflow.measure.trace.tallies import deliveries_by_error, requests_by_cause
from changeflow.measure.trace.window import Window

Ratios = dict[str, tuple[float, float]]


def error_ratios(window: Window, trace: Trace) -> Ratios:
    """Numerator and denominator of each measure, over our deliveries and arrivals in [warm-up, horizon).

    A delivery counts where its station has errors, repeated passes and repairs of defects too. `error_share` (also by
    station) is how many are wrong, whoever notices; the shares of the kinds add up to it; `defects_per_delivery` is
    how many escape. `defect_request_share`, `propagated_request_share`: of the requests that arrive.
    """
    judged = np.array([station.mistakes is not None for station in window.tables.stations], bool)
    found: Ratios = _deliveries(window, trace, judged) if judged.any() else {}
    causes = {"defect_request_share": t.DEFECT} if judged.any() else {}
    if window.tables.graph.mode in (ONCE, UNLIMITED):
        causes["propagated_request_share"] = t.PROPAGATION
    if causes:
        asked = np.zeros(len(t.CAUSES), np.int64)
        requests_by_cause(trace.requests, window.of_others, window.begin, asked)
        asked_in_all = float(asked.sum())
        found |= {name: (float(asked[cause]), asked_in_all) for name, cause in causes.items()}
    return found


def _deliveries(window: Window, trace: Trace, judged: NDArray[np.bool_]) -> Ratios:
    counts = np.zeros((len(judged), len(t.ERRORS)), np.int64)
    escaped = float(deliveries_by_error(trace.requests, trace.visits, window.of_others, judged, window.begin, counts))
    delivered, wrong = float(counts.sum()), counts[:, 1:].sum(axis=1)
    found: Ratios = {
        "error_share": (float(wrong.sum()), delivered),
        "defects_per_delivery": (escaped, delivered),
    }
    for code, kind in enumerate(t.ERRORS[1:], start=1):
        found[f"{kind}_share"] = float(counts[:, code].sum()), delivered
    for number in np.flatnonzero(judged):
        found[f"error_share.{trace.stations[number]}"] = float(wrong[number]), float(counts[number].sum())
    return found
