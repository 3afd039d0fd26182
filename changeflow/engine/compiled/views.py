"""The arrays of the compiled engine by name, from the record of their addresses."""

from __future__ import annotations

from changeflow.engine.chance.arrivals import ARRIVAL
from changeflow.engine.chance.quantiles import LAW
from changeflow.engine.first_pass import FIRST
from changeflow.engine.jit import part
from changeflow.engine.shared.adoption import MOOD
from changeflow.engine.tables.graph import COMPONENT, LINK
from changeflow.engine.tables.mistakes import MISTAKES, NOTICE
from changeflow.engine.tables.records import (
    ASK,
    CHANGE,
    ENTRANCE,
    EVENT,
    EXPERIENCE,
    FLOAT,
    GROUP,
    INT,
    MATCH,
    SHORT,
    SLOT,
    SLOT_NUMBER,
    STATION,
)
from changeflow.engine.tables.routes import ROUTE
from changeflow.engine.trace import ADOPTION, DECISION, REQUEST, VISIT

stations_of = part("stations", STATION)
groups_of = part("groups", GROUP)
speeds_of = part("speeds", FLOAT)
authority_of = part("authority", FLOAT)
experience_of = part("experience", EXPERIENCE)
idle_of = part("idle", INT)
in_hand_of = part("in_hand", SLOT_NUMBER)
changes_of = part("changes", CHANGE)
joins_of = part("joins", FLOAT)
matches_of = part("matches", MATCH)
entrances_of = part("entrances", ENTRANCE)
asks_of = part("asks", ASK)
block_of = part("block", ARRIVAL)
first_of = part("first", FIRST)
slots_of = part("slots", SLOT)
passes_of = part("passes", SHORT)
heap_of = part("heap", EVENT)
opens_of = part("opens", FLOAT)
closes_of = part("closes", FLOAT)
before_of = part("before", FLOAT)
rows_of = part("rows", LAW)
pool_of = part("pool", FLOAT)
mistakes_of = part("mistakes", MISTAKES)
notices_of = part("notices", NOTICE)
rigidity_of = part("rigidity", FLOAT)
components_of = part("components", COMPONENT)
links_of = part("links", LINK)
softness_of = part("softness", FLOAT)
starts_of = part("starts", FLOAT)
factors_of = part("factors", FLOAT)
children_of = part("children", INT)
routes_of = part("routes", ROUTE)
places_of = part("places", INT)
heights_of = part("heights", FLOAT)
visits_of = part("visits", VISIT)
requests_of = part("requests", REQUEST)
decisions_of = part("decisions", DECISION)
overdue_hours_of = part("overdue_hours", FLOAT)
mood_of = part("mood", MOOD)
adoption_of = part("adoption", ADOPTION)
