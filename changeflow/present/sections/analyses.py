"""Every analysis of a study: how it is found and how it is shown, in the order of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from changeflow.present.sections.section import Section
from changeflow.present.sections.selection.shown import selection_section
from changeflow.present.sections.selection.wrong_choice import wrong_choice_section
from changeflow.present.sections.sensitivity.best_map import best_map_section
from changeflow.present.sections.sensitivity.break_even import break_even_section
from changeflow.present.sections.sensitivity.indices import indices_section
from changeflow.present.sections.sensitivity.morris import morris_section
from changeflow.present.sections.sensitivity.pareto import pareto_section
from changeflow.present.sections.sensitivity.robust import robust_section
from changeflow.present.sections.sensitivity.tornado import tornado_section
from changeflow.present.sections.sensitivity.waterfall import waterfall_section
from changeflow.present.sections.warm_up import warm_up_section
from changeflow.present.words.paths import Labels, labels_of
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.best_map import best_map
from changeflow.study.sensitivity.break_even import break_even
from changeflow.study.sensitivity.indices import sobol_indices
from changeflow.study.sensitivity.morris import morris
from changeflow.study.sensitivity.pareto import pareto
from changeflow.study.sensitivity.robust import robust
from changeflow.study.sensitivity.tornado import tornado
from changeflow.study.sensitivity.waterfall import waterfall

Found = TypeVar("Found")
Analysis = Callable[[StudyResults], Section | None]
"""None where the study does not ask for it."""


def sections_of(results: StudyResults) -> dict[str, Section]:
    """What was asked for, by name. Raises PlanError for a waterfall whose causes do not lead to its end."""
    found = {name: analysis(results) for name, analysis in ANALYSES.items()}
    return {name: section for name, section in found.items() if section is not None}


def _analysis(find: Callable[[StudyResults], Found | None], show: Callable[[Found, StudyResults], Section]) -> Analysis:
    def analysis(results: StudyResults) -> Section | None:
        found = find(results)
        return None if found is None else show(found, results)

    return analysis


def _labels(results: StudyResults) -> Labels:
    return labels_of(results.plan.paths, results.plan.bases[0])


ANALYSES: Mapping[str, Analysis] = {
    "break_even": _analysis(break_even, lambda one, results: break_even_section(one, _labels(results)[one.path])),
    "break_even_map": _analysis(best_map, lambda one, results: best_map_section(one, _labels(results))),
    "waterfall": _analysis(waterfall, lambda one, _: waterfall_section(one)),
    "tornado": _analysis(tornado, lambda one, results: tornado_section(one, _labels(results))),
    "morris": _analysis(morris, lambda one, results: morris_section(one, _labels(results))),
    "sobol_indices": _analysis(sobol_indices, lambda one, results: indices_section(one, _labels(results))),
    "robust": _analysis(
        robust, lambda one, results: robust_section(one, results.plan.comparison.primary, len(results.plan.paths))
    ),
    "pareto": _analysis(pareto, lambda one, results: pareto_section(one, len(results.plan.points))),
    "selection": _analysis(lambda results: results.selected, selection_section),
    "warm_up": _analysis(lambda results: results.settled, lambda one, results: warm_up_section(one, results.plan)),
    "wrong_choice": _analysis(lambda results: results.misleading, wrong_choice_section),
}
"""Name of its table, its chart and its key in the JSON object -> the analysis."""
