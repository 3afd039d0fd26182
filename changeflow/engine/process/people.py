"""What a person of the process engine knows: experience by category, training, and who holds the job now."""

from __future__ import annotations

from changeflow.engine.process.requests import Visit
from changeflow.engine.shared.learning import faded, skill_after
from changeflow.engine.shared.turnover import JOINED, JOINED_TRAINED, TRAINED
from changeflow.engine.tables.station import GroupTable, StationTable


class Person:
    """The holder of a job at a station where people learn."""

    def __init__(self, station: StationTable, group: GroupTable) -> None:
        self.table = station
        self.since = float(group.times[0])
        self.trained = group.trained
        self.passes = list(group.experience)
        self.last = [self.since] * len(self.passes)
        """When the last pass in each category was finished."""

    def skill(self, category: int, now: float) -> float:
        """What multiplies speed in work that begins now."""
        table = self.table
        first = table.skill_trained if self.trained else table.skill_untrained
        return float(skill_after(self._experience(category, now), first, table.learning_exponent))

    def finish(self, visit: Visit, now: float) -> None:
        """Who has finished a pass knows its category better; one who has left meanwhile takes that along."""
        if visit.started >= self.since:
            category = visit.request.category
            self.passes[category] = self._experience(category, now) + 1.0
            self.last[category] = now

    def _experience(self, category: int, now: float) -> float:
        hours = now - self.last[category]
        return float(faded(self.passes[category], hours, self.table.forgetting_hours))

    def take_news(self, news: int, now: float) -> None:
        """Somebody new holds the job, or its holder comes back from a course."""
        if news in (JOINED, JOINED_TRAINED):
            self.since, self.trained = now, False
            self.passes = [0.0] * len(self.passes)
            self.last = [now] * len(self.passes)
        if news in (JOINED_TRAINED, TRAINED):
            self.trained = True
