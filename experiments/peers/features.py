"""What each feature costs: one station at load 0.85, the same requests, one feature after another.

python experiments/peers/features.py [--hours N]      with changeflow installed in this environment

Prints nanoseconds of processor time a request on the compiled engine, the ratio to the plain model in the same run,
and how many times faster that is than the process engine on the same model.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.model.reading import build_model

Raw = dict[str, Any]
EXPONENTIAL = {"law": "exponential", "mean": 2.55}
TWO = {
    "urgent": {"share": 0.3, "due_within_days": 1.0, "waiting_cost_per_day": 50.0},
    "usual": {"share": 0.7, "priority": 1, "due_within_days": 5.0, "waiting_cost_per_day": 10.0},
}
OFFICE = {"office": {"week": {day: ["00:00-12:00", "13:00-24:00"] for day in ("mon", "wed", "fri")}}}
PLAIN: Raw = {"servers": 3, "service_hours": EXPONENTIAL}
ROUNDS = 5


def features() -> Iterator[tuple[str, Raw, Raw]]:
    """Name, keys of the station, and tables of the model, beside the plain ones."""
    yield "plain: first come first served", {}, {}
    for rule in ("lifo", "random", "priority", "shortest", "due_date", "cost_of_delay"):
        yield f"discipline {rule}", {"discipline": rule}, {}
    yield (
        "ageing, escalation",
        {"discipline": {"rule": "ageing", "days_per_class": 2.0, "urgent_before_due_days": 1.0}},
        {},
    )
    yield "priority, interrupting", {"discipline": "priority", "preemptive": True}, {}
    yield "shortest remaining, interrupting", {"discipline": "shortest_remaining", "preemptive": True}, {}
    people = {"a": {}, "b": {"categories": ["urgent"]}, "c": {"speed": 1.2}}
    yield "three named people, one skill", {"servers": None, "staff": people}, {}
    yield "patience", {"patience_hours": {"law": "exponential", "mean": 30.0}}, {}
    yield "balking, capacity", {"capacity": 30, "join_probability": [1.0] * 10 + [0.9]}, {}
    yield "hold until 5, release every 2 days", {"hold": {"size": 5}, "release": {"every_days": 2.0}}, {}
    yield (
        "requester's answer, verdict delay",
        {
            "requester_wait": {"probability": 0.3, "hours": 8.0},
            "acceptance": {"rework_probability": 0.0, "delay_hours": 4.0},
        },
        {},
    )
    shift = {"servers": 9, "calendar": "office"}
    yield "calendar, pausing", shift, {"calendars": OFFICE}
    yield "calendar, handing back", {**shift, "shift_end": "hand_back"}, {"calendars": OFFICE}
    yield "limit of work in hand", {"servers": 5, "most_in_hand": 3}, {}
    two = {"first": PLAIN | {"servers": 2}, "second": PLAIN | {"servers": 1}}
    for rule in ("shortest_queue", "soonest", "cheapest"):
        entry = {"rule": rule, "among": ["first", "second"]}
        yield f"rule {rule}", {}, {"stations": two, "routing": {"entry": entry}}


def tables_of(station: Raw, model: Raw, hours: int) -> Tables:
    """The compiled model."""
    own = {key: value for key, value in (PLAIN | station).items() if value is not None}
    raw = {
        "title": "a feature", "horizon_days": hours / 24, "categories": TWO,
        "demand": {"kind": "poisson", "rate_per_hour": 1.0}, "stations": {"desk": own},
    } | model  # fmt: skip
    return compile_tables(build_model(raw, file=Path("feature.toml"), shown="feature"))


def nanoseconds(tables: Tables, engine: str, rounds: int) -> float:
    """Processor time a request: the best of some rounds, as others disturb and never help."""
    best = float("inf")
    for seed in range(rounds):
        began = time.process_time()
        trace = simulate(tables, seed=seed, replication=0, engine=engine)
        best = min(best, (time.process_time() - began) / len(trace.requests) * 1e9)
    return best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=int, default=100_000, help="horizon of a compiled run (default 100000)")
    hours = parser.parse_args().hours
    plain = 0.0
    sys.stdout.write(f"{'feature':38}{'ns/request':>11}{'of plain':>10}{'x process':>11}\n")
    for name, station, model in features():
        simulate(tables_of(station, model, 1000), seed=0, replication=0, engine="compiled")
        fast = nanoseconds(tables_of(station, model, hours), "compiled", ROUNDS)
        slow = nanoseconds(tables_of(station, model, max(hours // 20, 500)), "process", 2)
        plain = plain or fast
        sys.stdout.write(f"{name:38}{fast:11.0f}{fast / plain:10.2f}{slow / fast:11.0f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
