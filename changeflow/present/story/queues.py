"""The queue of a station in words: who is next, who interrupts, who leaves, what happens before and after it."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.stations.queueing import IN_WORDS, Ageing
from changeflow.model.stations.station import Station
from changeflow.model.values import moments
from changeflow.model.values.laws import Deterministic, Law
from changeflow.present.story.people import so_many_are
from changeflow.present.words.plain import days, human_time, plain_name

_INTERRUPTS = {
    "priority": "urgent requests interrupt",
    "shortest": "shorter work interrupts",
    "shortest_remaining": "shorter work interrupts",
    "due_date": "an earlier due date interrupts",
    "cost_of_delay": "costlier delay interrupts",
}
_INTERRUPTED = {
    "resume": "work goes on where it stopped",
    "restart": "interrupted work begins again",
    "resample": "interrupted work is drawn afresh",
}


def discipline(station: Station) -> str:
    """Who is served next."""
    rule = station.discipline
    words = IN_WORDS[rule.rule]
    if isinstance(rule, Ageing):
        words += f" one class every {days(rule.days_per_class)}"
        if rule.urgent_before_due_days is not None:
            words += f"; first of all those within {days(rule.urgent_before_due_days)} of their due date"
    return words


def before_the_queue(station: Station) -> Iterator[str]:
    """Intake, the requester's answer, batches, who joins."""
    if station.intake_delay_hours is not None and moments.mean(station.intake_delay_hours) > 0:
        yield f"intake first, {_about(station.intake_delay_hours)} of open time"
    if station.requester_wait is not None:
        wait = station.requester_wait
        yield f"{wait.probability:.0%} of newcomers first wait {_about(wait.hours)} for the requester's answer"
    if station.hold is not None:
        every = station.hold.every_days
        ends = [f"{station.hold.size} are there"] if station.hold.size else []
        ends += [f"the next of days {every:g}, {2 * every:g}, ..."] if every else []
        yield f"newcomers are held until {' or '.join(ends)}"
    if station.join_probability:
        shares = ", ".join(f"{share:.0%}" for share in station.join_probability[:4])
        more = ", ..." if len(station.join_probability) > 4 else ""
        yield f"of newcomers {shares}{more} join when 0, 1, ... are there; the others withdraw"
    if station.capacity is not None:
        full = "is refused" if station.when_full == "refused" else f"goes to {plain_name(station.when_full)}"
        yield f"at most {so_many_are(station.capacity, 'request')} there; who finds it full {full}"


def in_the_queue(station: Station) -> Iterator[str]:
    """Who interrupts whom, and who leaves."""
    if station.preemptive:
        yield f"{_INTERRUPTS[station.discipline.rule]}; {_INTERRUPTED[station.interrupted_work]}"
    elif station.interrupted_work != "resume":
        yield _INTERRUPTED[station.interrupted_work]
    if isinstance(station.patience_hours, dict):
        laws = (f"{_named(name)} {_about(law)}" for name, law in station.patience_hours.items())
        yield f"who is not started in time withdraws ({', '.join(laws)})"
    elif station.patience_hours is not None:
        yield f"who is not started within {_about(station.patience_hours)} withdraws"


def after_the_work(station: Station) -> Iterator[str]:
    """Release days, tests, verdicts, rework."""
    if station.release is not None:
        yield f"deliveries go out every {days(station.release.every_days)}"
    value = station.acceptance
    if value is None:
        return
    if value.by is not None:
        yield f"each delivery is tested by {plain_name(value.by)}"
    if value.delay_hours is not None:
        yield f"the verdict takes {_about(value.delay_hours)}"
    most = f", at most {value.max_attempts} attempts" if value.max_attempts else ""
    urgent = f", with priority {value.rework_priority}" if value.rework_priority is not None else ""
    law = f", {_about(value.rework_hours)} of work" if value.rework_hours is not None else ""
    yield f"a rejected delivery is done again here, at the end of the queue{urgent}{law}{most}"


def _named(category: str) -> str:
    return "all others" if category == "default" else plain_name(category)


def _about(law: Law) -> str:
    mean = human_time(moments.mean(law))
    return mean if isinstance(law, Deterministic) else f"about {mean}"
