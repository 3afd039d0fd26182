"""The rarer keys of a model file, written commented out where they belong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from changeflow.present.inputs.rare_keys import (
    ACCEPTANCE,
    COMPONENTS,
    COSTS,
    ERRORS,
    IN_HOUSE,
    QUEUE,
    SECTIONS,
    SOURCE,
    STAFF,
    SYSTEM,
    VENDOR,
    Hint,
)

_TITLE = "# more of what this program can do; take away the # to use a line"


def with_hints(text: str) -> str:
    """The text of a model file with the rarer keys as comments; it is still the same model."""
    raw = tomllib.loads(text)
    stations: dict[str, dict[str, Any]] = raw.get("stations", {})
    filled = "priors" in raw
    for name, station in stations.items():
        vendor = station.get("kind") == "vendor"
        hints = [*QUEUE, *(VENDOR if vendor else IN_HOUSE), *STAFF]
        if filled and f"[stations.{name}.acceptance]" not in text:
            hints += ACCEPTANCE
        text = _after_table(text, f"stations.{name}", _lines(hint for hint in hints if _key(hint) not in station))
    demand = raw.get("demand", {})
    for path, source in [
        ("demand", demand),
        *((f"demand.sources.{k}", v) for k, v in demand.get("sources", {}).items()),
    ]:
        if source.get("kind") == "poisson":
            text = _after_table(text, path, _lines(hint for hint in SOURCE if _key(hint) not in source))
    text = _after_table(text, "costs", _lines(hint for hint in COSTS if _key(hint) not in raw.get("costs", {})))
    text = _after_table(text, "routing", _lines(_rules(list(stations)), titled=False))
    vendors = [name for name, station in stations.items() if station.get("kind") == "vendor"]
    if "sources" in demand and filled and vendors:
        text = text.rstrip("\n") + f"\n\n{_TITLE}\n\n" + SECTIONS.replace("VENDOR", vendors[0])
        rare = {"errors": ERRORS.replace("VENDOR", vendors[0]), "system": SYSTEM, "components": COMPONENTS}
        text += "".join(f"\n{lines}" for section, lines in rare.items() if section not in raw)
    return text


def _key(hint: Hint) -> str:
    return hint[0].partition(" ")[0].partition(".")[0]


def _rules(stations: list[str]) -> Iterable[Hint]:
    """Other entries; only one may stand in a file."""
    if len(stations) < 2:
        return
    among = "[" + ", ".join(f'"{name}"' for name in stations) + "]"
    first, last = stations[0], stations[-1]
    yield (
        f'entry = {{ rule = "shortest_queue", among = {among} }}',
        "or soonest, or cheapest",
    )
    yield (
        f'entry = {{ rule = "by_size", up_to_hours = 8, small = "{first}", large = "{last}" }}',
        "reference hours of work; small and large may be rules themselves",
    )
    yield (
        f'entry = {{ rule = "until_day", day = 30, first = "{last}", then = "{first}" }}',
        "days since go-live",
    )
    yield (
        f'entry = {{ rule = "budget", per_month = 5000, prefer = "{last}", otherwise = "{first}" }}',
        "money a month; otherwise: a station, refused or wait (process engine only)",
    )


def _lines(hints: Iterable[Hint], *, titled: bool = True) -> list[str]:
    lines = [f"# {line:<29} # {meaning}" for line, meaning in hints]
    return [_TITLE, *lines] if titled and lines else lines


def _after_table(text: str, path: str, added: list[str]) -> str:
    """Lines put behind the last key of the table with this header."""
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines) if line.partition("#")[0].strip() == f"[{path}]"]
    if not heads or not added:
        return text
    end = heads[0] + 1
    while end < len(lines) and not lines[end].startswith("["):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], *added, *lines[end:]])
