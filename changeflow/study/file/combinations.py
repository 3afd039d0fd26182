"""What fits with what in a study file: one table of the pairs that do not, and why; every other pair works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from changeflow.errors import Fault
from changeflow.model.file.faults import Loc, Places
from changeflow.study.file.study import Study

Refusal = tuple[tuple[str, ...], tuple[str, ...], str]
"""None of the first fits with any of the second, and why."""

EXPLAINING = ("one_at_a_time", "morris", "saltelli")
"""Designs that explain one number by its factors."""
SPREAD = ("fractional", "latin_hypercube", "sobol")
_DESIGNS = (*EXPLAINING, *SPREAD)
_SECTIONS = ("precision", "selection", "wrong_choice", "break_even", "break_even_map", "waterfall", "pareto")
FEATURES = ("steady", "controls", "antithetic", *_SECTIONS, *_DESIGNS)
"""What a study may ask for beside points, scenarios and replications of a grid."""

REFUSALS: tuple[Refusal, ...] = (
    (("precision",), ("steady",), "all long runs are cut alike, so all systems need as many: use replications"),
    (("selection",), ("steady",), "a procedure takes whole runs one by one, and the long run has batches of them"),
    (("controls",), ("steady",), "controls belong to whole runs, and weeks have none"),
    (("antithetic",), ("steady",), "intervals come from the batches of each run, which pairs of runs do not help"),
    (("wrong_choice",), ("steady",), "it counts whole runs, of which the long run has few"),
    (("precision",), ("selection",), "either of them says how often a system is run"),
    (("controls", "antithetic"), ("selection",), "what its procedures promise holds for plain runs"),
    (
        ("break_even", "break_even_map", "waterfall", "pareto", *EXPLAINING, "wrong_choice"),
        ("selection",),
        "it runs a system only as often as its own answer needs, and some not at all",
    ),
    (("precision",), ("wrong_choice",), "choices are counted over a number of runs that does not hang on them"),
    (("controls", "antithetic"), ("wrong_choice",), "it counts choices by plain runs"),
    (
        ("break_even", "break_even_map", "waterfall", "fractional", *EXPLAINING),
        ("wrong_choice",),
        "it is about two systems, and they have more",
    ),
    (
        ("precision",),
        ("morris", "saltelli", "waterfall", "pareto"),
        "only the runs that all points have count there, so more at some would be lost: use replications",
    ),
    (
        ("controls",),
        (*EXPLAINING, "break_even", "waterfall", "pareto"),
        "it works on plain runs, which controls leave as they are",
    ),
    (("antithetic",), ("saltelli",), "its share of noise is that of single runs, not of pairs"),
    (_DESIGNS, ("break_even", "break_even_map"), "it lays out its points itself, from a grid"),
    (_DESIGNS, ("waterfall",), "its causes are what is varied"),
    (EXPLAINING, ("pareto",), "their points are there to explain one number, not to be chosen from"),
    (("break_even_map",), ("break_even",), "one varies two factors, the other one"),
    (("break_even", "break_even_map"), ("waterfall",), "its causes are what is varied"),
    (("pareto",), ("break_even", "waterfall"), "its points are there to find one number, not to be chosen from"),
)
WHY = {frozenset(pair): why for first, second, why in REFUSALS for pair in ((a, b) for a in first for b in second)}
"""Pair -> why it does not fit."""


def combination_faults(study: Study, places: Places) -> Iterator[Fault]:
    """One for each pair that does not fit, at the one that the file could do without."""
    there = [name for name in FEATURES if _IS_THERE[name](study)]
    for pair in combinations(there, 2):
        if frozenset(pair) in WHY:
            left, right = sorted(pair, key=lambda name: not _comes_first(name, pair))
            expected = f"no {in_words(left)} beside {in_words(right)} ({WHY[frozenset(pair)]})"
            yield places.fault(_place(left), expected)


def _comes_first(name: str, pair: tuple[str, ...]) -> bool:
    """Does the table name it as the one that has to go?"""
    return any(name in first and set(pair) <= {name, *second} for first, second, _ in REFUSALS)


def in_words(name: str) -> str:
    """As it stands in the file."""
    if name == "steady":
        return 'kind = "steady"'
    if name in _DESIGNS:
        return f"design of kind {name}"
    return f"{name} in [variance_reduction]" if name in {"controls", "antithetic"} else f"[{name}]"


def _place(name: str) -> Loc:
    if name in _DESIGNS:
        return "design", "kind"
    return ("variance_reduction", name) if name in {"controls", "antithetic"} else (name,)


def _section(name: str) -> Callable[[Study], bool]:
    return lambda study: getattr(study, name) is not None


def _design(kind: str) -> Callable[[Study], bool]:
    return lambda study: study.design.kind == kind


_IS_THERE: dict[str, Callable[[Study], bool]] = {
    "steady": lambda study: study.kind == "steady",
    "controls": lambda study: study.variance_reduction is not None and study.variance_reduction.controls,
    "antithetic": lambda study: study.variance_reduction is not None and study.variance_reduction.antithetic,
    **{name: _section(name) for name in _SECTIONS},
    **{kind: _design(kind) for kind in _DESIGNS},
}
