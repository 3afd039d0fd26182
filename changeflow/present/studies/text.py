"""A study in words: its table, its answer, what became of what was expected."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from changeflow.measure.records import Difference, Estimate
from changeflow.present.sections.section import ANSWER, Section, text_table
from changeflow.present.studies.moving import moving_sentence
from changeflow.present.studies.runs_chosen import runs_sentence
from changeflow.present.words.margins import WIDTH, labelled
from changeflow.present.words.paths import path_words, setting_word
from changeflow.present.words.plain import QUICK, capitalised, counted, digits, plain
from changeflow.present.words.sentences import lead_sentence
from changeflow.study.estimates.results import Verdict
from changeflow.study.file.study import Expect
from changeflow.study.file.toml_value import toml
from changeflow.study.outcome.answer import Best, GateResult, target_met
from changeflow.study.outcome.estimates import Cell
from changeflow.study.outcome.gains import Gain
from changeflow.study.outcome.results import StudyResults

MOST_ROWS = 24
"""Points shown on a terminal; all of them are in summary.csv."""
MOST_COLUMNS = 4
LETTERS_A_HEAD = 10
"""Of a line of a heading."""
LONGEST_VALUE = 24
"""Of a factor, on a terminal; whole in points.csv."""


def table_lines(results: StudyResults) -> list[str]:
    """The primary measure of each scenario at each point."""
    plan, measure = results.plan, results.plan.comparison.primary
    scenarios = list(plan.scenarios)[:MOST_COLUMNS]
    shown = range(min(len(plan.points), MOST_ROWS))
    unit = next((cell.estimates[measure].unit for cell in results.cells if measure in cell.estimates), "")
    rows = []
    for point in shown:
        cells = [cell for cell in results.at(point) if cell.scenario in scenarios]
        numbers = [
            _number(cell.estimates.get(measure)).replace(" +- ", "+-") + (" *" if cell.growing else "")
            for cell in cells
        ]
        rows.append([str(point + 1), *(_value(value) for value in plan.points[point]), *numbers])
    heads = ["point", *map(path_words, plan.paths), *map(plain, scenarios)]
    lines = [f"{plain(measure)} ({unit}), with its interval at {plan.comparison.level:.0%}"]
    lines += _columns(heads, rows, dispensable=range(1, 1 + len(plan.paths)))
    if any(cell.growing for cell in results.cells):
        lines.append("  * its backlog grows")
    hidden = len(plan.points) - len(shown)
    return lines + ([f"  and {hidden} more points: summary.csv"] if hidden else [])


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]], dispensable: range) -> list[str]:
    """Columns under headings of several lines; of those that can be dispensed with, only as many as fit."""
    folded = [textwrap.wrap(head, LETTERS_A_HEAD) for head in heads]
    widths = [
        max(len(part) for part in (*folded[i], *(row[i] for row in rows))) for i in range(len(heads))
    ]  # fmt: skip
    kept = list(range(len(heads)))
    for place in reversed(dispensable):
        if 2 * len(kept) + sum(widths[i] for i in kept) > WIDTH:
            kept.remove(place)
    high = max(len(folded[i]) for i in kept)
    head_rows = [["" if k < high - len(one) else one[k - high + len(one)] for one in folded] for k in range(high)]
    lines = [
        "  " + "  ".join(row[i].rjust(widths[i]) for i in kept).rstrip() for row in (*head_rows, *rows)
    ]  # fmt: skip
    left = len(heads) - len(kept)
    return lines + ([f"  (values of {counted(left, 'more factor')}: points.csv)"] if left else [])


def label(cell: Cell) -> str:
    """A cell's name in tables: its point from 1, and its scenario."""
    return f"{cell.point + 1}/{cell.scenario}"


def _value(value: object) -> str:
    text = setting_word(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def _number(one: Estimate | None) -> str:
    if one is None:
        return "-"
    sign = ">=" if one.bound else ""
    return f"{sign}{digits(one.mean, one.half_width)} +- {digits(one.half_width, one.half_width)}"


def answer_sentence(results: StudyResults, sections: Mapping[str, Section]) -> str:
    """What the analyses say; without any who is best, where. Then what moves it most."""
    parts = [one.sentence for one in sections.values() if one.label == ANSWER] or [_who_is_best(results)]
    if moving := moving_sentence(results):
        parts.append(moving)
    if results.imprecise:
        parts.append(f"{counted(results.imprecise, 'point')} reached the most replications that [precision] allows.")
    if results.plan.quick:
        parts.append(QUICK)
    return " ".join(parts)


def _who_is_best(results: StudyResults) -> str:
    plan, bests = results.plan, results.bests
    measure = plain(plan.comparison.primary)
    if len(plan.scenarios) == 1:
        return _among_points(results)
    if len(bests) == 1:
        return _at_the_one_point(results)
    wins = {name: sum(one.kind == "wins" and one.leader == i for one in bests) for i, name in enumerate(plan.scenarios)}
    open_ones = sum(one.kind == "too_close" for one in bests)
    said = [f"{plain(name)} at {count}" for name, count in wins.items() if count]
    counts = f"Best in {measure} of {counted(len(bests), 'point')}: " + (", ".join(said) or "nobody surely")
    same, growing, nothing = (sum(one.kind == kind for one in bests) for kind in ("same", "all_grow", "no_number"))
    counts += f"; too close to call at {open_ones}" if open_ones else ""
    counts += f"; no difference that matters at {same}" if same else ""
    counts += f"; every backlog grows at {growing}" if growing else ""
    counts += f"; nobody has a number at {nothing}" if nothing else ""
    return counts + "."


def _at_the_one_point(results: StudyResults) -> str:
    """Several scenarios and nothing varied: a comparison, in the words of one."""
    comparison, best, cells = results.plan.comparison, results.bests[0], results.cells
    measure = comparison.primary
    if best.leader is None:
        return _nobody(best, measure)
    leader = cells[best.leader]
    if best.second is None:
        name = capitalised(plain(leader.scenario))
        return f"{name} wins: no other has a {plain(measure)} and a backlog that settles."
    second, unit = cells[best.second].scenario, leader.estimates[measure].unit
    lead = Difference(second, leader.scenario, measure, best.lead, best.half_width, best.level, unit)
    verdict = Verdict(best.kind, None, leader.scenario, second, lead, results.matters(cells), ())
    return lead_sentence(verdict, lead, comparison, several=len(cells) > 2)


def _nobody(best: Best, measure: str) -> str:
    grows = best.kind == "all_grow"
    why = "Every backlog grows" if grows else f"Nobody has a {plain(measure)} and a backlog that settles"
    return f"{why}, so nothing is called best."


def _among_points(results: StudyResults) -> str:
    plan, best = results.plan, results.bests[0]
    measure = plan.comparison.primary
    if best.leader is None:
        return _nobody(best, measure)
    cell = results.cells[best.leader]
    where = ", ".join(f"{path_words(path)} {_value(value)}" for path, value in zip(plan.paths, plan.points[cell.point]))
    one = cell.estimates.get(measure)
    found = f"{plain(measure)} {_number(one)} {one.unit if one is not None else ''}".rstrip()
    if best.kind == "single":
        return f"{plain(cell.scenario)}: {found}."
    said = f"Best point {cell.point + 1} ({where}): {found}"
    if best.kind == "wins":
        return f"{said}; surely better than all others."
    return f"{said}; {best.rivals} of {len(results.cells) - 1} others may be as good or differ too little to matter."


def gate_line(result: GateResult) -> str:
    """'PASS  sojourn_time_hours below 40 in vendor: 6 of 6 points'."""
    asked = sum(result.counts.values())
    where = ""
    if result.worst is not None:
        one = result.found
        unit = f" {one.unit}" if one is not None and one.unit != "share" else ""
        where = f", first at point {result.worst.point + 1} {result.worst.scenario}: {_number(one)}{unit}"
    words = f"{result.counts['pass']} of {asked} pass" + where
    return f"{result.verdict.upper()}: {expectation(result.expect)}: {words}"


def expectation(expect: Expect) -> str:
    """An expectation in words."""
    side, bound = ("below", expect.below) if expect.below is not None else ("above", expect.above)
    where = f" in {expect.scenario}" if expect.scenario else ""
    at = "".join(f", {path} = {toml(value)}" for path, value in expect.at.items())
    return f"{expect.measure} {side} {bound:g}{where}{at}"


def target_line(results: StudyResults) -> str | None:
    """At how many points and scenarios the target is met; None without a target."""
    if results.plan.study.target is None:
        return None
    targets = results.plan.bases[0].targets
    found = [target_met(cell, targets) for cell in results.cells]
    met, missed = found.count(True), found.count(False)
    rest = len(found) - met - missed
    return (
        f"{results.plan.study.target}: met in {met} of {len(found)}, surely missed in {missed}, cannot tell in {rest}"
    )


def gain_sentence(gains: list[Gain]) -> str:
    """What variance reduction leaves of the variance."""
    parts = []
    for gain in gains:
        low, high = min(gain.kept), max(gain.kept)
        left = f"{low:.0%}" if f"{low:.0%}" == f"{high:.0%}" else f"{low:.0%} to {high:.0%}"
        what = "antithetic pairs" if gain.what == "antithetic" else "controls of known mean"
        of = "a mean's variance" if gain.of == "mean" else "the variance of a difference to the baseline"
        parts.append(f"{what} leave {left} of {of}")
    said = "; ".join(parts)
    return capitalised(said) + ", by these runs (below 100% is a gain)."


def study_text(results: StudyResults, sections: Mapping[str, Section], folder: str) -> str:
    """Tables (of the analyses, where there are any), answer, what else is to be said of it, gates, where it is."""
    quick = "  QUICK" if results.plan.quick else ""
    lines = [f"{results.plan.study.title}{quick}".strip()] if results.plan.study.title or quick else []
    answers = [section for section in sections.values() if section.label == ANSWER]
    for section in answers:
        lines += [*text_table(section.shown), *(labelled("", section.legend) if section.legend else []), ""]
    if not answers:
        lines += [*table_lines(results), ""]
    lines += labelled(ANSWER, answer_sentence(results, sections))
    if runs := runs_sentence(results):
        lines += labelled("RUNS", runs)
    if results.gains:
        lines += labelled("GAIN", gain_sentence(results.gains))
    for section in sections.values():
        if section.label != ANSWER:
            lines += [*labelled(section.label, section.sentence), *text_table(section.shown)]
    if target := target_line(results):
        lines += labelled("TARGET", target)
    for one in results.gates:
        lines += labelled("EXPECT", gate_line(one))
    return "\n".join([*lines, *labelled("FILES", folder)]).replace(" ± ", " +- ")  # a terminal knows ASCII
