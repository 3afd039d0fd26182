"""One more server, or faster ones, never make a request later: first come first served, no rework."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.systems import LAW, MONDAY, OFFICE, Raw, arrivals, left_at, run, works
from tests.strategies import sampled


@st.composite
def desks(draw: st.DrawFn) -> Raw:
    """One station, first come first served, without rework."""
    desk: Raw = {"servers": draw(st.integers(1, 4)), "service_hours": draw(works)}
    desk["calendar"] = draw(sampled(["always", "office"]))
    desk["intake_delay_hours"] = draw(sampled([0.0, {"law": "exponential", "mean": 3.0}]))
    return {
        "title": "one desk",
        "go_live": MONDAY,
        "horizon_days": 6.0,
        "open_today": draw(st.integers(0, 4)),
        "calendars": {"office": OFFICE},
        "demand": {"sources": {"demand": draw(arrivals)}},
        "stations": {"desk": desk},
    }


@LAW
@given(raw=desks())
@pytest.mark.parametrize("change", ["servers", "infinite", "speed", "availability"])
def test_nobody_is_later_with_more_capacity(raw: Raw, change: str) -> None:
    more = deepcopy(raw)
    desk = more["stations"]["desk"]
    if change == "servers":
        desk["servers"] += 1
    elif change == "infinite":
        desk["servers"] = "infinite"
    elif change == "speed":
        desk["speed"] = 2.0
    else:
        raw = deepcopy(raw)
        raw["stations"]["desk"]["availability"] = 0.5
    few, many = run(raw), run(more)
    assert few.requests["key"].tolist() == many.requests["key"].tolist()
    for column in ("started", "finished"):
        late, early = left_at(few.visits, column, np.inf), left_at(many.visits, column, np.inf)
        assert np.all(early <= late + 1e-9), column


def test_a_wait_does_become_shorter_with_a_second_server() -> None:
    """The law above is not met by nothing happening: two servers do better than one under load."""
    raw: Raw = {
        "title": "busy desk", "horizon_days": 30.0, "demand": {"kind": "poisson", "rate_per_hour": 0.9},
        "stations": {"desk": {"servers": 1, "service_hours": {"law": "exponential", "mean": 1.0}}},
    }  # fmt: skip
    two = deepcopy(raw)
    two["stations"]["desk"]["servers"] = 2
    waits = [np.nanmean(trace.visits["started"] - trace.visits["joined"]) for trace in (run(raw), run(two))]
    assert waits[1] < waits[0]
