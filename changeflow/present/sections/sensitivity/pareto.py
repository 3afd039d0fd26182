"""The Pareto front in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from changeflow.present.sections.section import MOST_LINES, Section, number
from changeflow.present.words.plain import plain, plus_minus
from changeflow.study.sensitivity.pareto import Candidate, Front

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SURELY = 0.95
RARELY = 0.05


def pareto_section(found: Front, points: int) -> Section:
    """Who is beaten by nobody in all measures."""
    columns = [part for measure in found.measures for part in (measure, f"{measure}_half_width")]
    header = ("point", "scenario", *columns, "on_front", "probability", "growing")
    rows = tuple(
        (
            one.point + 1, one.scenario,
            *(number(part) for pair in zip(one.means, one.half_widths) for part in pair),
            one.on_front, one.probability, one.growing,
        )
        for one in found.candidates
    )  # fmt: skip
    often = [one for one in found.candidates if one.probability >= SURELY]
    perhaps = [one for one in found.candidates if RARELY < one.probability < SURELY]
    measures = " and ".join(plain(name) for name in found.measures)
    words = f"Beaten by none in all of {measures}: {_names(often, points) or 'nobody'} in 95% or more of "
    words += f"{found.draws:,} resamples"
    words += f"; perhaps {_names(perhaps, points)}" if perhaps else ""
    words += f"; {len(found.candidates) - len(often) - len(perhaps)} of {len(found.candidates)} hardly ever."
    shown = [
        ("on the front", "chance", *(f"{plain(name)} ({unit})" for name, unit in zip(found.measures, found.units)))
    ]
    shown += [
        (
            _name(one, points) + (" (grows)" if one.growing else ""), f"{one.probability:.0%}",
            *(plus_minus(mean, arm) for mean, arm in zip(one.means, one.half_widths)),
        )
        for one in _worth_a_line(found.candidates)
    ]  # fmt: skip
    facts = {"measures": list(found.measures), "draws": found.draws}
    title = f"{_beaten_by_none(often, points)} in {measures}"
    return Section(words, header, rows, tuple(shown), lambda: _draw(found, title), facts)


def _worth_a_line(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """On a terminal: all of a few, of many those that are on the front or may be."""
    if len(candidates) <= MOST_LINES:
        return candidates
    return [one for one in candidates if one.on_front or one.probability > RARELY]


def _name(one: Candidate, points: int) -> str:
    return plain(one.scenario) if points == 1 else f"point {one.point + 1} {plain(one.scenario)}"


def _beaten_by_none(often: Sequence[Candidate], points: int) -> str:
    """The finding: who, if it is one; else how many."""
    if len(often) == 1:
        return f"Only {_name(often[0], points)} is surely beaten by none"
    return f"{len(often)} are surely beaten by none" if often else "Nobody is surely beaten by none"


def _names(found: Sequence[Candidate], points: int) -> str:
    names = [f"{_name(one, points)} ({one.probability:.0%})" for one in found]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _draw(found: Front, title: str) -> Figure:
    from changeflow.present.sections.charts.pareto import pareto_chart  # noqa: PLC0415  matplotlib is slow to import

    return pareto_chart(found, title)
