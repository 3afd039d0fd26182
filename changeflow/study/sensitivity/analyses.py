"""Every analysis that a study file asks for, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from changeflow.study.sensitivity.best_map import BestMap, best_map
from changeflow.study.sensitivity.break_even import BreakEvenFound, break_even
from changeflow.study.sensitivity.indices import Indices, sobol_indices
from changeflow.study.sensitivity.morris import Morris, morris
from changeflow.study.sensitivity.pareto import Front, pareto
from changeflow.study.sensitivity.robust import Robust, robust
from changeflow.study.sensitivity.tornado import Tornado, tornado
from changeflow.study.sensitivity.waterfall import Fall, waterfall
from changeflow.study.study import StudyResults


@dataclass(frozen=True, slots=True)
class Analyses:
    """What was asked for; None for the rest."""

    robust: Robust | None
    tornado: Tornado | None
    morris: Morris | None
    indices: Indices | None
    break_even: BreakEvenFound | None
    best_map: BestMap | None
    waterfall: Fall | None
    pareto: Front | None


def analyses_of(results: StudyResults) -> Analyses:
    """All of them. Raises PlanError for a waterfall whose causes do not lead to its end."""
    return Analyses(
        robust(results), tornado(results), morris(results), sobol_indices(results), break_even(results),
        best_map(results), waterfall(results), pareto(results),
    )  # fmt: skip
