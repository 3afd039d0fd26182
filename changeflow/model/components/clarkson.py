"""The change prediction method of Clarkson, Simons and Eckert (2004): combined likelihood and combined risk.

The likelihood that a change of `a` comes to `b` is folded over the paths between them, none of which passes a component
twice: what leads to the last component before `b` AND from there to `b`, OR-ed over those last components as if they
were independent. Where paths share a link they are not, and the method lies above the exact chance (`propagation.py`):
with a->b .5, b->c .4, b->d .5, d->c .3 it gives 0.26 for a to c, exact is 0.245.

Combined risk folds likelihood x impact of the last step in the same way. In mode `clarkson` a request that begins at a
component draws no further requests; its work is 1 + the sum of its row of combined risk times as much instead: expected
extra work of the same executor, at once. In a cascade impacts multiply along the path; here only the last one counts,
as in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ALL_PATHS_UP_TO = 10
"""Components with which every path is folded; in a larger graph only paths of some steps are."""
MOST_WALKS = 100_000
"""So many ways through a larger graph are folded at most, about a second."""


@dataclass(frozen=True, slots=True)
class Combined:
    """From the row's component to the column's; the diagonal is 0."""

    likelihood: Floats
    risk: Floats
    steps: int
    """Links of the longest path that was folded; the paper takes three or four."""

    @property
    def work_factors(self) -> Floats:
        """Work of a request that begins at each component, as a multiple of its own, in mode clarkson."""
        return 1 + np.asarray(self.risk.sum(axis=1))


def combined(likelihood: Floats, impact: Floats) -> Combined:
    """Combined likelihood and risk of direct likelihoods and impacts, all from 0 to 1."""
    size = len(likelihood)
    return _combined(np.ascontiguousarray(likelihood).tobytes(), np.ascontiguousarray(impact).tobytes(), size)


@lru_cache(maxsize=32)
def _combined(likelihoods: bytes, impacts: bytes, size: int) -> Combined:
    likelihood, impact = (np.frombuffer(content).reshape(size, size) for content in (likelihoods, impacts))
    steps = _steps(likelihood)
    folding = _Folding(likelihood, steps)
    columns = [folding.onto(end, likelihood[:, end]) for end in range(size)]
    risks = [folding.onto(end, likelihood[:, end] * impact[:, end]) for end in range(size)]
    found = Combined(np.array(columns).T, np.array(risks).T, steps)
    for array in (found.likelihood, found.risk):
        array.setflags(write=False)
    return found


def _steps(likelihood: Floats) -> int:
    """The longest paths that can be folded in reasonable time."""
    size = len(likelihood)
    every = size - 1
    if size <= ALL_PATHS_UP_TO:
        return every
    links = (likelihood > 0).astype(float)
    walks, count = links, links.sum()
    for steps in range(1, every):
        walks = walks @ links
        count += walks.sum()
        if not walks.any():
            return every
        if count > MOST_WALKS:
            return steps
    return every


class _Folding:
    """Paths folded backwards from their end, for every start at once."""

    def __init__(self, likelihood: Floats, steps: int) -> None:
        self.likelihood, self.steps = likelihood, steps
        self.before = [np.flatnonzero(column).tolist() for column in likelihood.T]
        self.known: dict[tuple[int, int, int], Floats] = {}

    def onto(self, end: int, last_step: Floats) -> Floats:
        """From every start onto `end`, with these weights of the last step."""
        return self._fold(end, last_step, 1 << end, self.steps)

    def _fold(self, end: int, last_step: Floats, passed: int, steps: int) -> Floats:
        """OR over the last components before `end`; `passed` are those, as bits, that lie farther on the path."""
        none = np.ones(len(self.likelihood))
        for before in self.before[end]:
            if not passed >> before & 1:
                none *= 1 - self._coming(before, passed | 1 << before, steps - 1) * last_step[before]
        return 1 - none

    def _coming(self, here: int, passed: int, steps: int) -> Floats:
        """The chance that a change of each start comes here on a path that avoids what lies farther on; 1 from here."""
        if (found := self.known.get((here, passed, steps))) is None:
            found = self._fold(here, self.likelihood[:, here], passed, steps) if steps else np.zeros(len(self.before))
            found[here] = 1.0
            self.known[here, passed, steps] = found
        return found
