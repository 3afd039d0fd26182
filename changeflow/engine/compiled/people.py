"""People of the compiled engine who learn, take courses, leave and are replaced: namesakes of process/people.py."""

from __future__ import annotations

from changeflow.engine.compiled.views import authority_of, experience_of, groups_of, slots_of, speeds_of, stations_of
from changeflow.engine.jit import compiled
from changeflow.engine.shared.learning import faded, skill_after
from changeflow.engine.shared.rules import may_do
from changeflow.engine.shared.turnover import JOINED, JOINED_TRAINED, TRAINED


@compiled
def may_change(state, arrays, g, request):  # type: ignore[no-untyped-def]
    """Have the servers of a group skill and authority for a request?"""
    return may_do(request["difficulty"], authority_of(arrays)[g * state["categories"] + request["category"]])


@compiled
def apply_skill(state, arrays, slot, g):  # type: ignore[no-untyped-def]
    """Skill and pace at which a server of a group works on a request that it takes in hand now."""
    request = slots_of(arrays)[slot]
    station, place, skill = stations_of(arrays)[request["station"]], g * state["categories"] + request["category"], 1.0
    if station["learns"] == 1:
        own = experience_of(arrays)[place]
        first = station["skill_trained"] if groups_of(arrays)[g]["trained"] == 1 else station["skill_untrained"]
        passes = faded(own["passes"], state["now"] - own["last"], station["forgetting_hours"])
        skill = skill_after(passes, first, station["learning_exponent"])
    request["skill"] = skill
    request["pace"] = speeds_of(arrays)[place] * skill


@compiled
def gain_experience(state, arrays, station, request):  # type: ignore[no-untyped-def]
    """Who has finished a pass knows its category better; one who has left meanwhile takes that along."""
    g = request["group"]
    if station["learns"] == 1 and request["started"] >= groups_of(arrays)[g]["since"]:
        own = experience_of(arrays)[g * state["categories"] + request["category"]]
        own["passes"] = faded(own["passes"], state["now"] - own["last"], station["forgetting_hours"]) + 1.0
        own["last"] = state["now"]


@compiled
def take_news(state, arrays, g, news):  # type: ignore[no-untyped-def]
    """Somebody new holds the job of a group, or its holder comes back from a course."""
    group = groups_of(arrays)[g]
    if news in (JOINED, JOINED_TRAINED):
        group["since"] = state["now"]
        group["trained"] = 0
        for place in range(g * state["categories"], (g + 1) * state["categories"]):
            experience_of(arrays)[place]["passes"] = 0.0
            experience_of(arrays)[place]["last"] = state["now"]
    if news in (JOINED_TRAINED, TRAINED):
        group["trained"] = 1
