"""Smallest models at which generated ones once failed: each stays here with what was wrong."""

from __future__ import annotations

from typing import Any

import pytest

from changeflow.engine.tables import compile_tables
from tests.parity.compare import difference, outcome
from tests.parity.rich import small

STATION: dict[str, Any] = {"service_hours": 1.0}
FOUND = {
    # Upper shares of an overflow were added up to more than one: a negative number of visits to make room for.
    "negative room": {
        "demand": {"kind": "poisson", "rate_per_hour": 12.5},
        "stations": {"north": STATION, "south": STATION, "east": STATION},
        "routing": {
            "entry": "north",
            "next": {
                "north": {"rule": "open_first", "prefer": ["south", "east"], "overflow_beyond": 0},
                "south": "east",
                "east": {"north": 0.6, "done": 0.4},
            },
        },
    },
    # The same, to exactly one: traffic equations without a solution.
    "no solution": {
        "demand": {"kind": "poisson", "rate_per_hour": 1.0},
        "stations": {"north": STATION, "south": STATION, "east": STATION},
        "routing": {
            "entry": "north",
            "next": {
                "north": {"rule": "open_first", "prefer": ["south", "east"], "overflow_beyond": 1},
                "south": {"north": 0.5, "done": 0.5},
                "east": {"north": 0.5, "done": 0.5},
            },
        },
    },
}


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("seed", [3, 11])
def test_what_was_found_is_equal_to_the_bit(name: str, seed: int) -> None:
    tables = compile_tables(small(horizon_days=3, **FOUND[name]))
    assert not difference(outcome(tables, "process", seed, 0), outcome(tables, "compiled", seed, 0))
