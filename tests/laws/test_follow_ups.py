"""Requests that requests draw after them are lost no more than others, and come after those that draw them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from changeflow.engine import trace as t
from changeflow.engine.chance.draws import run_key
from changeflow.engine.workload import draw_workload
from changeflow.errors import ModelError
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from tests.laws.systems import LAW, Raw, built, run, systems, tables_of
from tests.strategies import sampled

KIND = {"caught_at_acceptance": 0.5, "discovery_days": 0.2}
ERRORS: dict[str, Any] = {
    "per_link": 0.3, "irreducible": 0.2, "quality_gain": 0.3, "repair": {"production": 0.5, "built_on": 2.0,
                                                                      "built_on_after_days": 0.3},
    "kinds": {"misunderstanding": KIND, "omission": KIND, "slip": KIND, "deviation": {"caught_at_acceptance": 0.0}},
}  # fmt: skip
GRAPH: dict[str, Any] = {
    "names": ["a", "b", "c"],
    "impact": 0.5,
    "edges": [
        {"from": "a", "to": "b", "likelihood": 0.5}, {"from": "b", "to": "c", "likelihood": 0.5},
        {"from": "c", "to": "a", "likelihood": 0.3}, {"from": "a", "to": "c", "likelihood": 0.2},
    ],
    "categories": {"a": "plain", "b": "odd", "c": "plain"},
}  # fmt: skip


@st.composite
def drawing(draw: st.DrawFn) -> Raw:
    """A system whose deliveries have errors, whose changes draw others, or both."""
    raw = draw(systems())
    both = draw(sampled(["errors", "components", "both"]))
    if both != "components":
        raw["errors"] = ERRORS | {"repairs_go": draw(sampled(["same_station", "entry"]))}
        for station in raw["stations"].values():
            station["errors"] = {"links": draw(sampled([0, 2])), "slip": draw(sampled([0.0, 0.3]))}
            for key in ("rework_probability", "rework_work"):
                station.get("acceptance", {}).pop(key, None)
    if both != "errors":
        raw["components"] = GRAPH | {"unlimited": draw(st.booleans())}
    try:
        built(raw)
    except ModelError as refused:
        assume("without end" not in str(refused))  # each change draws more than one: refused, and rightly
        raise
    return raw


@LAW
@given(raw=drawing())
def test_created_is_done_and_open_and_refused_and_withdrawn(raw: Raw) -> None:
    """Roots are those of the workload, whatever follows them; every request has one outcome."""
    trace = run(raw)
    rows, load = trace.requests, draw_workload(tables_of(raw), run_key(1, 0))
    roots = rows[rows["cause"] == t.ROOT]
    assert roots["key"].tolist() == load["key"].tolist()
    assert rows["number"].tolist() == list(range(len(rows)))
    assert len(set(rows["key"].tolist())) == len(rows)
    assert np.isin(rows["outcome"], (t.OPEN, t.DONE, t.REFUSED, t.WITHDRAWN)).all()
    assert np.array_equal(np.isnan(rows["closed"]), rows["outcome"] == t.OPEN)
    measure_run(Window.of(tables_of(raw)), trace)  # conservation, Little's law, the ledger


@LAW
@given(raw=drawing())
def test_parents_come_before_their_children(raw: Raw) -> None:
    """A child comes when its parent has ended (a defect: after its delivery), of the same source, for its reason."""
    trace = run(raw)
    rows = trace.requests
    assert ((rows["parent"] < 0) == (rows["cause"] == t.ROOT)).all()
    children = rows[rows["parent"] >= 0]
    parents = rows[children["parent"]]
    assert (parents["number"] < children["number"]).all()
    assert (parents["source"] == children["source"]).all()
    drawn = children["cause"] == t.PROPAGATION
    assert (children["arrived"][drawn] == parents["closed"][drawn]).all()
    assert (parents["outcome"][drawn] == t.DONE).all()
    assert (children["component"][drawn] != parents["component"][drawn]).all()
    assert (children["component"][~drawn] == parents["component"][~drawn]).all()
    for child in children[~drawn]:
        mine = trace.visits[trace.visits["request"] == child["parent"]]
        escaped = mine[(mine["error"] > 0) & (mine["outcome"] == t.DELIVERED)]
        assert (escaped["finished"] <= child["arrived"]).any()


@LAW
@given(raw=drawing())
def test_a_cascade_changes_each_component_once_for_its_root(raw: Raw) -> None:
    """Unless nothing limits it; repairs of what was changed are no changes of a cascade."""
    trace = run(raw)
    if raw.get("components", {}).get("unlimited", True):
        return
    rows, root = trace.requests, {}
    for row in rows:
        root[row["number"]] = row["number"] if row["parent"] < 0 else root[row["parent"]]
    changed = [(root[row["number"]], row["component"]) for row in rows if row["cause"] != t.DEFECT]
    assert len(set(changed)) == len(changed)
