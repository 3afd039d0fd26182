"""The hours that the people of a station have for us."""

from __future__ import annotations

from itertools import pairwise

from changeflow.model.by_category import by_category
from changeflow.model.schema import Model
from changeflow.model.staff import Group

_LEAST_SPEED = 0.05
"""What is left of a server's speed at least, however often it switches."""


def group_hours(model: Model, station: str, begin: float, end: float) -> dict[str, float]:
    """Hours of work, at the station's speed, that each group can do in a week without holidays.

    The mean over the clock hours from begin to end: people come and leave.
    """
    value = model.stations[station]
    switching = max(_LEAST_SPEED, 1 - value.switching_loss * (value.at_once - 1))
    return {
        name: present(group, begin, end)
        * model.capacity_share(station, name)
        * model.open_hours_per_week(str(group.calendar))
        * _mean_speed(model, group)
        * switching
        for name, group in model.groups(station).items()
    }


def present(group: Group, begin: float, end: float) -> float:
    """Mean number of servers over a window of clock hours."""
    if group.head_count is None:
        until = end if group.until_day is None else min(end, group.until_day * 24)
        return group.servers * max(0.0, until - max(begin, group.from_day * 24)) / (end - begin)
    days = [day * 24 for day in group.head_count.days]
    spans = pairwise([*days, max(end, days[-1])])
    inside = (max(0.0, min(b, end) - max(a, begin)) for a, b in spans)
    return sum(n * hours for n, hours in zip(group.head_count.servers, inside, strict=True)) / (end - begin)


def _mean_speed(model: Model, group: Group) -> float:
    """Over the categories the group works on, by their shares of the requests."""
    if not isinstance(group.speed, dict):
        return float(group.speed)
    shares = {name: value.share for name, value in model.categories.items() if group.may_work_on(name)}
    total = sum(shares.values())
    if not total:
        return 1.0
    return sum(float(by_category(group.speed, name)) * share for name, share in shares.items()) / total
