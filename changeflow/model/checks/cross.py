"""Every check of a model that needs several of its parts."""

from __future__ import annotations

from changeflow.errors import Fault
from changeflow.model.checks.acceptance import acceptance
from changeflow.model.checks.adoption import adoption
from changeflow.model.checks.basics import names, window
from changeflow.model.checks.calendars import calendars
from changeflow.model.checks.categories import by_category_tables, work
from changeflow.model.checks.contracts import contracts
from changeflow.model.checks.costs import costs
from changeflow.model.checks.delivery_errors import delivery_errors
from changeflow.model.checks.demand import batches, gaps, other_customers, replays
from changeflow.model.checks.endless import endless
from changeflow.model.checks.leaving import leaving
from changeflow.model.checks.organisation import correlations, levels, variation
from changeflow.model.checks.parts import Parts
from changeflow.model.checks.queueing import at_once, disciplines
from changeflow.model.checks.routes import routes
from changeflow.model.checks.skills import skills
from changeflow.model.checks.staff import staff
from changeflow.model.file.faults import Places

_CHECKS = (
    window, names, calendars, by_category_tables, work, replays, gaps, routes, endless, batches, other_customers,
    staff, skills, disciplines, at_once, leaving, acceptance, delivery_errors,
    variation, levels, correlations, contracts, costs, adoption,
)  # fmt: skip


def cross_faults(parts: Parts, where: Places) -> list[Fault]:
    """Every contradiction between parts."""
    return [fault for check in _CHECKS for fault in check(parts, where)]
