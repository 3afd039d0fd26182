"""Traffic is kept by its causes: with other people it is the same, worked out anew or not."""

from __future__ import annotations

import pytest

from changeflow.errors import ModelError
from changeflow.model.load.kept_traffic import causes_of
from changeflow.model.load.topology import most_visits_per_week, offered_loads
from changeflow.model.load.traffic import traffic
from changeflow.model.reading import read_model

OTHERS = (
    {"stations.power_users.servers": 5},
    {"stations.power_users.hours_per_week": 15.0},
    {"stations.vendor.servers": 3},
    {"routing.entry.overflow_beyond": 12},
)


@pytest.mark.parametrize("name", ["partly_open", "open_platform", "closed_turnkey"])
def test_people_hours_and_threshold_leave_the_traffic_alone(name: str) -> None:
    model = read_model(name)
    window = 0.0, model.horizon_days * 24
    exact = traffic(model, *window)
    same = 0
    for change in OTHERS:
        try:
            other = model.with_(change)
        except ModelError:  # a path that this model lacks
            continue
        same += 1
        assert causes_of(other) == causes_of(model)
        anew = traffic(other, *window)
        assert anew.visits.tobytes() == exact.visits.tobytes()
        assert anew.work.tobytes() == exact.work.tobytes()
        assert offered_loads(other) != offered_loads(model) or "overflow" in next(iter(change))
    assert same >= 1


@pytest.mark.parametrize(
    "change",
    [
        {"horizon_days": 400.0},
        {"demand.sources.go_live.fit": 0.6},
        {"organisation.users": 77},
        {"stations.power_users.errors.links": 3},
        {"weeks_since_go_live": 10.0},
    ],
)
def test_every_cause_makes_it_anew(change: dict) -> None:
    model = read_model("partly_open")
    other = model.with_(change)
    assert causes_of(other) != causes_of(model)
    assert most_visits_per_week(other) != pytest.approx(most_visits_per_week(model), rel=1e-9)
