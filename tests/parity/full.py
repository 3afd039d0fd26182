"""One model with all that few models have, beside rich.py: people, queues, doors, verdicts, rules by state."""

from __future__ import annotations

from typing import Any

from changeflow.model.schema import Model
from tests.parity.rich import small

HOURS: dict[str, Any] = {"law": "exponential", "mean": 6.0}
FULL: dict[str, Any] = {
    "title": "full",
    "horizon_days": 60,
    "open_today": 10,
    "calendars": {
        "office": {"hours": ["09:00-17:00"]},
        "late": {"days": ["mon", "tue", "wed", "thu"], "hours": ["14:00-22:00"]},
    },
    "costs": {"waiting_per_day": 5.0},
    "categories": {
        "data": {
            "share": 0.5, "specification_quality": {"law": "beta", "alpha": 2, "beta": 3}, "priority": 5,
            "due_within_days": 10, "work_hours": HOURS,
        },
        "process": {
            "share": 0.3, "specification_quality": 0.5, "priority": 2,
            "due_within_days": 3, "waiting_cost_per_day": 40.0, "work_hours": 4.0,
        },
        "event": {
            "share": 0.2, "specification_quality": 0.1, "priority": 0,
            "due_within_days": 1, "waiting_cost_per_day": 300.0, "work_hours": 2.0,
        },
    },
    "demand": {
        "sources": {
            "usual": {
                "kind": "poisson", "rate_per_day": 6, "asks_less": {"beyond": [10, 40], "share": [0.8, 0.3]},
                "season": {"hours": [0] * 8 + [1] * 10 + [0] * 6, "weekdays": [2, 1, 1, 1, 1, 0, 0]},
            },
            "others": {"kind": "renewal", "interarrival_hours": 12, "background": True, "entry": "vendor"},
            "shocks": {"kind": "shocks", "per_year": 60, "requests": 9, "spread_days": 0.5},
        }
    },
    "stations": {
        "team": {
            "stage": "change", "calendar": "office", "discipline": "priority", "preemptive": True,
            "interrupted_work": "restart", "shift_end": "hand_back", "patience_hours": {"event": 30, "default": 400},
            "staff": {
                "seniors": {"servers": 2, "speed": {"event": 2.0, "default": 1.25}, "absence": 0.1},
                "juniors": {
                    "head_count": {"days": [0, 20, 40], "servers": [1, 3, 0]}, "categories": ["data"], "speed": 0.7,
                    "calendar": "late",
                },
            },
            "acceptance": {
                "rework_probability": 0.3, "rework_hours": 1.5, "rework_priority": 1, "by": "check",
                "delay_hours": {"law": "exponential", "mean": 5.0}, "max_attempts": 4,
            },
        },
        "vendor": {
            "kind": "vendor", "stage": "change", "calendar": "office", "price_per_hour": 120.0, "servers": 3,
            "discipline": {"rule": "ageing", "days_per_class": 3, "urgent_before_due_days": 2}, "shift_end": "finish",
            "intake_delay_hours": 2.0, "hold": {"size": 3, "every_days": 1}, "release": {"every_days": 3.5},
            "capacity": 4, "when_full": "freelance", "errors": {"links": 2, "promise": 0.05, "slip": 0.04},
        },
        "freelance": {
            "kind": "vendor", "stage": "change", "price_per_hour": 90.0, "discipline": "shortest_remaining",
            "preemptive": True, "join_probability": [1.0, 0.8, 0.5], "most_in_hand": 2,
            "requester_wait": {"probability": 0.4, "hours": HOURS}, "errors": {"links": 3, "slip": 0.1},
            "staff": {"pool": {"servers": 3, "until_day": 45.25}, "reserve": {"servers": 2, "from_day": 30}},
        },
        "experts": {
            "stage": "change", "calendar": "office", "discipline": "shortest", "preemptive": True,
            "interrupted_work": "resample", "staff_drop": "finish", "access": 0.95,
            "errors": {"slip": 0.1, "slip_unskilled": 0.5},
            "learning": {"rate": 0.8, "start": 0.3, "trained": 0.6, "forgetting_days": 15},
            "staff": {
                "one": {"categories": ["process", "event"], "until_day": 30, "authority": 0.8, "experience": 5},
                "two": {
                    "from_day": 5, "trained": False, "training": {"day": 7, "hours": 6},
                    "attrition": {"tenure_days": 15, "replacement_days": 2},
                },
            },
        },
        "check": {"calendar": "office", "discipline": "cost_of_delay", "preemptive": True, "service_hours": 3.0},
        "training": {"discipline": "lifo", "service_hours": 30.0, "hold": {"every_days": 1}},
        "notes": {"discipline": "random", "service_hours": {"law": "uniform", "low": 0.5, "high": 4.0}},
        "archive": {"discipline": "due_date", "service_hours": 2.0, "preemptive": True},
    },
    "errors": {
        "per_link": 0.15, "quality_effect": 0.6, "irreducible": 0.1, "quality_gain": 0.2, "repairs_go": "entry",
        "repair": {"review": 0.3, "acceptance": 0.5, "production": 1.5, "built_on": 2.5, "built_on_after_days": 3},
        "kinds": {
            "slip": {"caught_at_review": 0.3, "caught_at_acceptance": 0.3, "discovery_days": 4},
            "omission": {"caught_at_acceptance": 0.4, "discovery_days": 6},
            "misunderstanding": {"caught_at_acceptance": 0.4, "discovery_days": 2},
            "deviation": {"caught_at_acceptance": 0.5},
        },
    },
    "system": {"flexibility": {"data": 0.8, "default": 0.5}},
    "components": {
        "names": ["fields", "flow", "alerts"],
        "impact": 0.5,
        "edges": [
            {"from": "fields", "to": "flow", "likelihood": 0.5},
            {"from": "flow", "to": "alerts", "likelihood": 0.4, "impact": 0.25},
            {"from": "fields", "to": "alerts", "likelihood": 0.3},
            {"from": "alerts", "to": "fields", "likelihood": 0.3},
        ],
        "categories": {"fields": "data", "flow": "process", "alerts": "event"},
    },
    "routing": {
        "entry": {
            "rule": "by_size", "up_to_hours": 5.0,
            "small": {
                "rule": "until_day", "day": 25,
                "first": {"rule": "shortest_queue", "among": ["team", "experts"]},
                "then": {"rule": "open_first", "prefer": ["experts", "team", "freelance"], "overflow_beyond": 2},
            },
            "large": {
                "rule": "until_day", "day": 40,
                "first": {"rule": "cheapest", "among": ["vendor", "team", "freelance"]},
                "then": {"rule": "soonest", "among": ["freelance", "vendor", "experts"]},
            },
        },
        "next": {
            "team": {"training": 0.4, "notes": 0.3, "archive": 0.3},
            "experts": {"rule": "by_category", "to": {"event": "archive", "default": "notes"}},
            "vendor": {"archive": 0.5, "done": 0.5},
        },
    },
}  # fmt: skip


def full() -> Model:
    """The full model."""
    return small(**FULL)
