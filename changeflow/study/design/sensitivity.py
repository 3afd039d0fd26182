"""Designs that tell which factor moves the answer: one at a time, Morris' walks, Saltelli's matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from changeflow.errors import PlanError
from changeflow.measure.records import Floats
from changeflow.study.design.range import Range, Setting
from changeflow.study.file.study import Design


def one_at_a_time(ranges: Sequence[Range]) -> list[Setting]:
    """The model as it is, then each factor alone at its low and at its high end."""
    base: list[Any] = [None] * len(ranges)
    found = [tuple(base)]
    for place, one in enumerate(ranges):
        found += [(*base[:place], end, *base[place + 1 :]) for end in one.ends]
    return found


def morris_shares(design: Design, factors: int) -> Floats:
    """Walks of `factors` + 1 points, each step changing one factor (Morris 1991); rows, shares of the ranges.

    More walks begin with those that were there. Raises PlanError without SALib.
    """
    try:
        from SALib.sample import morris  # noqa: PLC0415  an extra, and slow to import
    except ImportError:
        raise _lacking(design.kind) from None
    found: Floats = morris.sample(_problem(factors), design.trajectories, num_levels=design.levels, seed=design.seed)
    return found


def saltelli_shares(design: Design, factors: int) -> Floats:
    """Rows A, A with one column of B each, B, again and again (Saltelli and others 2010); shares of the ranges.

    Twice as many points begin with those that were there. Raises PlanError without SALib.
    """
    try:
        from SALib.sample import sobol  # noqa: PLC0415  an extra, and slow to import
    except ImportError:
        raise _lacking(design.kind) from None
    found: Floats = sobol.sample(
        _problem(factors), design.points, calc_second_order=False, scramble=True, seed=design.seed
    )
    return found


def _problem(factors: int) -> dict[str, Any]:
    return {"num_vars": factors, "names": [str(i) for i in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def _lacking(kind: str) -> PlanError:
    return PlanError(
        f"design.kind: a {kind} design: expected SALib, which is not installed (the extra changeflow[doe])"
    )
