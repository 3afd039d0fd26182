"""Every measure by its formal name: unit, and whether more or less of it is better."""

from __future__ import annotations

from dataclasses import dataclass

MONEY = "currency"


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of measure. `ratio`: a ratio of sums over replications, with a jackknife interval.

    `yes_no`: one yes (1) or no (0) a replication, with the exact interval of a probability.
    """

    unit: str
    ratio: bool = False
    more_is_better: bool = False
    yes_no: bool = False
    counted: bool = False
    """A ratio of counts: so many of so many."""


def _times(*names: str) -> dict[str, Measure]:
    return {name: Measure("hours") for name in names}


_PART = Measure("share", ratio=True, counted=True)
MEASURES: dict[str, Measure] = {
    **_times(
        "sojourn_time_hours", "sojourn_time_working_hours", "waiting_time_hours", "waiting_time_working_hours",
        "first_wait_hours", "first_wait_working_hours", "visit_wait_hours", "visit_wait_working_hours",
        "delay_time_hours", "laid_down_time_hours", "overtime_hours",
    ),
    "backlog_requests": Measure("requests"),
    "peak_backlog_requests": Measure("requests"),
    "open_at_horizon_requests": Measure("requests"),
    "backlog_growth_per_week": Measure("requests per week"),
    "backlog_clear_days": Measure("days"),
    "completion_days": Measure("days"),
    "arrived_requests": Measure("requests"),
    "throughput_per_week": Measure("requests per week", more_is_better=True),
    "utilisation": Measure("share"),
    "offered_load": Measure("share"),
    "offered_erlangs": Measure("erlangs"),
    "rework_share": Measure("share", ratio=True),
    "attempts_per_request": Measure("attempts", ratio=True),
    "within_target_share": Measure("share", ratio=True, more_is_better=True, counted=True),
    "refused_share": _PART,
    "withdrawn_share": _PART,
    "reneged_share": _PART,
    "balked_share": _PART,
    "turned_away_share": _PART,
    "given_up_share": _PART,
    "error_share": _PART,
    "misunderstanding_share": _PART,
    "omission_share": _PART,
    "promise_share": _PART,
    "slip_share": _PART,
    "deviation_share": _PART,
    "defects_per_delivery": Measure("defects", ratio=True),
    "defect_request_share": _PART,
    "propagated_request_share": _PART,
    "unasked_requests": Measure("requests"),
    "control_arrivals": Measure("hours"),
    "control_luck": Measure("hours"),
    "bus_factor": Measure("people", more_is_better=True),
    "departures": Measure("people"),
    "abandoned": Measure("share", yes_no=True),
    "days_in_use": Measure("days", more_is_better=True),
    "active_share": Measure("share", more_is_better=True),
    "data_completeness": Measure("share", more_is_better=True),
    "resistance": Measure("share"),
    "cost_per_closed_request": Measure(MONEY, ratio=True),
    "effective_price_per_reference_hour": Measure(MONEY, ratio=True),
    **{
        name: Measure(MONEY)
        for name in (
            "adaptation_cost", "vendor_cost", "in_house_cost", "day_job_cost", "waiting_cost", "training_cost",
            "licence_cost", "hosting_cost", "enforcement_cost", "write_off_cost",
            "unmet_need_cost", "open_liability_cost", "rework_cost", "cost_of_success", "cost_of_error",
            "ownership_vendor_cost", "ownership_in_house_cost", "cost_of_ownership_per_year",
            "total_cost", "total_cost_with_undone", "second_project_cost",
            "cost_if_survived", "cost_if_abandoned",
        )
    },
}  # fmt: skip


def base_name(measure: str) -> str:
    """`sojourn_time_hours.p90` -> `sojourn_time_hours`; `utilisation.desk` -> `utilisation`."""
    return measure.split(".", maxsplit=1)[0].split("@", maxsplit=1)[0]


def unit_of(measure: str, currency: str) -> str:
    """The unit of a measure; money carries the model's currency."""
    unit = MEASURES[base_name(measure)].unit
    return currency if unit == MONEY else unit
