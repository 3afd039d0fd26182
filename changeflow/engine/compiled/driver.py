"""The driver of the compiled engine: it lays out the arrays, feeds arrivals, grows buffers, collects rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np

from changeflow.engine import first_pass
from changeflow.engine import trace as t
from changeflow.engine.chance.arrivals import BLOCK
from changeflow.engine.compiled import kernel
from changeflow.engine.first_pass import FIRST
from changeflow.engine.jit import kernel_is_warm, one_compiles
from changeflow.engine.shared.adoption import weeks_in
from changeflow.engine.shared.turns import ARRIVAL as ARRIVAL_KIND
from changeflow.engine.shared.turns import KIND, ROUND
from changeflow.engine.tables.layout import point, staff_of_run
from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.records import EVENT, NEVER, NOWHERE, SLOT, STATE, joined
from changeflow.engine.trace import Rows, Trace
from changeflow.engine.workload import Demand
from changeflow.errors import RunError

STEPS = 200_000
FIRST_SLOTS = 64
FIRST_ROWS = 4_096
CHUNK = 8_192
MARGIN = 100
"""Interruptions of one dispatch beyond one a request: work drawn anew may interrupt again, half as likely each time."""
Fold = Callable[[Rows, Rows], None]
"""Takes a chunk of requests and a chunk of visits, and keeps neither."""
_OWN = (
    "stations", "groups", "slots", "passes", "heap", "idle", "in_hand", "block", "first", "visits", "requests",
    "decisions", "children", "mood", "adoption",
)  # fmt: skip


def _room(expected: float) -> int:
    """Rows that a run will hardly exceed; memory that is not touched costs nothing."""
    return FIRST_ROWS + (int(1.2 * min(expected, 5e7)) if math.isfinite(expected) else 0)


def run_compiled(model: Tables, run_key: np.uint64, *, decisions: bool = False) -> Trace:
    """Simulate one replication with the compiled loop."""
    run = _Run(model, run_key, decisions)
    while run.step():
        pass
    return run.trace()


def stream_compiled(model: Tables, run_key: np.uint64, fold: Fold) -> None:
    """Simulate one replication and hand its rows to `fold` in chunks; memory does not grow with the requests.

    Requests come in order of closing, visits in order of their end; what is still open comes last.
    """
    run = _Run(model, run_key, decisions=False, fold=fold)
    while run.step():
        pass
    run.fold_the_rest()


class _Run:
    def __init__(self, model: Tables, run_key: np.uint64, decisions: bool, fold: Fold | None = None) -> None:
        self.fold = fold
        self.model, self.layout = model, model.layout
        self.is_warm = kernel_is_warm(self.layout.code)
        self.demand = Demand(model, run_key)
        own = self.layout
        self.stations, self.groups = own.stations.copy(), own.groups.copy()
        self.idle, self.in_hand = own.idle.copy(), own.in_hand.copy()
        self.state = np.zeros(1, STATE)
        state = self.state[0]
        state["now"], state["end"], state["run_key"], state["turn"] = model.start, model.end, run_key, -1
        state["dispatch_turn"], state["keep_decisions"] = NEVER, decisions
        # a route in a route leaves up to two records of its own
        state["looks_an_event"] = 2 * len(model.routes) + max([len(self.stations), *model.routes["size"].tolist()])
        state["stations"], state["stages"] = len(self.stations), own.stages
        state["categories"] = len(model.categories)
        state["free"], state["spreads"], state["slots_an_event"] = NOWHERE, own.spreads, 1 + own.most_children
        self.children = np.zeros(max(own.most_children, 1), np.int64)
        self.slots = np.zeros(0, SLOT)
        self.passes = np.zeros(0, np.int32)
        self.heap = np.zeros(0, EVENT)
        self._grow_slots(FIRST_SLOTS)
        state["streaming"] = fold is not None
        self.visits = np.empty(CHUNK if fold else _room(model.expected_visits), t.VISIT)
        self.requests = np.empty(CHUNK if fold else _room(model.expected_requests), t.REQUEST)
        self.decisions = np.empty(FIRST_ROWS if decisions else int(state["looks_an_event"]), t.DECISION)
        self.mood, self.adoption = model.mood.copy(), np.zeros(weeks_in(model.start, model.end), t.ADOPTION)
        self.addresses = own.addresses.copy()
        self.state_at, self.arrays_at = self.state.ctypes.data, self.addresses.ctypes.data
        self.first = np.zeros(BLOCK, FIRST)
        self.scratch = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64), np.empty(BLOCK), np.empty(BLOCK)
        self._next_block()
        self._point(*_OWN)
        point(
            self.addresses,
            {
                "routes": model.routes, "places": model.route_places, "heights": model.route_heights,
                "rows": model.law_rows, "pool": model.law_pool,
            },
        )  # fmt: skip
        self.errors, self.features = True if own.errors else None, True if own.features else None
        self.staff = model.staff_of_run(run_key)
        if own.features:
            self.experience = own.experience.copy()
            self.changes = staff_of_run(self.groups, own.changes, self.experience, self.staff)
            self._point("experience", "changes")
            kernel.begin(self.state_at, self.arrays_at)

    def _point(self, *names: str) -> None:
        """Tell the kernel where these arrays lie now."""
        point(self.addresses, {name: getattr(self, name) for name in names})

    def step(self) -> bool:
        """Run until the kernel needs something, and give it that; False at the horizon."""
        with nullcontext() if self.is_warm else one_compiles(self.layout.code):
            status = kernel.advance(self.state_at, self.arrays_at, STEPS, self.errors, self.features)
        self.is_warm = True
        if status == kernel.NEED_ARRIVALS:
            self._next_block()
            self._point("block")
        elif status == kernel.NEED_SLOTS:
            self._grow_slots(2 * len(self.slots))
            self._point("slots", "passes", "heap")
        elif status == kernel.NEED_ROOM:
            self._make_room()
            self._point("visits", "requests", "decisions", "heap")
        elif status == kernel.ZERO_TIME:
            raise RunError(f"nothing but zero-time events at clock hour {self.state[0]['now']:g} (1000 rounds)")
        return bool(status != kernel.DONE_RUNNING)

    def _next_block(self) -> None:
        state = self.state[0]
        block = self.demand.next_block()
        state["arrival"], state["arrivals"], state["last_block"] = 0, len(block), len(block) == 0
        turn = ARRIVAL_KIND * KIND + int(state["candidate"])
        if len(block) and block["arrived"][0] == state["now"] and state["turn"] >= 0:
            turn += int(state["turn"]) - int(state["turn"]) % ROUND
        state["arrival_turn"] = turn
        self.block = block
        own, m = self.layout, self.model
        first_pass.foresee(
            self.first, block, own.entrances, own.route_stage, own.route_law, own.station_stage, m.routes,
            m.route_places, m.route_heights, own.matches, len(m.categories), m.law_rows, m.law_pool, state["run_key"],
            *self.scratch,
        )  # fmt: skip

    def _grow_slots(self, size: int) -> None:
        old = len(self.slots)
        self.slots = joined(self.slots, np.zeros(size - old, SLOT))
        self.passes = np.concatenate([self.passes, np.zeros((size - old) * self.layout.stages, np.int32)])
        state = self.state[0]
        # of an event and of the dispatch that may follow it
        state["rows_an_event"] = 2 * size + MARGIN if self.layout.features else 1
        state["events_an_event"] = 2 * (size + len(self.stations) + len(self.groups)) + MARGIN
        self._grow_heap()
        self.slots["next"][old:] = np.arange(old + 1, size + 1)
        self.slots["next"][-1] = state["free"]
        state["spare"] += size - old
        self.slots["number"][old:] = -1
        state["free"] = old

    def _grow_heap(self) -> None:
        """Room for twice what one event may cause, beside what is there."""
        state = self.state[0]
        size = int(state["events"]) + 2 * int(state["events_an_event"])
        if size > len(self.heap):
            self.heap = joined(self.heap, np.zeros(size - len(self.heap), EVENT))

    def _make_room(self) -> None:
        state = self.state[0]
        if len(self.heap) - state["events"] < state["events_an_event"]:
            self._grow_heap()
            return
        if self.fold is None:
            self._grow_rows()
            return
        if len(self.visits) < 2 * state["rows_an_event"]:
            self._grow_rows()
        self.fold(self.requests[: state["requests"]], self.visits[: state["visits"]])
        state["requests"] = state["visits"] = 0

    def fold_the_rest(self) -> None:
        """The last closed rows, then what is still open."""
        assert self.fold is not None
        self._make_room()
        open_slots = self._open_slots()
        self.fold(
            _open_requests(open_slots, self.layout.errors),
            _open_visits(open_slots[open_slots["is_written"] == 0], self.stations),
        )

    def _open_slots(self) -> Rows:
        number = self.slots["number"]
        open_slots = np.flatnonzero(number >= 0)
        return self.slots.take(open_slots[np.argsort(number[open_slots])])

    def _grow_rows(self) -> None:
        """Room for twice as many rows."""
        state = self.state[0]
        for name in ("visits", "requests", "decisions"):
            old: Rows = getattr(self, name)
            more = len(old) + int(state["rows_an_event"] + state["looks_an_event"])
            setattr(self, name, joined(old, np.empty(more, old.dtype)))

    def trace(self) -> Trace:
        """Everything written, then what is still open."""
        model, end, state = self.model, self.model.end, self.state[0]
        open_slots = self._open_slots()
        self.requests[open_slots["number"]] = _open_requests(open_slots, self.layout.errors)
        unfinished = _open_visits(open_slots[open_slots["is_written"] == 0], self.stations)
        while len(self.visits) < state["visits"] + len(unfinished):
            self._grow_rows()
        self.visits[state["visits"] : state["visits"] + len(unfinished)] = unfinished
        for station in self.stations:
            passed = end - station["since"]
            station["in_station"] += (station["waiting"] + station["busy"]) * passed
            station["in_queue"] += station["waiting"] * passed
            station["in_service"] += station["busy"] * passed
        return Trace(
            requests=self.requests[: state["number"]],
            visits=self.visits[: state["visits"] + len(unfinished)],
            decisions=self.decisions[: state["decisions"]],
            start=model.start,
            end=end,
            stations=tuple(table.name for table in model.stations),
            stages=model.stages,
            categories=model.categories,
            sources=tuple(model.model.demand.sources),
            in_station=self.stations["in_station"].copy(),
            in_queue=self.stations["in_queue"].copy(),
            in_service=self.stations["in_service"].copy(),
            unasked=int(state["unasked"]),
            staff=self.staff,
            unserved=int(self.mood["unserved"][0]),
            adoption=self.adoption[: int(self.mood["weeks"][0])],
        )


def _open_requests(slots: Rows, errors: bool) -> Rows:
    rows = np.zeros(len(slots), t.REQUEST)
    for field in ("number", "key", "source", "category", "arrived", "difficulty", "quality"):
        rows[field] = slots[field]
    rows["parent"] = rows["component"] = -1
    for field in ("parent", "cause", "component") if errors else ():
        rows[field] = slots[field]
    rows["closed"], rows["outcome"] = np.nan, t.OPEN
    return rows


def _open_visits(slots: Rows, stations: Rows) -> Rows:
    rows = np.zeros(len(slots), t.VISIT)
    rows["request"], rows["visit"], rows["pass"] = slots["number"], slots["visits"] - 1, slots["entry"]
    for field in ("attempt", "station", "server", "entered", "joined", "started"):
        rows[field] = slots[field]
    rows["stage"] = stations["stage_number"][slots["station"]] if len(slots) else 0
    rows["work_hours"] = np.where(np.isnan(slots["started"]), slots["left"], slots["work_hours"])
    rows["finished"], rows["outcome"] = np.nan, t.UNFINISHED
    return rows
