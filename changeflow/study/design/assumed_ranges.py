"""The ranges of a model's assumptions as factors: of one path, or of all that can be varied alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from changeflow.errors import InputError, ModelError
from changeflow.model.reading import with_sets
from changeflow.model.schema import Model
from changeflow.study.design.range import Range, range_between
from changeflow.study.file.study import ALL, Factor, Study
from changeflow.study.file.toml_value import toml


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An assumption that path = "*" does not vary, and why."""

    path: str
    why: str


def assumed_range(path: str, bases: Sequence[Model], levels: int = 2) -> Range | None:
    """The range of an assumption; None where some model has none, or another one."""
    notes = [model.assumptions.get(path) for model in bases]
    first = notes[0]
    if first is None or any(note is None or (note.low, note.high) != (first.low, first.high) for note in notes):
        return None
    return range_between(path, first.low, first.high, levels)


def with_all(study: Study, bases: Sequence[Model]) -> tuple[Study, tuple[int, ...], tuple[LeftOut, ...]]:
    """The study with path = "*" replaced by every assumption that can be varied alone.

    Also the place of each factor in the file, and what is left out.
    """
    factors: list[Factor] = []
    places: list[int] = []
    left: list[LeftOut] = []
    taken = {factor.path for factor in study.factors} | set(study.fixed)
    for place, factor in enumerate(study.factors):
        found = [factor]
        if factor.path == ALL:
            asked = [path for path in dict.fromkeys(p for base in bases for p in base.assumptions) if path not in taken]
            reasons = {path: _why_not(path, factor, bases) for path in asked}
            left += [LeftOut(path, why) for path, why in reasons.items() if why]
            found = [Factor(path=path, prior=True, levels=factor.levels) for path, why in reasons.items() if not why]
        factors += found
        places += [place] * len(found)
    return study.model_copy(update={"factors": tuple(factors)}), tuple(places), tuple(left)


def _why_not(path: str, factor: Factor, bases: Sequence[Model]) -> str:
    """Why an assumption cannot be varied alone; '' where it can."""
    if path in factor.without:
        return "excepted"
    one = assumed_range(path, bases)
    if one is None:
        return "no range" if len(bases) == 1 else "no range that all models share"
    for value in dict.fromkeys(toml(one.at(share)) for share in (0.0, 0.5, 1.0)):
        for base in bases:
            try:
                with_sets(base, [f"{path}={value}"])
            except ModelError as error:
                fault = error.faults[0]
                return f"{value} alone: {fault.path} expects {fault.expected}"
            except InputError as error:
                return f"{value} alone: {error}"
    return ""
