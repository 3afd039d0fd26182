"""Analysis cases: fixed data through the project's own output analysis, and selections counted over many runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import numpy as np

from changeflow.errors import ChangeflowError
from changeflow.measure.estimates.precision import FIRST, Precision, mean_course, replications_needed
from changeflow.measure.estimates.replications import t_interval
from changeflow.measure.estimates.warm_up import BATCH, mser
from changeflow.study.selection.budget import ocba_shares
from changeflow.study.selection.constants import dudewicz_dalal_h, kim_nelson_eta, kim_nelson_h2, rinott_h

from .accept import Check, Result
from .reasons import Raw, Unsupported, only
from .selecting import prepare_selection
from .translate import check_case

Found = dict[str, Any]
Run = Callable[[Executor, str, int], Result]


def prepare_analysis(case: Raw) -> Run:
    """The way to run an analysis case, from its keys; Unsupported when no function of ours is asked for."""
    check_case(case)
    model, expected = case["model"], case["expected"]
    if "systems" in model:
        return prepare_selection(case)
    rule = case["accept"].get("rule", "exact")
    if rule != "exact":
        raise Unsupported(f"acceptance rule '{rule}'")
    for needed, optional, names, function in FUNCTIONS:
        if needed <= model.keys() and expected.keys() <= names:
            only(model, needed | optional, "model")
            return lambda pool, engine, seed: _judged(case, function(model))
    raise Unsupported(f"no function for {', '.join(expected)} from {', '.join(model)}")


def _interval(model: Raw) -> Found:
    return dict(zip(("mean", "half_width"), t_interval(model["data"], model["conf"])))


def _replications(model: Raw) -> Found:
    course, wanted = mean_course(model["data"], model["conf"]), Precision(model["rel"])
    n = replications_needed([course], [wanted], first=model.get("min_rep", FIRST), ahead=False)
    return {"n": -1 if n is None else n}


def _warm_up(model: Raw) -> Found:
    cut = mser(np.array(model["data"]), model.get("batch", BATCH))
    return {"truncate_batches": cut.batches, "truncate_observations": cut.observations}


def _two_stage(model: Raw) -> Found:
    task = model["k"], model["n0"], model["p_star"]
    return {"h1": dudewicz_dalal_h(*task), "h": rinott_h(*task)}


def _kim_nelson(model: Raw) -> Found:
    task = model["k"], model["n0"], model["alpha"], model.get("c", 1)
    return {"eta": kim_nelson_eta(*task), "h2": kim_nelson_h2(*task)}


def _budget(model: Raw) -> Found:
    shares = ocba_shares(
        np.array(model["means"]), np.array(model["sds"]), more_is_better=not model.get("minimise", True)
    )
    return {"fraction": shares.tolist()}


FUNCTIONS: list[tuple[set[str], set[str], set[str], Callable[[Raw], Found]]] = [
    ({"data", "conf", "rel"}, {"min_rep"}, {"n"}, _replications),
    ({"data", "conf"}, set(), {"mean", "half_width"}, _interval),
    ({"data"}, {"batch"}, {"truncate_batches", "truncate_observations"}, _warm_up),
    ({"k", "n0", "p_star"}, set(), {"h1", "h"}, _two_stage),
    ({"k", "n0", "alpha"}, {"c"}, {"eta", "h2"}, _kim_nelson),
    ({"means", "sds"}, {"minimise"}, {"fraction"}, _budget),
]
"""Keys a model must have, keys it may have, what can be expected of it, our function."""


def _judged(case: Raw, found: Found) -> Result:
    accept = case["accept"]
    checks, bad = [], []
    for name, expected in case["expected"].items():
        ours, theirs = np.ravel(found[name]), np.ravel(expected)
        if len(ours) != len(theirs):
            raise ChangeflowError(f"{name}: {len(ours)} numbers instead of {len(theirs)}")
        for place, (value, wanted) in enumerate(zip(ours.tolist(), theirs.tolist())):
            shown = name if len(ours) == 1 else f"{name}[{place}]"
            widest = max(accept.get("rel_tol", 0.0) * abs(wanted), accept.get("abs_tol", 0.0))
            checks.append(Check(shown, value, widest, wanted, widest, math.nan))
            if not abs(value - wanted) <= widest:
                bad.append(f"{shown} {value!r} instead of {wanted!r}")
    return Result(case["id"], case["kind"], "fail" if bad else "pass", "; ".join(bad), checks)
