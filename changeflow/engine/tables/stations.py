"""Stations of a model as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

from changeflow.engine.chance.draws import stage_key
from changeflow.engine.chance.quantiles import LawBook
from changeflow.engine.shared import rules
from changeflow.engine.shared.worktime import WorkTime, lay_out
from changeflow.engine.tables.mistakes import mistakes_of
from changeflow.engine.tables.staffing import group_tables
from changeflow.engine.tables.station import (
    FRESH,
    INFINITE,
    NO_LAW,
    NO_LIMIT,
    NO_PLACE,
    RESAMPLE,
    RESTART,
    RESUME,
    GroupTable,
    StationTable,
)
from changeflow.model.expected.effort import mean_hours, passes, service_law
from changeflow.model.expected.error_rates import error_rates
from changeflow.model.expected.invoice import expected_stay_price
from changeflow.model.schema import Model
from changeflow.model.stations.queueing import Ageing
from changeflow.model.stations.station import Station
from changeflow.model.values import moments
from changeflow.model.values.by_category import by_category
from changeflow.model.values.laws import Law

DISCIPLINES = {
    "fifo": rules.FIFO, "lifo": rules.LIFO, "random": rules.RANDOM, "priority": rules.PRIORITY,
    "shortest": rules.SHORTEST, "shortest_remaining": rules.SHORTEST_REMAINING, "due_date": rules.DUE_DATE,
    "ageing": rules.AGEING, "cost_of_delay": rules.COST_OF_DELAY,
}  # fmt: skip
INTERRUPTED = {"resume": RESUME, "restart": RESTART, "resample": RESAMPLE}
_DAY = 24.0
_WEEK = 168.0


class StationTables:
    """Makes the table of each station; laws go into the book."""

    def __init__(
        self,
        model: Model,
        book: LawBook,
        categories: tuple[str, ...],
        stages: tuple[str, ...],
        places: Mapping[str, int],
    ) -> None:
        self.model, self.book = model, book
        self.categories, self.stages, self.places = categories, stages, places
        self._calendars: dict[str, WorkTime] = {}

    def table(self, name: str, end: float) -> StationTable:
        """One station as numbers, laid out until `end`."""
        model, station, categories = self.model, self.model.stations[name], self.categories
        groups = group_tables(model, name, categories, partial(self._calendar, end=end))
        acceptance = station.acceptance
        priority, again = self._ranks(name, station)
        hours = self._expected_hours(name)
        open_costs = [model.waiting_cost(category) for category in categories]
        attempts = [self._expected_attempts(name, category) for category in categories]
        call = station.call_off
        hold, wait, ageing = station.hold, station.requester_wait, station.discipline
        rework = acceptance.rework_work if acceptance else "fresh"
        urgent = ageing.urgent_before_due_days if isinstance(ageing, Ageing) else None
        learning = station.learning
        return StationTable(
            name=name,
            groups=groups,
            stage=stage_key(model.stage(name)),
            stage_number=self.stages.index(model.stage(name)),
            key=stage_key(name),
            speed=station.speed,
            calendar=self._calendar(station.calendar, end),
            delay_law=self._law(station.intake_delay_hours),
            requester_chance=wait.probability if wait else 0.0,
            requester_law=self._law(wait.hours if wait else None),
            hold_size=(hold.size or 0) if hold else 0,
            hold_hours=(hold.every_days or 0.0) * _DAY if hold else 0.0,
            capacity=station.capacity or NO_LIMIT,
            when_full=self.places[station.when_full],
            joins=station.join_probability,
            patience_law=tuple(self._law(by_category(station.patience_hours, category)) for category in categories),
            discipline=DISCIPLINES[station.discipline.rule],
            rank=priority,
            rank_again=again,
            due_hours=tuple(self._due_hours(category) for category in categories),
            urgent_hours=rules.NEVER_URGENT if urgent is None else urgent * _DAY,
            preemptive=station.preemptive,
            interrupted=INTERRUPTED[station.interrupted_work],
            most_in_hand=station.most_in_hand or NO_LIMIT,
            service_law=tuple(self._law(service_law(model, name, category)) for category in categories),
            rework_law=self._law(acceptance.rework_hours if acceptance else None),
            openness=tuple(station.reach(category) for category in categories),
            learns=learning is not None,
            learning_exponent=-math.log2(learning.rate) if learning else 0.0,
            skill_untrained=learning.start if learning else 1.0,
            skill_trained=learning.trained if learning else 1.0,
            forgetting_hours=learning.forgetting_days * _DAY if learning and learning.forgetting_days else math.inf,
            release_hours=station.release.every_days * _DAY if station.release else 0.0,
            tester=self.places[acceptance.by] if acceptance and acceptance.by else NO_PLACE,
            verdict_law=self._law(acceptance.delay_hours if acceptance else None),
            accepts=station.delivers,
            mistakes=mistakes_of(model.errors, station.errors, model.system, categories),
            rework_probability=tuple(_rework(station, category) for category in categories),
            rework_share=FRESH if rework == "fresh" else float(rework),
            max_attempts=acceptance.max_attempts or 0 if acceptance else 0,
            at_limit_done=acceptance is None or acceptance.at_limit == "done",
            rate=self._rate(name, groups),
            expected_hours=hours,
            expected_own=tuple(
                self._own_hours(name, station, groups, hour * tries)
                for hour, tries in zip(hours, attempts, strict=True)
            ),
            expected_price=tuple(
                expected_stay_price(model, name, category, hour, tries)
                for category, hour, tries in zip(categories, hours, attempts, strict=True)
            ),
            wait_cost=tuple(waiting.per_day / _DAY for waiting in open_costs),
            wait_growth=tuple(waiting.growth / _DAY for waiting in open_costs),
            wait_step=tuple(waiting.step for waiting in open_costs),
            at_once=station.at_once,
            switching_loss=station.switching_loss,
            calls_beyond=call.beyond if call else NO_LIMIT,
            call_lead_hours=call.lead_days * _DAY if call else 0.0,
            call_hours=call.for_days * _DAY if call else 0.0,
        )

    def _calendar(self, name: str, end: float) -> WorkTime:
        """Each calendar is laid out once."""
        if name not in self._calendars:
            self._calendars[name] = lay_out(self.model, name, end)
        return self._calendars[name]

    def _law(self, law: Law | None) -> int:
        return NO_LAW if law is None else self.book.add(law)

    def _due_hours(self, category: str) -> float:
        found = self.model.categories.get(category)
        return math.inf if found is None or found.due_within_days is None else found.due_within_days * _DAY

    def _ranks(self, name: str, station: Station) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """What the discipline makes of each category, at a first pass and at a repeated one."""
        rule, acceptance = station.discipline, station.acceptance
        known = self.model.categories
        classes = [float(known[name].priority) if name in known else 0.0 for name in self.categories]
        repeated = acceptance.rework_priority if acceptance else None
        again = classes if repeated is None else [float(repeated)] * len(classes)
        if isinstance(rule, Ageing):
            hours = rule.days_per_class * _DAY
            return tuple(c * hours for c in classes), tuple(c * hours for c in again)
        if rule.rule == "priority":
            return tuple(classes), tuple(again)
        if rule.rule == "due_date":
            due = tuple(self._due_hours(category) for category in self.categories)
            return due, due
        if rule.rule == "cost_of_delay":
            hours_of = self._expected_hours(name)
            index = tuple(
                -self.model.waiting_cost(category).first_per_day / max(hour, 1e-12)
                for category, hour in zip(self.categories, hours_of, strict=True)
            )
            return index, index
        return (0.0,) * len(classes), (0.0,) * len(classes)

    def _expected_hours(self, name: str) -> tuple[float, ...]:
        return tuple(float(mean_hours(self.model, name, category)) for category in self.categories)

    def _expected_attempts(self, name: str, category: str) -> float:
        """Passes of a stay at equal work; where causes of error are modelled, the work of repairs counts as it is."""
        rates = error_rates(self.model).get((name, category))
        if rates is not None:
            return 1.0 + rates.repair_work
        return passes(self.model, name, category)

    def _rate(self, name: str, groups: tuple[GroupTable, ...]) -> float:
        if groups[0].servers == INFINITE:
            return math.inf
        model = self.model
        return math.fsum(
            group.servers
            * max(group.speed)
            / group.hours_per_work_hour
            * model.open_hours_per_week(str(value.calendar))
            / _WEEK
            for group, value in zip(groups, model.groups(name).values())
        )

    def _own_hours(self, name: str, station: Station, groups: tuple[GroupTable, ...], work: float) -> float:
        """Expected clock hours of delays and of the work itself at the first group's pace."""
        first = next(iter(self.model.groups(name).values()))
        share = self.model.open_hours_per_week(str(first.calendar)) / _WEEK
        intake = moments.mean(station.intake_delay_hours) if station.intake_delay_hours else 0.0
        wait = station.requester_wait
        asked = wait.probability * moments.mean(wait.hours) if wait else 0.0
        acceptance = station.acceptance
        verdict = moments.mean(acceptance.delay_hours) if acceptance and acceptance.delay_hours else 0.0
        release = station.release.every_days * _DAY / 2 if station.release else 0.0
        own = self.model.open_hours_per_week(station.calendar) / _WEEK
        return float(intake / own) + asked + work * groups[0].hours_per_work_hour / share + verdict + release


def _rework(station: Station, category: str) -> float:
    """Chance that a delivery fails where no cause is modelled."""
    if station.acceptance is None or station.acceptance.rework_probability is None:
        return 0.0
    return float(by_category(station.acceptance.rework_probability, category))
