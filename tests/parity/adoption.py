"""Generated adoption: moods that move within weeks, since runs are short."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.parity.laws import Raw
from tests.strategies import sampled

QUICK: Raw = {
    "mode": "coupled", "needs_per_100_users": 30.0, "unmet_weight": 0.9, "backlog_weight": 0.5,
    "backlog_per_user": 0.05, "defect_weight": 0.3, "overdue_weight": 0.4, "overdue_after_days": 1.0,
    "lag_days": 2.0, "enforcement_per_discomfort": 0.5, "most_enforcement": 0.1,
    "enforcement_hours_per_user_month": 4.0, "enforcement_price_per_hour": 60.0, "active_share_at_start": 1.0,
    "tolerance": 0.1, "hazard_per_day": 0.05, "hazard_steepness": 4.0, "return_per_day": 0.02,
    "completeness_loss": 0.5, "abandoned_below_share": 0.5, "abandoned_after_days": 3.0, "review_every_weeks": 2,
    "review_intercept": -3.0, "review_per_lost_share": 8.0, "review_per_resistance": 6.0, "write_off_days": 365.0,
    "restart_probability": 0.8, "restart_delay_days": 8.0, "restart_project_share": 0.8, "restart_quality_gain": 0.3,
    "restart_fit_gain": 0.2,
}  # fmt: skip
"""Parameters under which a system in trouble is given up within weeks, and begun again soon."""


@st.composite
def adoptions(draw: st.DrawFn) -> Raw:
    """Off, beside the queues or with them; of several tempers."""
    mode = draw(sampled(["off", "off", "passive", "coupled", "coupled"]))
    if mode == "off":
        return {"mode": mode}
    return QUICK | {
        "mode": mode,
        "hazard_per_day": draw(sampled([0.0, 0.02, 0.3])),
        "active_share_at_start": draw(sampled([1.0, 0.7])),
        "review_intercept": draw(sampled([-9.0, -1.0])),
        "review_every_weeks": draw(sampled([1, 3])),
        "restart_delay_days": draw(sampled([0.0, 8.0])),
        "restart_probability": draw(sampled([0.0, 0.8])),
    }
