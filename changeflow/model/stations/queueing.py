"""Who is served next: the disciplines of a queue."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator

from changeflow.model.values.frozen import Positive, Value


class Ranked(Value):
    """A discipline without numbers of its own; a bare word means this."""

    rule: Literal[
        "fifo", "lifo", "random", "priority", "shortest", "shortest_remaining", "due_date", "cost_of_delay"
    ] = "fifo"


class Ageing(Value):
    """Priority classes in which waiting lifts a request, class by class, so that nobody waits for ever."""

    rule: Literal["ageing"]
    days_per_class: Positive
    """Calendar days of waiting that count like one class."""
    urgent_before_due_days: Positive | None = None
    """Calendar days before its due date from which a request goes before every class."""


def _sugar(value: Any) -> Any:
    return {"rule": value} if isinstance(value, str) else value


Discipline = Annotated[Annotated[Ranked | Ageing, Discriminator("rule")], BeforeValidator(_sugar)]

IN_WORDS = {
    "fifo": "first come first served",
    "lifo": "last come first served",
    "random": "served in random order",
    "priority": "urgent classes first",
    "shortest": "the shortest work first",
    "shortest_remaining": "the shortest remaining work first",
    "due_date": "the earliest due date first",
    "cost_of_delay": "the highest cost of delay per hour of work first",
    "ageing": "urgent classes first, and waiting lifts a request",
}
"""Each discipline as a reader says it."""

DISCIPLINES: dict[str, type[Value]] = {rule: Ageing if rule == "ageing" else Ranked for rule in IN_WORDS}
PREEMPTIVE = ("priority", "shortest", "shortest_remaining", "due_date", "cost_of_delay")
"""Disciplines under which an arrival may interrupt work: their ranks do not move while it waits."""
