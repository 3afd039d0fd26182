"""The cheapest staffing that meets its targets: search, verification on fresh runs, figures from further fresh runs."""

from __future__ import annotations

import time
from collections.abc import Mapping

from changeflow.errors import InputError, PlanError
from changeflow.measure.estimates.replications import joint_level
from changeflow.model.schema import Model
from changeflow.study.crews.crew import Crew
from changeflow.study.crews.runner import Progress, no_progress
from changeflow.study.scenarios.compare import hired, with_engine
from changeflow.study.scenarios.plan import Plan
from changeflow.study.scenarios.routes import along_route
from changeflow.study.sizing.answer import SHOWN, Family, Sizing
from changeflow.study.sizing.desk import MOST_TRIED, QUICK_MOST_TRIED, QUICK_SEARCH_RUNS, SEARCH_RUNS, Claims, Desk
from changeflow.study.sizing.levers import Space, can_be_sized, space_of
from changeflow.study.sizing.search import shortlist
from changeflow.study.sizing.targets import TOLERANCE, check_targets

MOST_VERIFIED = 6
VENDOR_VERIFIED = 3


def size(
    plan: Plan,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    tolerance: float = TOLERANCE,
    space: Space | None = None,
    crew: Crew | None = None,
    progress: Progress = no_progress,
) -> Sizing:
    """The cheapest staffing of the plan's one model that meets its targets.

    With the comparison's level, every staffing said to meet the targets does so in the model: intervals on fresh runs,
    the level split over the staffings verified, today's among them (Bonferroni). That nothing cheaper exists is not
    promised. `space`: what check_sizing made of the same model. `crew`: who makes the runs instead of the plan's
    workers. Raises PlanError as check_sizing does, CrewLost when the workers are killed.
    """
    began = time.monotonic()
    model = dict(plan.scenarios)[plan.baseline or ""]
    spaces = [space or check_sizing(model, ranges, tolerance)]
    alone = _vendor_alone(model)
    if alone is not None and can_be_sized(alone):
        spaces.append(space_of(alone, {path: span for path, span in (ranges or {}).items() if _is_of(alone, path)}))
    plan = with_engine(plan, most_runs(plan, spaces[0]))
    with hired(plan, crew, plan.replications * MOST_VERIFIED) as hands:
        return _sized(Desk(plan, model, hands, progress), spaces, tolerance, began)


def _sized(desk: Desk, spaces: list[Space], tolerance: float, began: float) -> Sizing:
    """Search in each space, verify on fresh runs, make the figures on further ones."""
    searches = [desk.search(space) for space in spaces]
    lists = [
        shortlist(search.book.values(), desk.matters, most)
        for search, most in zip(searches, (MOST_VERIFIED, VENDOR_VERIFIED), strict=False)
    ]
    is_listed = spaces[0].has_today and spaces[0].today in [one.point for one in lists[0]]
    verified = sum(map(len, lists)) + (not is_listed)
    level = joint_level(desk.level, verified)
    families = [
        Family(space, search.book, search.monotone, search.exhausted, desk.verify(space, listed, level, tolerance))
        for space, search, listed in zip(spaces, searches, lists, strict=True)
    ]
    vendor = families[1] if len(families) > 1 else None
    return desk.figures(families[0], vendor, Claims(level, verified, tolerance), began)


def most_runs(plan: Plan, space: Space) -> int:
    """Of a search that goes on to its limit, of what it verifies, and of the table."""
    limit, each = (QUICK_MOST_TRIED, QUICK_SEARCH_RUNS) if plan.quick else (MOST_TRIED, SEARCH_RUNS)
    return min(limit, space.size) * each + (MOST_VERIFIED + VENDOR_VERIFIED + len(SHOWN)) * plan.replications


def check_sizing(model: Model, ranges: Mapping[str, tuple[float, float]] | None, tolerance: float) -> Space:
    """What may be chosen. Raises PlanError for a model without targets or without anything to choose, a tolerance
    outside [0, 0.5), a wrong range.
    """
    if not 0 <= tolerance < 0.5:
        raise PlanError(f"--tolerance: expected a share from 0 to below 0.5, found {tolerance:g}")
    check_targets(model)
    return space_of(model, ranges)


def _vendor_alone(model: Model) -> Model | None:
    """The same requests through the vendor's stations only; None where that is nothing new, or not possible."""
    if {station.kind for station in model.stations.values()} != {"vendor", "in_house"}:
        return None
    try:
        return along_route(model, "vendor")
    except InputError:
        return None


def _is_of(alone: Model, path: str) -> bool:
    """Is a lever one of the vendor's stations?"""
    parts = path.split(".")
    return parts[0] == "stations" and alone.stations[parts[1]].kind == "vendor"
