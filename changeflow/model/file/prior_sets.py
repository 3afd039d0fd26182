"""Reads a prior set and proves that it can be used: complete, no value twice, each within its own range."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from changeflow.errors import Fault, ModelError, nearest
from changeflow.model.file.lines import line_of
from changeflow.model.file.shipped import shipped_priors
from changeflow.model.requests.demand import RATES

Raw = dict[str, Any]
Path = tuple[str, ...]
LEAF = ("value", "low", "high", "unit", "source")
"""What every number of a set has; nothing else."""
_SAID_TWICE: tuple[frozenset[str], ...] = (
    frozenset(RATES),
    frozenset({"availability", "hours_per_week"}),
    frozenset({"rework_work", "rework_hours"}),
)
"""Keys that say the same in different ways: a table has one of each."""


@cache
def shipped_set(name: str) -> Raw:
    """The tree of a shipped prior set; nobody writes into it.

    Raises ModelError when any of the sets has a fault: comparisons are run under all of them.
    """
    return checked_sets({other: path.read_text(encoding="utf-8") for other, path in shipped_priors().items()})[name]


def checked_sets(texts: Mapping[str, str]) -> dict[str, Raw]:
    """The trees of sets by name. Raises ModelError with the faults of all of them."""
    trees: dict[str, Raw] = {}
    faults: list[Fault] = []
    for name, text in texts.items():
        try:
            trees[name] = checked_set(f"{name}.toml", text, {o: t for o, t in texts.items() if o != name})
        except ModelError as error:
            faults += error.faults
    if faults:
        raise ModelError(faults)
    return trees


def checked_set(shown: str, text: str, others: Mapping[str, str] | None = None) -> Raw:
    """The tree of a set's text; `others` are texts of sets by name, whose values it must have, too.

    Raises ModelError with all faults: TOML that says a key twice, a leaf that is not whole, a value outside its range.
    """
    try:
        tree = _parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError([_not_toml(shown, error)]) from None
    faults = [*_faults(shown, text, tree), *_missing(shown, text, tree, others or {})]
    if faults:
        raise ModelError(faults)
    return tree


@lru_cache(maxsize=8)
def _parsed(text: str) -> Raw:
    """The tree of a text: each set is looked at for itself and beside the others, and reading takes longest."""
    return tomllib.loads(text)


def leaves(tree: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a set by its path: a table with `value`, or whatever else stands where one belongs."""
    for key, inner in tree.items():
        if isinstance(inner, Mapping) and inner and not set(inner) & set(LEAF):
            yield from leaves(inner, (*path, key))
        else:
            yield (*path, key), inner


def _not_toml(shown: str, error: tomllib.TOMLDecodeError) -> Fault:
    found = re.search(r"\(at line (\d+)", str(error))
    place = f"{shown}:{found[1]}" if found else shown
    twice = "Cannot overwrite" in str(error) or "Cannot declare" in str(error)
    return Fault(place, "", "a prior set with each value once" if twice else "a prior set in TOML", str(error))


def _faults(shown: str, text: str, tree: Raw) -> Iterator[Fault]:
    def fault(path: Path, expected: str, found: str = "", hint: str = "") -> Fault:
        return Fault(f"{shown}:{line_of(text, path)}", ".".join(path), expected, found, hint)

    tables: dict[Path, set[str]] = {}
    for path, leaf in leaves(tree):
        tables.setdefault(path[:-1], set()).add(path[-1])
        if not isinstance(leaf, Mapping):
            yield fault(path, "a table with " + ", ".join(LEAF), repr(leaf))
            continue
        missing = [key for key in LEAF if key not in leaf]
        if missing:
            yield fault(path, "a value with " + ", ".join(missing))
        for key in leaf:
            if key not in LEAF:
                yield fault(path, "a known key", f"'{key}'", nearest(key, LEAF))
        if not missing and not _in_range(leaf):
            yield fault(path, f"a value from {leaf['low']} to {leaf['high']}", str(leaf["value"]))
    for path, keys in tables.items():
        for same in _SAID_TWICE:
            if len(keys & same) > 1:
                first, second, *_ = sorted(keys & same)
                yield fault((*path, second), f"a value once (it is there as {first})")


def _in_range(leaf: Mapping[str, Any]) -> bool:
    """Numbers lie within their range; laws and words have none that could be compared."""
    numbers = [leaf[key] for key in ("low", "value", "high")]
    if not all(isinstance(one, int | float) for one in numbers):
        return True
    low, value, high = numbers
    return bool(low <= value <= high)


def _missing(shown: str, text: str, tree: Raw, others: Mapping[str, str]) -> Iterator[Fault]:
    """A value that another set has and this one has not."""
    own = {path for path, _ in leaves(tree)}
    for name, other in others.items():
        try:
            theirs = _parsed(other)
        except tomllib.TOMLDecodeError:  # a fault of the other set
            continue
        for path, _ in leaves(theirs):
            if path not in own:
                line = line_of(text, path)
                place = shown if line is None else f"{shown}:{line}"
                yield Fault(place, ".".join(path), f"a value, as the set {name} has")
