"""A reference case as a model of ours: everything our models can say, a reason for everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from changeflow.errors import ChangeflowError
from changeflow.model.reading import build_model
from changeflow.model.schema import Model

from .arriving import planned_rate, read_arrivals
from .reasons import Raw, Unsupported, number, only
from .stations import Place, priorities, read_places

MONDAY = date(2026, 1, 5)
CASE_KEYS = {"id", "kind", "share", "feature", "source", "note", "model", "expected", "published", "accept"}
ACCEPT_KEYS = {
    "rule", "conf", "min_reps", "max_rel_hw", "abs_hw_floor", "arrivals_per_rep", "warmup_arrivals", "abs_tol",
    "rel_tol", "macro_reps", "min_correct",
}  # fmt: skip
MODEL_KEYS = {"arrivals", "stations", "routing", "initial_in_station", "target"}


@dataclass(frozen=True, slots=True)
class Setup:
    """A translated case: our model for any horizon, and what the measures need to know of it."""

    raw: Raw
    sources: Callable[[float], dict[str, Raw]]
    hours: float
    """Clock hours a unit of the case's time stands for."""
    places: tuple[Place, ...]
    period: float
    """Time averages are over whole multiples of this; 0 where there is no period."""
    classes: tuple[str, ...]
    rate: float
    """Requests per unit of time."""
    edges: tuple[float, ...]
    """Edges of a piecewise arrival rate, for counts."""
    target: int | None

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations' names in the order of the case."""
        return tuple(place.name for place in self.places)

    def tables(self, horizon: float) -> Raw:
        """The model as tables of a model file, for a horizon in the case's unit."""
        stations = {place.name: place.with_staff(horizon, self.hours) for place in self.places}
        days = horizon * self.hours / 24
        return self.raw | {"stations": stations, "demand": {"sources": self.sources(horizon)}, "horizon_days": days}

    def model(self, horizon: float) -> Model:
        """The checked model."""
        return checked(self.tables(horizon))


def checked(tables: Raw, file: Path = Path("case")) -> Model:
    """A Model from tables; what the model language refuses is unsupported."""
    try:
        return build_model(tables, file=file, shown="case")
    except ChangeflowError as error:
        raise Unsupported("our model refuses it: " + "; ".join(str(error).splitlines())) from None


def check_case(case: Raw) -> None:
    """Refuse keys of a case that no one here has read the meaning of."""
    only(case, CASE_KEYS, "case")
    only(case.get("accept", {}), ACCEPT_KEYS, "accept")


def common(title: str) -> Raw:
    """What every model of a case has."""
    return {"title": title, "go_live": MONDAY, "warm_up_days": 0.0, "follow_up_days": 0.0}


def translate(case: Raw) -> Setup:
    """Translate a case about a system."""
    model = case["model"]
    only(model, MODEL_KEYS, "model")
    arrivals, stations = model["arrivals"], model["stations"]
    ranks = _ranks(arrivals, stations)
    places, calendars, hours = read_places(stations, ranks)
    names, classes = tuple(place.name for place in places), tuple(ranks)
    raw = common(str(case["id"])) | {"calendars": calendars}
    raw["categories"] = {name: {"share": 1 / len(classes), "priority": rank} for name, rank in ranks.items()}
    raw["routing"] = {"next": _routing(model.get("routing", {}), names)}
    raw["open_today"] = _open_today(model, names, classes)
    if not stations:
        raw["routing"]["entry"] = "refused"
    return Setup(
        raw=raw,
        sources=read_arrivals(arrivals, places, hours),
        hours=hours,
        places=places,
        period=_common_period([place.schedule.period or 0.0 for place in places if place.schedule], arrivals),
        classes=classes,
        rate=planned_rate(arrivals, stations),
        edges=_edges(arrivals),
        target=_target(case),
    )


def _ranks(arrivals: list[Raw], stations: list[Raw]) -> dict[str, int]:
    """The classes with their priorities."""
    given: dict[str, Any] = {}
    for table in arrivals:
        name, priority = table.get("cls", "cr"), table.get("priority")
        if given.setdefault(name, priority) != priority:
            raise Unsupported(f"two priorities of class {name}")
    return priorities(given, matter=any("priority" in str(table.get("discipline")) for table in stations))


def _routing(routing: Any, names: tuple[str, ...]) -> Raw:
    built: Raw = {}
    for name, row in routing.items():
        if name not in names:
            raise Unsupported(f"routing: no station {name}")
        if isinstance(row, str):
            row = {row: 1.0}  # noqa: PLW2901  a bare name is a table with one entry
        elsewhere = [place for place in row if place not in names]
        if elsewhere:
            raise Unsupported(f"routing from {name}: {', '.join(elsewhere)}")
        shares = {place: number(share, f"routing from {name}") for place, share in row.items()}
        rest = 1.0 - sum(shares.values())
        if rest < -1e-9:
            raise Unsupported(f"routing from {name}: more than 1 in all")
        built[name] = shares | ({"done": rest} if rest > 1e-12 else {})
    return built


def _open_today(model: Raw, names: tuple[str, ...], classes: tuple[str, ...]) -> int:
    count = model.get("initial_in_station", 0)
    if isinstance(count, bool) or not isinstance(count, int):
        raise Unsupported(f"initial_in_station = {count!r}")
    if count and (len(names) != 1 or len(classes) != 1):
        raise Unsupported("initial_in_station with several stations or classes")
    return count


def _common_period(periods: list[float], arrivals: list[Raw]) -> float:
    for table in arrivals:
        process = table["process"]
        if "period" in process:
            periods = [*periods, float(process["period"])]
    longest = max(periods, default=0.0)
    if any(period and abs(longest / period - round(longest / period)) > 1e-9 for period in periods):
        raise Unsupported("periods that are not multiples of one another")
    return longest


def _edges(arrivals: list[Raw]) -> tuple[float, ...]:
    found = {tuple(map(float, table["process"].get("edges", ()))) for table in arrivals}
    return found.pop() if len(found) == 1 else ()


def _target(case: Raw) -> int | None:
    """The level of a stopping time: a key of the model, or the words 'target = n' of the note."""
    if "target" in case["model"]:
        return int(case["model"]["target"])
    _, found, rest = str(case.get("note", "")).partition("target = ")
    digits = rest.split(":")[0].split(",")[0].split()[:1]
    return int(digits[0]) if found and digits and digits[0].isdigit() else None
