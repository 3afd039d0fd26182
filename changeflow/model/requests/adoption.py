"""Adoption: whether users go on using the system. The softest part of a model: off unless a file switches it on.

Days are calendar days throughout: mood does not rest at weekends. Resistance as users' judgement of costs against
benefits is Kim and Kankanhalli's (2009); every number is an assumption.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from changeflow.model.values.frozen import NonNegative, Positive, Share, Value


class Adoption(Value):
    """Discomfort makes resistance, resistance costs users, few users end the system; all parameters or none.

    A parameter is None only where adoption is off: `checks/adoption.py` sees to that.
    """

    mode: Literal["off", "passive", "coupled"] = "off"
    """passive: computed beside the queues; coupled: who no longer uses the system no longer asks."""

    # compromise: the share of all needs that the system does not meet
    needs_per_100_users: Positive | None = None
    """Needs at go-live, met or not; requests since then are added to them."""

    # discomfort, a weighted sum of what annoys
    unmet_weight: NonNegative | None = None
    backlog_weight: NonNegative | None = None
    backlog_per_user: Positive | None = None
    """Open requests per user that count as a whole backlog; more than two whole ones do not annoy any more."""
    defect_weight: NonNegative | None = None
    """Of open defects per user."""
    overdue_weight: NonNegative | None = None
    """Of the share of open requests that are overdue."""
    overdue_after_days: Positive | None = None
    """Age at which a request is overdue, where its category has no due_within_days."""
    lag_days: Positive | None = None
    """Time constant with which resistance follows discomfort: mood does not jump."""

    # enforcement: what management does against resistance
    enforcement_per_discomfort: NonNegative | None = None
    most_enforcement: NonNegative | None = None
    enforcement_hours_per_user_month: NonNegative | None = None
    """Management's hours per user and month at enforcement 1."""
    enforcement_price_per_hour: NonNegative | None = None

    # users who stop, and come back
    active_share_at_start: Share | None = None
    tolerance: NonNegative | None = None
    """Resistance beyond enforcement that users still bear."""
    hazard_per_day: NonNegative | None = None
    hazard_steepness: NonNegative | None = None
    return_per_day: NonNegative | None = None
    """Rate at which users come back while resistance is below the tolerance."""
    completeness_loss: NonNegative | None = None
    """Share of the data that active users leave out at resistance 1."""

    # the end of a system
    abandoned_below_share: Share | None = None
    abandoned_after_days: Positive | None = None
    review_every_weeks: Annotated[int, Field(ge=1)] | None = None
    review_intercept: float | None = None
    """Log-odds that a review stops a system which all use without resistance."""
    review_per_lost_share: NonNegative | None = None
    review_per_resistance: NonNegative | None = None
    write_off_days: Positive | None = None
    """Days over which what was spent is written off; what is left of it is lost with the system."""

    # a second attempt, the last one
    restart_probability: Share | None = None
    restart_delay_days: NonNegative | None = None
    restart_project_share: NonNegative | None = None
    """Cost of the second project beside the first one's."""
    restart_quality_gain: Share | None = None
    """Added to the specification quality of requests that come afterwards."""
    restart_fit_gain: Share | None = None
    """Added to the fit: misfits found afterwards are fewer."""

    @property
    def is_on(self) -> bool:
        """Is anything of it computed?"""
        return self.mode != "off"

    @property
    def is_coupled(self) -> bool:
        """Do the users' moods act on the requests?"""
        return self.mode == "coupled"


PARAMETERS = tuple(name for name in Adoption.model_fields if name != "mode")
