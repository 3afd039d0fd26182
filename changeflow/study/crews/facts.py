"""What of a model the estimates of a study ask again and again, so that a finished study makes no model again."""

from __future__ import annotations

from dataclasses import dataclass

from changeflow.model.process_only import process_only
from changeflow.model.schema import Model
from changeflow.study.crews.manner import Manner


@dataclass(frozen=True, slots=True)
class Facts:
    """They take as long as some twenty runs, so the workers find them, beside a scenario's first runs."""

    together: int
    """Runs in a row that are not independent: of one organisation, and pairs of twins."""
    overloaded: bool
    late_requests_per_week: float
    currency: str
    visits: float
    """Expected in a run."""
    process_only: bool
    """Only the process engine can run it."""


def facts_of(model: Model, manner: Manner) -> Facts:
    """The facts of a model whose runs are made in this manner."""
    from changeflow.model.load.topology import offered_loads  # noqa: PLC0415  a finished study needs no graphs
    from changeflow.study.estimates.evaluate import late_requests_per_week  # noqa: PLC0415

    loads = offered_loads(model)
    return Facts(
        together=manner.runs_together(model.organisation.runs_together),
        overloaded=any(load.overloaded for load in loads),
        late_requests_per_week=late_requests_per_week(model),
        currency=model.currency,
        visits=sum(load.visits_per_week[1] for load in loads) * model.horizon_days / 7,
        process_only=bool(process_only(model)),
    )
