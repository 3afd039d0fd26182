"""The account of a replayed log: every row used, left out or refused, with its reason."""

from __future__ import annotations

from changeflow.model.requests.demand import Replay
from changeflow.model.requests.replay import ReplayLog
from changeflow.model.schema import Model


def log_lines(model: Model) -> list[str]:
    """One sentence a log."""
    return [
        f"{log.file}: {log.in_words()}; {_inside(model, log)}; {_mapped(source, log)}"
        for name, log in model.logs.items()
        if isinstance(source := model.demand.sources[name], Replay)
    ]


def _inside(model: Model, log: ReplayLog) -> str:
    """Usable requests that arrive before the run starts or after it ends are not simulated."""
    offset = (log.first_day - model.first_day).days * 24.0
    start, end = model.start_hours, model.start_hours + model.horizon_days * 24
    outside = sum(not start <= hours + offset < end for hours in log.arrived_hours)
    return f"{outside} outside the {model.horizon_days:g} days of the run" if outside else "all within the run"


def _mapped(source: Replay, log: ReplayLog) -> str:
    if not source.category_map:
        return "no categories mapped"
    rest = sum(value not in source.category_map for value in log.values)
    default = f" to '{source.default_category}'" if source.default_category else ""
    return f"{log.used - rest} mapped to categories, {rest} by default{default}"
