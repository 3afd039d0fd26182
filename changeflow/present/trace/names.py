"""What stands for the numbers in a trace: people, components, the beginning of the clock."""

from __future__ import annotations

from datetime import datetime, time

from changeflow.model.schema import Model


def people_of(model: Model, station: str) -> list[str]:
    """Names of a station's servers by number: of the people, else ''; those called off come last."""
    if station not in model.stations or model.stations[station].servers == "infinite":
        return []
    names = []
    for name, group in model.groups(station).items():
        many = group.most_servers > 1
        names += [f"{name} {n + 1}" if many and name else name for n in range(group.most_servers)]
    call_off = model.stations[station].call_off
    return names + [f"called off {n + 1}" for n in range(call_off.servers if call_off else 0)]


def components_of(model: Model) -> tuple[str, ...]:
    return () if model.component_graph is None else model.component_graph.names


def zero_of(model: Model) -> datetime:
    return datetime.combine(model.first_day, time())
