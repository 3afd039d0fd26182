"""The break-even map: who is best at each setting of two factors, and where the runs cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

from changeflow.study.design.range import Setting
from changeflow.study.outcome.answer import Best
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.tornado import base_value


@dataclass(frozen=True, slots=True)
class Square:
    """One setting: who has the best mean (None: nobody, as in `rank`), and how sure that is."""

    setting: Setting
    leader: str | None
    best: Best

    @property
    def alone(self) -> bool:
        """Is the leader the only one whose backlog does not grow?"""
        return self.leader is not None and self.best.second is None


@dataclass(frozen=True, slots=True)
class BestMap:
    """The squares of a grid, and the user's own point, where it is known."""

    paths: tuple[str, str]
    measure: str
    scenarios: tuple[str, ...]
    squares: tuple[Square, ...]
    mark: tuple[float, float] | None
    level: float

    @property
    def nearest(self) -> Square | None:
        """The square whose setting is nearest to the mark, each factor measured by its range; None outside."""
        if self.mark is None:
            return None
        spans = [[square.setting[i] for square in self.squares] for i in (0, 1)]
        if any(not min(span) <= value <= max(span) for value, span in zip(self.mark, spans)):
            return None
        widths = [max(span) - min(span) or 1.0 for span in spans]

        def distance(square: Square) -> float:
            assert self.mark is not None
            return sum(((float(square.setting[i]) - self.mark[i]) / widths[i]) ** 2 for i in (0, 1))

        return min(self.squares, key=distance)


def best_map(results: StudyResults) -> BestMap | None:
    """Each square by `best_of`: intervals hold jointly over the pairs of scenarios of a square; None without a map."""
    plan, asked = results.plan, results.plan.study.break_even_map
    if asked is None:
        return None
    names = tuple(plan.scenarios)
    squares = tuple(
        Square(setting, None if best.leader is None else names[best.leader], best)
        for setting, best in zip(plan.points, results.bests)
    )
    model = plan.bases[0]
    values = [asked.mark.get(path, base_value(model, path)) for path in plan.paths]
    known = [value for value in values if isinstance(value, int | float)]
    mark = (float(known[0]), float(known[1])) if len(known) == 2 else None
    paths = plan.paths[0], plan.paths[1]
    return BestMap(paths, plan.comparison.primary, names, squares, mark, plan.comparison.level)
