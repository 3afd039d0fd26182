"""Every analysis of a study as it is shown, in the order of the answer."""

from __future__ import annotations

from changeflow.present.paths import labels_of
from changeflow.present.sections.best_map import best_map_section
from changeflow.present.sections.break_even import break_even_section
from changeflow.present.sections.indices import indices_section
from changeflow.present.sections.morris import morris_section
from changeflow.present.sections.pareto import pareto_section
from changeflow.present.sections.robust import robust_section
from changeflow.present.sections.section import Section
from changeflow.present.sections.selection import selection_section
from changeflow.present.sections.tornado import tornado_section
from changeflow.present.sections.warm_up import warm_up_section
from changeflow.present.sections.waterfall import waterfall_section
from changeflow.present.sections.wrong_choice import wrong_choice_section
from changeflow.study.sensitivity.analyses import Analyses
from changeflow.study.study import StudyResults

NAMES = (
    "break_even", "break_even_map", "waterfall", "tornado", "morris", "sobol_indices", "robust", "pareto",
    "selection", "warm_up", "wrong_choice",
)  # fmt: skip
"""Of all tables and charts that there may be."""


def sections_of(found: Analyses, results: StudyResults) -> list[Section]:
    """What was asked for."""
    plan, sections = results.plan, []
    labels = labels_of(plan.paths, plan.bases[0])
    if found.break_even is not None:
        sections.append(break_even_section(found.break_even, labels[found.break_even.path]))
    if found.best_map is not None:
        sections.append(best_map_section(found.best_map, labels))
    if found.waterfall is not None:
        sections.append(waterfall_section(found.waterfall))
    if found.tornado is not None:
        sections.append(tornado_section(found.tornado, labels))
    if found.morris is not None:
        sections.append(morris_section(found.morris, labels))
    if found.indices is not None:
        sections.append(indices_section(found.indices, labels))
    if found.robust is not None:
        sections.append(robust_section(found.robust, plan.comparison.primary, len(plan.paths)))
    if found.pareto is not None:
        sections.append(pareto_section(found.pareto, len(plan.points)))
    if results.selected is not None:
        sections.append(selection_section(results.selected, results))
    if results.settled is not None:
        sections.append(warm_up_section(results.settled, plan))
    if results.misleading is not None:
        sections.append(wrong_choice_section(results.misleading, results))
    return sections
