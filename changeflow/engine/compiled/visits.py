"""Rows of the trace in the compiled engine: a visit begins with the luck of its pass, and ends as a row."""

from __future__ import annotations

import math

from changeflow.engine.chance.draws import WORK, uniform_pair
from changeflow.engine.compiled.lookups import hours_of, match_of
from changeflow.engine.compiled.views import (
    first_of,
    mistakes_of,
    passes_of,
    rigidity_of,
    slots_of,
    stations_of,
    visits_of,
)
from changeflow.engine.jit import compiled, inlined
from changeflow.engine.shared.mistakes import AT_REVIEW
from changeflow.engine.tables.records import NONE
from changeflow.engine.tables.station import FRESH, NO_LAW
from changeflow.engine.trace import ROOT


@inlined
def enter(state, arrays, slot, number, attempt, errors):  # type: ignore[no-untyped-def]
    """Begin a visit; the pass fixes its luck, whichever station of the stage it is at."""
    request, station, passes = slots_of(arrays)[slot], stations_of(arrays)[number], passes_of(arrays)
    stage = slot * state["stages"] + station["stage_number"]
    entry = passes[stage]
    passes[stage] = entry + 1
    request["station"] = number
    request["visits"] += 1
    request["is_written"] = 0
    request["entry"] = entry
    request["attempt"] = attempt if station["accepts"] == 1 else 0
    request["entered"] = state["now"]
    request["joined"] = request["started"] = math.nan
    request["server"] = NONE
    request["redraws"] = 0
    category, is_root = request["category"], True
    if errors is not None:
        category, is_root = request["root_category"], request["cause"] == ROOT and request["scale"] == 1.0
    law = match_of(state, arrays, number, category)["service_law"]
    if request["visits"] == 1 and is_root:  # it has arrived just now: its luck was drawn with its block
        foreseen = first_of(arrays)[state["arrival"] - 1]
        if foreseen["stage"] == station["stage"] and foreseen["law"] == law:
            request["accept_luck"] = foreseen["accept_luck"]
            request["full"] = request["left"] = foreseen["hours"] / station["speed"]
            return
    luck, request["accept_luck"] = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry)
    share = 1.0
    if errors is not None:
        luck, share = luck_and_share(state, arrays, slot, attempt, luck)
    elif attempt > 1 and station["rework_share"] != FRESH:
        share = station["rework_share"]
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry - (attempt - 1))
    if attempt > 1 and station["rework_law"] != NO_LAW:
        law = station["rework_law"]
    request["full"] = request["left"] = share * hours_of(arrays, law, luck) / station["speed"]


@compiled
def luck_and_share(state, arrays, slot, attempt, luck):  # type: ignore[no-untyped-def]
    """Luck of the work content, and the share of it that is to do: of a repair, of a change that another one causes."""
    request = slots_of(arrays)[slot]
    station, share = stations_of(arrays)[request["station"]], 1.0
    if request["work_key"] != request["key"]:
        luck, _ = uniform_pair(state["run_key"], request["work_key"], station["stage"], WORK, request["entry"])
    if attempt > 1 and (station["has_mistakes"] == 1 or station["rework_share"] != FRESH):
        share = repair_share(arrays, request) if station["has_mistakes"] == 1 else station["rework_share"]
        first_pass = request["entry"] - (attempt - 1)
        luck, _ = uniform_pair(state["run_key"], request["work_key"], station["stage"], WORK, first_pass)
    return luck, request["scale"] * share


@inlined
def repair_share(arrays, request):  # type: ignore[no-untyped-def]
    """Work of the repair as a share of the first pass's, by who noticed the error."""
    own = mistakes_of(arrays)[request["station"]]
    share = own["review"] if request["caught"] == AT_REVIEW else own["acceptance"]
    return share * rigidity_of(arrays)[request["category"]]


@inlined
def write_visit(state, arrays, station, request, finished, outcome, error):  # type: ignore[no-untyped-def]
    row = visits_of(arrays)[state["visits"]]
    state["visits"] += 1
    request["is_written"] = 1
    row["request"], row["visit"] = request["number"], request["visits"] - 1
    row["stage"], row["pass"], row["attempt"] = station["stage_number"], request["entry"], request["attempt"]
    row["station"], row["server"] = request["station"], request["server"]
    row["entered"], row["joined"], row["started"] = request["entered"], request["joined"], request["started"]
    row["finished"], row["work_hours"], row["outcome"] = finished, request["work_hours"], outcome
    row["error"] = error
