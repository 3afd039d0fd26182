"""One delivery with a slip that nobody notices, and a change that it draws: measures, money and words, all by hand.

r0 (2 hours) begins at the fields and goes to the desk `wrong` (100 an hour), where slips are sure and escape; it is
found in use at that very instant. So at 2 two requests come, both to the desk `right` (10 an hour), the entry from 1.2
hours on: the repair with 1.5 times the work, 2 to 5, and the change of the flow with half of it, 5 to 6.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.posting import ACCOUNTS
from changeflow.measure.run import measure_run, run_postings
from changeflow.measure.trace.window import Window
from changeflow.present.trace.lines import event_lines
from changeflow.present.trace.tables import trace_tables
from tests.stories.story import requests, story, told, visits

SYSTEM = """
[stations.wrong]
price_per_hour = 100
errors = { slip = 0.999999 }
[stations.right]
kind = "vendor"
price_per_hour = 10
errors = { slip = 0.0 }
[routing]
entry = { rule = "until_day", day = 0.05, first = "wrong", then = "right" }
[errors]
repairs_go = "entry"
[errors.repair]
production = 1.5
[errors.kinds.slip]
caught_at_acceptance = 0.0
[components]
names = ["fields", "flow"]
impact = 0.5
edges = [{ from = "fields", to = "flow", likelihood = 1.0 }]
weights = { fields = 1, default = 0 }
"""
UNTIL_THE_END = "[costs]\ncompletion_day = 14\n"


def played(folder: Path, engine: str, system: str = SYSTEM) -> tuple[Window, Trace]:
    model = story(folder, "at work\n0 2", system)
    return Window.of(compile_tables(model)), simulate(model, seed=1, replication=0, engine=engine)


def test_what_happens(tmp_path: Path, engine: str) -> None:
    _, trace = played(tmp_path, engine)
    rows = """
        request station started finished work_hours error
        0       wrong   0       2        2          slip
        1       right   2       5        3          -
        2       right   5       6        1          -
        """
    assert visits(trace, rows) == told(rows)
    rows = "number arrived closed parent cause\n0 0 2 -1 root\n1 2 5 0 defect\n2 2 6 0 propagation"
    assert requests(trace, rows) == told(rows)


def test_a_repair_of_a_defect_is_cost_of_error_and_a_change_that_is_drawn_is_first_work(
    tmp_path: Path, engine: str
) -> None:
    """2 hours at 100, then 3 hours of repair and 1 hour of first work at 10; completion at the end of the run."""
    window, trace = played(tmp_path, engine, SYSTEM + UNTIL_THE_END)
    rows = run_postings(window, trace)
    rows = rows[np.isin(rows["account"], (ACCOUNTS.index("vendor"), ACCOUNTS.index("in_house")))]
    found = [(t.CAUSES[row["cause"]], bool(row["repair"]), float(row["amount"])) for row in rows]
    assert found == [("root", False, 200.0), ("defect", True, 30.0), ("propagation", False, 10.0)]
    values = measure_run(window, trace).values
    assert values["cost_of_error"] == pytest.approx(30)
    assert values["cost_of_success"] == pytest.approx(240)
    assert values["rework_cost"] == pytest.approx(30)
    assert (values["in_house_cost"], values["vendor_cost"]) == (pytest.approx(200), pytest.approx(40))
    assert values["effective_price_per_reference_hour"] == pytest.approx(240 / 3)  # a repair gives nothing new


def test_after_completion_it_is_ownership(tmp_path: Path, engine: str) -> None:
    values = measure_run(*played(tmp_path, engine)).values
    assert values["cost_of_error"] == 0
    assert values["rework_cost"] == pytest.approx(30)
    assert values["ownership_vendor_cost"] == pytest.approx(40)


def test_errors_are_measured(tmp_path: Path, engine: str) -> None:
    """Three deliveries, one wrong; three requests, one because of a defect and one drawn."""
    values = measure_run(*played(tmp_path, engine)).values
    for name in ("error_share", "slip_share", "defects_per_delivery", "defect_request_share"):
        assert values[name] == pytest.approx(1 / 3), name
    assert values["propagated_request_share"] == pytest.approx(1 / 3)
    assert values["omission_share"] == 0
    assert (values["error_share.wrong"], values["error_share.right"]) == (1, 0)
    assert values["rework_share"] == pytest.approx(3 / 6)
    plain = measure_run(*played(tmp_path, engine, "[stations.desk]\n")).values
    assert not [name for name in plain if "error_share" in name or "defect" in name or "propagated" in name]


def test_it_is_told_in_words(tmp_path: Path, engine: str) -> None:
    window, trace = played(tmp_path, engine)
    lines = [line.split("  ", 2)[2].strip() for line in event_lines(trace, window.model)]
    assert "arrives (r0, fields)" in lines[0]
    assert "0  leaves wrong (delivered; slip, nobody notices)" in lines
    assert "1  arrives (r0, fields; repairs a defect of request 0)" in lines
    assert "2  arrives (r0, flow; drawn by request 0)" in lines
    tables = trace_tables(trace, window.model)
    assert tables["requests"]["component"].tolist() == ["fields", "fields", "flow"]
    assert tables["requests"]["cause"].tolist() == ["root", "defect", "propagation"]
    assert tables["visits"][["error", "noticed"]].to_numpy().tolist() == [["slip", "no"], ["", ""], ["", ""]]
