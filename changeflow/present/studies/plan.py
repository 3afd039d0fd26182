"""The plan of a study in words, before it runs."""

from __future__ import annotations

import textwrap

from changeflow.present.sections.section import ends_in_words
from changeflow.present.sections.selection.words import selection_plan
from changeflow.present.words.margins import WIDTH, labelled
from changeflow.present.words.paths import setting_word
from changeflow.present.words.plain import counted
from changeflow.study.design.fraction import LETTERS
from changeflow.study.design.settings import fraction
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.file.toml_value import toml

MOST_ALIASES = 12


def plan_lines(plan: StudyPlan) -> list[str]:
    """What will be run: the question, the design, the factors, who is mixed up with whom."""
    study = plan.study
    lines = [line for said in (study.title, study.question) for line in _wrapped(said)]
    how = f"{plan.replications} replications each"
    if study.precision is not None:
        rule = study.precision
        wanted = ", ".join(f"{one.measure} within {_precision(one.relative, one.absolute)}" for one in rule.measures)
        how = f"{rule.first} to {rule.most} replications each, until {wanted}"
    if study.selection is not None:
        how = selection_plan(plan)
    lines += labelled("PLAN", f"{_points(plan)} x {counted(len(plan.scenarios), 'scenario')} x {how}")
    for i, path in enumerate(plan.paths):
        lines += _wrapped(f"  {path}: {_levels(plan, i)}")
    lines.append(f"  scenarios: {', '.join(plan.scenarios)}; baseline {plan.baseline}; seed {study.seed}")
    lines += ["  QUICK: few replications, only a first look"] if plan.quick else []
    return lines + left_out_lines(plan) + alias_lines(plan)


def left_out_lines(plan: StudyPlan) -> list[str]:
    """Which assumptions path = "*" does not vary, and why."""
    if not plan.left_out:
        return []
    head = f"  left as they are: {counted(len(plan.left_out), 'assumption')}"
    return [head, *(line for one in plan.left_out for line in _wrapped(f"    {one.path}: {one.why}"))]


def _wrapped(line: str) -> list[str]:
    """A line over as many as it needs, the others further in."""
    inner = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, WIDTH, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False)


def _points(plan: StudyPlan) -> str:
    study = plan.study
    kind = study.design.kind.replace("_", " ")
    if study.waterfall is not None:
        kind = f"every set of {counted(len(study.waterfall.causes), 'cause')}"
    if study.break_even is not None:
        kind = "to begin with, then a search"
    return f"{counted(len(plan.points), 'point')} ({kind})"


def _precision(relative: float, absolute: float) -> str:
    return " or ".join(([f"{relative:g} of the mean"] if relative else []) + ([f"{absolute:g}"] if absolute else []))


def _levels(plan: StudyPlan, place: int) -> str:
    """The values of a factor over the points; of many the ends."""
    found = {toml(setting[place]): setting[place] for setting in plan.points if setting[place] is not None}
    if len(found) <= 8:
        tables = any(isinstance(value, dict) for value in found.values())
        words = [setting_word(value) if isinstance(value, dict) else word for word, value in found.items()]
        return ("; " if tables else ", ").join(words)
    if place >= len(plan.ranges):
        return f"{len(found)} values"
    low, high = plan.ranges[place].ends
    return "{} values from {} to {}".format(len(found), *ends_in_words(low, high))


def alias_lines(plan: StudyPlan) -> list[str]:
    """Which effects a fractional design cannot tell apart."""
    if plan.study.design.kind != "fractional":
        return []
    made = fraction(plan.study.design, len(plan.paths))
    letters = ", ".join(f"{letter} = {path}" for letter, path in zip(LETTERS, plan.paths))
    resolution = made.resolution
    if resolution is None:
        return [f"  a full factorial: {letters}"]
    lines = [f"  resolution {resolution}: {letters}", "  cannot be told apart:"]
    chains = made.aliases
    lines += [f"    {' = '.join(chain)}" for chain in chains[:MOST_ALIASES]]
    more = len(chains) - MOST_ALIASES
    return lines + ([f"    and {more} more"] if more > 0 else [] if chains else ["    only effects of three and more"])
