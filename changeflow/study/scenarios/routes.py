"""One system, the same requests, three routes: who makes the changes."""

from __future__ import annotations

from changeflow.errors import PlanError
from changeflow.model.reading import vary
from changeflow.model.requests.routing import (
    Budget,
    BySize,
    Cheapest,
    Custom,
    OpenFirst,
    Route,
    ShortestQueue,
    Soonest,
    UntilDay,
    places,
)
from changeflow.model.schema import Model

ROUTES = ("vendor", "power_users", "both")
KIND = {"vendor": "vendor", "power_users": "in_house"}


def along_route(model: Model, route: str) -> Model:
    """The model with every request sent along one route.

    `vendor` and `power_users` send work to the stations of their kind only; what those may not do is refused.
    A station of the other kind gives way where the wanted kind has a station of the same stage; at the entry
    it always gives way. `both` leaves the routing of the file alone. Raises PlanError, naming the missing kind.
    """
    kinds = {station.kind for station in model.stations.values()}
    if route == "both":
        for kind, name in (("vendor", "vendor"), ("in_house", "in-house")):
            if kind not in kinds:
                raise PlanError(f"{model.place}: --who both: expected a {name} station, found none")
        return model
    kind = KIND[route]
    wanted = [name for name, station in model.stations.items() if station.kind == kind]
    if not wanted:
        name = "in-house" if kind == "in_house" else "vendor"
        raise PlanError(f"{model.place}: --who {route}: expected a station of kind {kind} ({name}), found none")
    changes: dict[str, object] = {"routing.entry": _only(model, model.entry, wanted, at_entry=True)}
    for name, rule in model.routing.next.items():
        changes[f"routing.next.{name}"] = _only(model, rule, wanted, at_entry=False)
    for name in wanted:
        full = model.stations[name].when_full
        if full != "refused" and full not in wanted:
            changes[f"stations.{name}.when_full"] = "refused"
    prefix = _source_prefix(model)
    for name, source in model.demand.sources.items():
        if source.entry is not None and not source.background:  # other customers stay where they are
            changes[f"{prefix(name)}.entry"] = _only(model, source.entry, wanted, at_entry=True)
    return vary(model, changes, own_routing=False)


def _source_prefix(model: Model):  # type: ignore[no-untyped-def]
    single = "sources" not in model._raw.get("demand", {})
    return (lambda _: "demand") if single else (lambda name: f"demand.sources.{name}")


def _only(model: Model, route: Route, wanted: list[str], *, at_entry: bool) -> object:
    """The rule with unwanted stations replaced; a rule that never names one stays as it is."""
    raw: dict[str, object] = route.model_dump(exclude_none=True)
    for key in ("small", "large", "first", "then"):
        inner = getattr(route, key, None)
        if inner is not None:
            raw[key] = _only(model, inner, wanted, at_entry=at_entry)
    if isinstance(route, BySize | UntilDay):
        return raw
    may = tuple(model.stations) if isinstance(route, Custom) else places(route)
    named = [place for place in may if place in model.stations]
    unwanted = [place for place in named if place not in wanted and _gives_way(model, place, wanted, at_entry)]
    if not unwanted:
        return raw
    kept = [place for place in named if place in wanted]
    instead = kept or _same_stage(model, unwanted, wanted) or wanted
    if isinstance(route, Budget) and route.prefer in wanted:
        return {**raw, "otherwise": "refused"}
    if isinstance(route, ShortestQueue | Soonest | Cheapest):
        return {**raw, "among": instead}
    prefer: dict[str, object] = {"rule": "open_first", "prefer": instead}
    if isinstance(route, OpenFirst) and route.overflow_beyond is not None and len(instead) > 1:
        prefer["overflow_beyond"] = route.overflow_beyond
    return prefer


def _gives_way(model: Model, place: str, wanted: list[str], at_entry: bool) -> bool:
    return at_entry or bool(_same_stage(model, [place], wanted))


def _same_stage(model: Model, unwanted: list[str], wanted: list[str]) -> list[str]:
    stages = {model.stage(place) for place in unwanted}
    return [name for name in wanted if model.stage(name) in stages]
