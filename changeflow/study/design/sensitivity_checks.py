"""Names and numbers of factors that the sections of a study file that ask how sure an answer is cannot use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from changeflow.errors import Fault, nearest
from changeflow.model.file.faults import Loc, Places
from changeflow.study.design.range import Range
from changeflow.study.file.combinations import EXPLAINING
from changeflow.study.file.study import Study


def sensitivity_faults(study: Study, places: Places, scenarios: Collection[str]) -> Iterator[Fault]:
    """Unknown scenarios, and numbers of factors that a section cannot use."""
    yield from _unknown_scenarios(study, places, scenarios)
    yield from _of_sensitivity(study, places)
    yield from _of_break_even(study, places)
    yield from _of_map(study, places, scenarios)
    yield from _of_waterfall(study, places)


def range_faults(study: Study, places: Places, ranges: Sequence[Range], where: Sequence[int]) -> Iterator[Fault]:
    """Ranges that a search or a map cannot use; `where`: each factor's place in the file."""
    for one, place in zip(ranges, where):
        if study.break_even is not None and (one.values or one.laws is not None):
            yield places.fault(("factors", place), "a range of numbers for [break_even]", one.path)
        plain = all(isinstance(value, int | float | str) for value in one.steps)
        if study.break_even_map is not None and not plain:
            yield places.fault(("factors", place), "numbers or words for [break_even_map]", one.path)


def _unknown_scenarios(study: Study, places: Places, scenarios: Collection[str]) -> Iterator[Fault]:
    named: list[tuple[Loc, str | None]] = []
    if study.sensitivity is not None:
        named += [(("sensitivity", key), getattr(study.sensitivity, key)) for key in ("scenario", "minus")]
    if study.break_even is not None:
        named += [(("break_even", "between", i), name) for i, name in enumerate(study.break_even.between)]
    if study.waterfall is not None:
        named += [(("waterfall", "from"), study.waterfall.begin), (("waterfall", "to"), study.waterfall.end)]
    for path, name in named:
        if name is not None and name not in scenarios:
            yield places.fault(path, "a scenario of this study", name, nearest(name, scenarios))


def _of_sensitivity(study: Study, places: Places) -> Iterator[Fault]:
    asked = study.sensitivity
    if asked is None:
        return
    if study.design.kind not in EXPLAINING:
        yield places.fault(("sensitivity",), f"a design of kind {' or '.join(EXPLAINING)}", study.design.kind)
    if asked.minus is not None and asked.minus == asked.scenario:
        yield places.fault(("sensitivity", "minus"), "another scenario", asked.minus)


def _of_break_even(study: Study, places: Places) -> Iterator[Fault]:
    asked = study.break_even
    if asked is None:
        return
    if asked.between[0] == asked.between[1]:
        yield places.fault(("break_even", "between"), "two different scenarios", asked.between[0])
    if len(study.factors) != 1:
        yield places.fault(("break_even",), "one of [[factors]], with a range", f"{len(study.factors)} factors")
    elif study.factors[0].values is not None:
        yield places.fault(("factors", 0, "values"), "a range for [break_even]: low and high, or prior = true", None)


def _of_map(study: Study, places: Places, scenarios: Collection[str]) -> Iterator[Fault]:
    asked = study.break_even_map
    if asked is None:
        return
    if len(study.factors) != 2:
        yield places.fault(("break_even_map",), "two of [[factors]]", f"{len(study.factors)} factors")
    if len(scenarios) < 2:
        yield places.fault(("break_even_map",), "at least two scenarios", f"{len(scenarios)}")
    paths = [factor.path for factor in study.factors]
    for path, value in asked.mark.items():
        if path not in paths:
            yield places.fault(("break_even_map", "mark", path), "the path of a factor", path, nearest(path, paths))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            yield places.fault(("break_even_map", "mark", path), "a number", value)


def _of_waterfall(study: Study, places: Places) -> Iterator[Fault]:
    if study.waterfall is None:
        return
    if study.factors:
        yield places.fault(("factors", 0), "no factors beside [waterfall], whose causes are what is varied", None)
