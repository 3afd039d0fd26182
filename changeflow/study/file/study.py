"""The study file: a question, models, factors, a design, how many runs, and what is expected of the answer."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from changeflow.errors import Fault, ModelError, nearest
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.file.faults import Loc, Places, faults_of, path_in_file
from changeflow.model.file.shipped import shipped_experiments
from changeflow.model.targets import Comparison
from changeflow.model.values.frozen import ListOf, NonNegative, Value
from changeflow.study.estimates.wrong_choice import WrongChoice
from changeflow.study.file.selection import Selecting
from changeflow.study.file.sensitivity import SECTIONS, BreakEven, BreakEvenMap, Pareto, Sensitivity, Waterfall
from changeflow.study.file.steady import Steady
from changeflow.study.file.variance import VarianceReduction
from changeflow.study.scenarios.routes import ROUTES

Number = int | float
DESIGNS = {
    "grid": frozenset[str](),
    "fractional": frozenset({"resolution", "generators"}),
    "latin_hypercube": frozenset({"points", "seed"}),
    "sobol": frozenset({"points", "seed"}),
    "one_at_a_time": frozenset[str](),
    "morris": frozenset({"trajectories", "levels", "seed"}),
    "saltelli": frozenset({"points", "seed"}),
}
"""The keys of each kind of design."""
ALL = "*"
"""The path that stands for every assumption that has a range."""


class Factor(Value):
    """What is varied: a path of the model, over values, from low to high, or over the file's own range (prior)."""

    path: Annotated[str, Field(min_length=1)]
    values: Annotated[ListOf[Any], Field(min_length=1)] | None = None
    low: Number | None = None
    high: Number | None = None
    levels: Annotated[int, Field(ge=2)] | None = None
    """Steps of a range in a grid (default 2)."""
    prior: bool = False
    without: Annotated[ListOf[str], Field(alias="except")] = ()
    """Of path = "*": assumptions that stay as they are."""

    @model_validator(mode="after")
    def _one_way(self) -> Factor:
        if self.path == ALL and not self.prior:
            raise ValueError('prior = true with path = "*"')
        if self.without and self.path != ALL:
            raise ValueError('except only with path = "*"')
        ways = (self.values is not None) + (self.low is not None or self.high is not None) + self.prior
        if ways != 1:
            raise ValueError("one of values, low and high, prior = true")
        if self.values is None and not self.prior:
            if self.low is None or self.high is None:
                raise ValueError("both low and high")
            if not self.low < self.high:
                raise ValueError("low below high")
        if self.levels is not None and self.values is not None:
            raise ValueError("levels only with a range")
        return self


class Design(Value):
    """Which settings of the factors are run."""

    kind: Literal["grid", "fractional", "latin_hypercube", "sobol", "one_at_a_time", "morris", "saltelli"] = "grid"
    points: Annotated[int, Field(ge=1)] | None = None
    seed: Annotated[int, Field(ge=0)] = 1
    resolution: Annotated[int, Field(ge=3, le=5)] = 4
    """Of a fractional design: 3 main effects apart from each other, 4 from pairs too, 5 pairs from pairs too."""
    generators: ListOf[str] = ()
    """Such as "D=ABC", with letters for the factors in order; instead of a resolution."""
    trajectories: Annotated[int, Field(ge=2)] = 10
    """Of a morris design: walks through the ranges, each of one step more than there are factors."""
    levels: Annotated[int, Field(ge=2)] = 4
    """Of a morris design: even steps of each range."""

    @model_validator(mode="after")
    def _own_keys(self) -> Design:
        allowed = DESIGNS[self.kind] | {"kind"}
        strange = sorted(self.model_fields_set - allowed)
        if strange:
            raise ValueError(f"no '{strange[0]}' in a design of kind {self.kind} (known: {', '.join(sorted(allowed))})")
        if "points" in DESIGNS[self.kind]:
            if self.points is None:
                raise ValueError(f"points, the number of points of a {self.kind}")
            if self.kind in {"sobol", "saltelli"} and self.points & (self.points - 1):
                raise ValueError(f"points that are a power of two, for a {self.kind} design, found {self.points}")
            if self.kind == "saltelli" and self.points < 2:
                raise ValueError("at least 2 points, for a saltelli design: their spread is what is explained")
        if self.levels % 2:
            raise ValueError(f"an even number of levels, found {self.levels}")
        if {"resolution", "generators"} <= self.model_fields_set:
            raise ValueError("either resolution or generators")
        return self


class Until(Value):
    """How precise a measure must be: half-width as a share of the mean, or in its unit; either is enough."""

    measure: str
    relative: NonNegative = 0.0
    absolute: NonNegative = 0.0

    @model_validator(mode="after")
    def _some(self) -> Until:
        if self.relative == 0 and self.absolute == 0:
            raise ValueError("relative or absolute above 0")
        return self


class Sequential(Value):
    """Replications until all measures are precise, in every scenario of a point, and stay so for a few more."""

    first: Annotated[int, Field(ge=3)] = 20
    most: Annotated[int, Field(ge=3)] = 2000
    measures: Annotated[ListOf[Until], Field(min_length=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Sequential:
        if self.most < self.first:
            raise ValueError(f"most of at least first ({self.first}), found {self.most}")
        return self


class Expect(Value):
    """A gate: a measure surely below or above a number, in one scenario or in all, at every point that it is `at`."""

    measure: str
    scenario: str | None = None
    below: Number | None = None
    above: Number | None = None
    at: dict[str, Any] = {}
    """Values of factors; empty: at every point."""

    @model_validator(mode="after")
    def _one_side(self) -> Expect:
        if (self.below is None) == (self.above is None):
            raise ValueError("one of below and above")
        return self


class Study(Value):
    """A whole study file."""

    kind: Literal["terminating", "steady"] = "terminating"
    """What is asked about: a stretch of time from its start, or the long run."""
    title: str = ""
    question: str = ""
    models: Annotated[ListOf[str], Field(min_length=1)]
    who: ListOf[str] = ()
    fixed: Annotated[dict[str, Any], Field(alias="set")] = {}
    """Path -> value, the same at every point."""
    factors: ListOf[Factor] = ()
    design: Design = Design()
    replications: Annotated[int, Field(ge=2)] | None = None
    precision: Sequential | None = None
    seed: Annotated[int, Field(ge=0)] = 1
    baseline: str | None = None
    comparison: Comparison | None = None
    """The primary measure, its level, the smallest difference that matters; default: the first model's own."""
    target: str | None = None
    """In words, for every scenario."""
    measures: ListOf[str] = ()
    """Written to the tables beside those that the study names; "all" for every one."""
    expect: ListOf[Expect] = ()
    sensitivity: Sensitivity | None = None
    break_even: BreakEven | None = None
    break_even_map: BreakEvenMap | None = None
    waterfall: Waterfall | None = None
    pareto: Pareto | None = None
    selection: Selecting | None = None
    """How the best of all scenarios and points is chosen, and how often each is run for that."""
    variance_reduction: VarianceReduction | None = None
    """Narrower intervals from as many runs."""
    steady: Steady | None = None
    """How long runs are cut into batches, in a study of kind "steady"."""
    wrong_choice: WrongChoice | None = None
    """How often few of the runs of two systems mislead."""

    @model_validator(mode="after")
    def _one_stop(self) -> Study:
        if self.steady is not None and self.kind != "steady":
            raise ValueError('[steady] only with kind = "steady"')
        if self.replications is not None and self.precision is not None:
            raise ValueError("either replications or [precision]")
        if self.selection is not None and not self.selection.of_a_size and self.replications is not None:
            raise ValueError(f"no replications with {self.selection.procedure}, which asks for what it needs (most)")
        return self


def read_study(path: str | Path) -> tuple[Study, Places]:
    """Read a study file, without its models. Raises ModelError with every fault of its form, each with its line."""
    file = find_study(path)
    try:
        text = file.read_bytes().decode("utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise ModelError([Fault(str(path), "", "a readable study file", error.strerror or str(error))]) from None
    except UnicodeDecodeError:
        raise ModelError([Fault(str(path), "", "a study file in UTF-8", "other bytes")]) from None
    except tomllib.TOMLDecodeError as error:
        raise ModelError([Fault(str(path), "", "TOML", str(error))]) from None
    places = Places(str(path), text, {})
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        raise ModelError(_with_names(error, raw, places)) from None
    return study, places


def find_study(path: str | Path) -> Path:
    """The file that a path or the name of a shipped experiment names; raises ModelError when there is none."""
    file, shipped = Path(path), shipped_experiments()
    if file.exists():
        return file
    if str(path) in shipped:
        return shipped[str(path)]
    if file.parent.name == "experiments" and file.suffix == ".toml" and file.stem in shipped:
        return shipped[file.stem]
    raise ModelError([Fault(str(path), "", "a study file", "nothing", nearest(file.stem, shipped))])


def word_faults(study: Study, places: Places) -> list[Fault]:
    """What is wrong with a study's words by themselves: unknown routes and measures, what stands twice."""
    return [*_unknown_words(study, places), *_twice(study, places)]


_CLASSES: dict[str, type[BaseModel]] = {
    "factors": Factor, "design": Design, "precision": Sequential, "measures": Until, "expect": Expect,
    "comparison": Comparison, "selection": Selecting, "variance_reduction": VarianceReduction, "steady": Steady,
    "wrong_choice": WrongChoice, **SECTIONS,
}  # fmt: skip


def _with_names(error: ValidationError, raw: dict[str, Any], places: Places) -> list[Fault]:
    """The faults, unknown keys with the nearest key of a study instead of a model's."""
    faults = {fault.path: fault for fault in faults_of(error, raw, places)}
    for item in error.errors(include_url=False):
        if item["type"] == "extra_forbidden":
            path = path_in_file(item["loc"], raw, ends_on_a_key=True)
            names = [part for part in path[:-1] if isinstance(part, str)]
            fields = (_CLASSES.get(names[-1], Study) if names else Study).model_fields
            known = [field.alias or name for name, field in fields.items()]
            fault = places.unknown_key(path, known)
            faults[fault.path] = fault
    return list(faults.values())


def _unknown_words(study: Study, places: Places) -> list[Fault]:
    """Routes and measures that nobody knows; the part after a measure's dot is known only after a run."""
    routes = [(("who", i), name) for i, name in enumerate(study.who) if name not in ROUTES]
    faults = [places.fault(path, "a route", name, nearest(name, ROUTES)) for path, name in routes]
    named: list[tuple[Loc, str]] = [(("expect", i, "measure"), one.measure) for i, one in enumerate(study.expect)]
    if study.precision is not None:
        named += [(("precision", "measures", i, "measure"), u.measure) for i, u in enumerate(study.precision.measures)]
    if study.comparison is not None:
        named.append((("comparison", "primary"), study.comparison.primary))
    named += [(("measures", i), name) for i, name in enumerate(study.measures) if name != "all"]
    if study.sensitivity is not None and study.sensitivity.measure is not None:
        named.append((("sensitivity", "measure"), study.sensitivity.measure))
    if study.pareto is not None:
        named += [(("pareto", "measures", i), name) for i, name in enumerate(study.pareto.measures)]
    for path, name in named:
        if base_name(name) not in MEASURES:
            faults.append(places.fault(path, "a measure", name, nearest(base_name(name), MEASURES)))
    return faults


def _twice(study: Study, places: Places) -> list[Fault]:
    """A path that is varied twice, or both varied and set; a value or a route that stands twice."""
    faults = []
    for i, factor in enumerate(study.factors):
        if factor.path in study.fixed or factor.path in [other.path for other in study.factors[:i]]:
            faults.append(places.fault(("factors", i, "path"), "a path that stands once in the study", factor.path))
        values = factor.values or ()
        faults += [
            places.fault(("factors", i, "values", j), "each value once", value)
            for j, value in enumerate(values)
            if value in values[:j]
        ]
    paths = [factor.path for factor in study.factors]
    faults += [
        places.fault(("expect", i, "at", path), "the path of a factor", path, nearest(path, paths))
        for i, one in enumerate(study.expect)
        for path in one.at
        if path not in paths and ALL not in paths
    ]
    faults += [
        places.fault(("who", i), "each route once", name) for i, name in enumerate(study.who) if name in study.who[:i]
    ]
    return faults
