"""Users in the compiled engine: who asks at all, and what the end of a week does; namesakes of process/users.py."""

from __future__ import annotations

from changeflow.engine.chance.draws import ASK, NO_STAGE, uniform_pair
from changeflow.engine.compiled.hands import go_away
from changeflow.engine.compiled.moves import at
from changeflow.engine.compiled.views import (
    adoption_of,
    asks_of,
    entrances_of,
    mood_of,
    overdue_hours_of,
    slots_of,
    stations_of,
)
from changeflow.engine.jit import compiled
from changeflow.engine.shared.adoption import (
    COUPLED,
    NO_MISFIT,
    OFF,
    WEEK_HOURS,
    asking_share,
    is_given_up,
    is_mended,
    learned_quality,
    pass_week,
)
from changeflow.engine.shared.rules import date_after
from changeflow.engine.shared.turns import HELD, RELEASE
from changeflow.engine.tables.records import NOWHERE
from changeflow.engine.trace import DEFECT, GIVEN_UP, ROOT


@compiled
def would_ask(state, arrays, row):  # type: ignore[no-untyped-def]
    """Would these users ask, with so much open and so few of them left?"""
    entrance, asks, mood, share = entrances_of(arrays)[row["source"]], asks_of(arrays), mood_of(arrays)[0], 1.0
    for i in range(entrance["first_ask"], entrance["first_ask"] + entrance["asks"]):
        if state["open"] >= asks[i]["beyond"]:
            share = asks[i]["share"]
    of_all = share
    if row["source"] >= 0 and entrance["background"] == 0:
        if is_mended(mood, state["run_key"], row["key"], entrance["fit"]):
            return False
        share *= asking_share(mood)
    if share < 1.0:
        luck, _ = uniform_pair(state["run_key"], row["key"], NO_STAGE, ASK, 0)
        if luck >= share:
            state["unasked"] += 1
            mood["unserved"] += luck < of_all
            return False
    if entrance["background"] == 0 and entrance["fit"] == NO_MISFIT:
        mood["asked"] += 1
    return True


@compiled
def learn(arrays, slot):  # type: ignore[no-untyped-def]
    """A second attempt knows better what it wants."""
    request = slots_of(arrays)[slot]
    if entrances_of(arrays)[request["source"]]["background"] == 0:
        request["quality"] = learned_quality(mood_of(arrays)[0], request["quality"])


@compiled
def is_silent(arrays, slot):  # type: ignore[no-untyped-def]
    """Nobody tells a defect, or asks for what follows, in a system that was given up."""
    source = slots_of(arrays)[slot]["source"]
    return entrances_of(arrays)[source]["background"] == 0 and is_given_up(mood_of(arrays)[0])


@compiled
def await_week(state, arrays):  # type: ignore[no-untyped-def]
    """The end of the week, after all releases of that instant; none where adoption is off."""
    if mood_of(arrays)[0]["mode"] != OFF:
        date = date_after(state["now"], WEEK_HOURS)
        at(state, arrays, date, RELEASE, HELD + 2 * state["stations"], 0, 0)


@compiled
def end_week(state, arrays):  # type: ignore[no-untyped-def]
    """Users look at what is open; a system that they give up loses all requests that wait."""
    slots, entrances, overdue_hours = slots_of(arrays), entrances_of(arrays), overdue_hours_of(arrays)
    mood, now, overdue, misfits, defects = mood_of(arrays), state["now"], 0, 0, 0
    for slot in range(slots.shape[0]):
        request = slots[slot]
        if request["number"] >= 0 and entrances[request["source"]]["background"] == 0:
            overdue += now - request["arrived"] > overdue_hours[request["category"]]
            misfits += request["cause"] == ROOT and entrances[request["source"]]["fit"] != NO_MISFIT
            defects += request["cause"] == DEFECT
    gives_up = pass_week(
        mood, adoption_of(arrays), state["run_key"], now, state["open"], overdue, misfits, defects, state["lost"]
    )
    if gives_up and mood[0]["mode"] == COUPLED:
        send_away(state, arrays)
    await_week(state, arrays)


@compiled
def send_away(state, arrays):  # type: ignore[no-untyped-def]
    """Our requests in the queues are withdrawn: stations in file order, each queue in its own."""
    slots = slots_of(arrays)
    for number in range(state["stations"]):
        slot = stations_of(arrays)[number]["head"]
        while slot != NOWHERE:
            following = slots[slot]["next"]
            if entrances_of(arrays)[slots[slot]["source"]]["background"] == 0:
                go_away(state, arrays, slot, GIVEN_UP)
            slot = following
