"""Requests of other customers at the same station: they are in the way, and nobody's backlog or cost of ours."""

from pathlib import Path

from changeflow.engine.simulate import simulate
from tests.engines import by_request
from tests.stories.story import measured, requests, story, told, visits

SYSTEM = """
[stations.desk]
price_per_hour = 10
[costs]
waiting_per_day = 24
[demand.sources.others]
kind = "renewal"
interarrival_hours = 5
category = "r1"
background = true
"""


def test_other_customers_load_the_station_and_nothing_else(tmp_path: Path, engine: str) -> None:
    """
    Others come at 5, 10, 15 and 20, of r1's kind, 3 hours each. r1, at 6, waits until 8 for the first of them; the
    second waits for r1 until 11. In one day ours are open 2 + 5 hours, at 1 an hour, and cost 2 + 3 hours of work;
    the server works 2 + 3 + 4 x 3 hours of 24.
    """
    model = story(tmp_path, "at work\n1 2\n6 3", SYSTEM, days=1)
    trace = by_request(simulate(model, seed=1, replication=0, engine=engine))
    rows = """
        number source arrived closed
        0      log    1       3
        1      others 5       8
        2      log    6       11
        3      others 10      14
        4      others 15      18
        5      others 20      23
        """
    assert requests(trace, rows) == told(rows)
    rows = "request started\n0 1\n1 5\n2 8\n3 11\n4 15\n5 20"
    assert visits(trace, rows) == told(rows)
    found = measured(model, trace)
    assert found["arrived_requests"] == 2
    assert found["waiting_time_hours"] == 1.0
    assert abs(found["backlog_requests"] - 7 / 24) < 1e-12
    assert found["peak_backlog_requests"] == 1
    assert abs(found["waiting_cost"] - 7.0) < 1e-9
    assert abs(found["in_house_cost"] - 50.0) < 1e-9
    assert abs(found["utilisation.desk"] - 17 / 24) < 1e-12
    assert found["throughput_per_week"] == 14.0
