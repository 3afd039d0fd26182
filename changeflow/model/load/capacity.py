"""The hours that the people of a station have for us, and how fast they work in them."""

from __future__ import annotations

import math
from itertools import pairwise

from changeflow.model.schema import Model
from changeflow.model.stations.learning import Attrition, Learning
from changeflow.model.stations.staff import Group
from changeflow.model.values.by_category import by_category

LEAST_SPEED = 0.05
"""What is left of a server's speed at least, however often it switches."""


def group_hours(model: Model, station: str, begin: float, end: float) -> dict[str, float]:
    """Hours on duty for us, by group, in a week without holidays.

    The mean over the clock hours from begin to end: people come and leave.
    """
    return {
        name: present(group, begin, end)
        * model.capacity_share(station, name)
        * model.open_hours_per_week(str(group.calendar))
        for name, group in model.groups(station).items()
    }


def present(group: Group, begin: float, end: float) -> float:
    """Mean number of servers over a window of clock hours; without courses."""
    if group.head_count is None:
        first, until = group.from_day * 24, end if group.until_day is None else min(end, group.until_day * 24)
        held = max(0.0, until - max(begin, first))
        if group.attrition is not None and held:
            held = held_hours(group.attrition, max(begin - first, 0.0), until - first)
        return group.servers * held / (end - begin)
    days = [day * 24 for day in group.head_count.days]
    spans = pairwise([*days, max(end, days[-1])])
    inside = (max(0.0, min(b, end) - max(a, begin)) for a, b in spans)
    return sum(n * hours for n, hours in zip(group.head_count.servers, inside, strict=True)) / (end - begin)


def held_hours(attrition: Attrition, begin: float, end: float) -> float:
    """Expected hours for which somebody holds a job between two ages of it, first held at age 0.

    A chain of two states with rates a = 1/tenure and b = 1/replacement: held at age t with the chance
    (b + a exp(-(a + b) t)) / (a + b).
    """
    a, b = 1 / (attrition.tenure_days * 24), 1 / (attrition.replacement_days * 24)
    fresh = a / (a + b) * (math.exp(-(a + b) * begin) - math.exp(-(a + b) * end)) / (a + b)
    return b / (a + b) * (end - begin) + fresh


def speeds(model: Model, station: str, category: str) -> dict[str, float]:
    """Speed of each group that may work on a category, beside the station's, at full skill; 1 where there is nobody."""
    groups = {name: group for name, group in model.groups(station).items() if group.may_work_on(category)}
    return {name: float(by_category(group.speed, category)) for name, group in groups.items()} or {"": 1.0}


def least_speeds(model: Model, station: str, category: str) -> dict[str, float]:
    """The same with the least skill that anybody may have who learns there."""
    groups = model.groups(station)
    found = speeds(model, station, category)
    return {
        name: speed
        * (_least_skill(model.stations[station].learning, groups[name], category) if name in groups else 1.0)
        for name, speed in found.items()
    }


def _least_skill(learning: Learning | None, group: Group, category: str) -> float:
    """Of the first holder of a job as the run begins, or of somebody who comes later."""
    if learning is None:
        return 1.0
    follows_untrained = group.attrition is not None and group.attrition.newcomer == "untrained"
    first = learning.trained if group.trained and not follows_untrained else learning.start
    lasts = group.attrition is None and learning.forgetting_days is None
    passes = float(by_category(group.experience, category)) if lasts else 0.0
    return min(1.0, first * math.pow(1 + passes, -math.log2(learning.rate)))


def when_all_hands_are_full(model: Model, station: str) -> float:
    """The share of its speed that a server keeps with as many requests at once as it may have."""
    value = model.stations[station]
    return max(LEAST_SPEED, 1 - value.switching_loss * (value.at_once - 1))
