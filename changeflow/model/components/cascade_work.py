"""The work of the changes that a cascade draws: impacts multiply along the way on which a component is reached."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from changeflow.model.components.propagation import MOST_BRANCHES, Floats, outcomes, reach

_States = dict[tuple[int, tuple[int, ...]], Floats]
"""What is reached, as bits, and in which order it waits -> expected work of each that waits, its chance included."""

_NEGLIGIBLE = 1e-12
"""Expected new components of a step: the next ones add nothing that is shown."""


def cascade_work(likelihood: Floats, impact: Floats) -> Floats:
    """Expected work of the change of each column's component when the row's is changed, as a share of its work.

    A component is reached from the first of its neighbours in breadth-first order, as the engines do it. Exact if
    the graph is small enough; else the chance of coming there times the mean impact over mean-field waves: the
    components of each step are taken as reached independently.
    """
    size = len(likelihood)
    return _cascade_work(np.ascontiguousarray(likelihood).tobytes(), np.ascontiguousarray(impact).tobytes(), size)


@lru_cache(maxsize=32)
def _cascade_work(likelihoods: bytes, impacts: bytes, size: int) -> Floats:
    likelihood, impact = (np.frombuffer(content).reshape(size, size) for content in (likelihoods, impacts))
    # the tree of work has every branch of the tree of chances, so where that is too big this one is
    found = exact_work(likelihood, impact) if reach(likelihood).is_exact else None
    found = wave_work(likelihood, impact) if found is None else found
    found.setflags(write=False)
    return found


def exact_work(likelihood: Floats, impact: Floats, most_branches: int = MOST_BRANCHES) -> Floats | None:
    """By the tree of all cascades, one component's links at a time; None if it is too big."""
    size = len(likelihood)
    work, left = np.eye(size), most_branches
    for start in range(size):
        states: _States = {(1 << start, (start,)): np.array([1.0])}
        while states:
            later: _States = {}
            for (reached, (here, *waiting)), amount in states.items():
                ahead = [(int(to), float(likelihood[here, to])) for to in np.flatnonzero(likelihood[here])]
                ahead = [(to, chance) for to, chance in ahead if not reached >> to & 1]
                left -= 1 << len(ahead)
                if left < 0:
                    return None
                for to, chance in ahead:
                    work[start, to] += amount[0] * chance * impact[here, to]
                for new, share in outcomes(ahead):
                    drawn = [to for to, _ in ahead if new >> to & 1]
                    if waiting or drawn:
                        state = (reached | new, (*waiting, *drawn))
                        own = share * np.concatenate([amount[1:], amount[0] * impact[here, drawn]])
                        later[state] = later[state] + own if state in later else own
            states = later
    return work


def wave_work(likelihood: Floats, impact: Floats) -> Floats:
    """By waves: who is new in a step was not reached before, by each of those new in the step before on its own."""
    size = len(likelihood)
    new = work = np.eye(size)
    reached, all_new, all_work = new.copy(), new.copy(), work.copy()
    for _ in range(size):
        sent = new @ likelihood
        coming = (1 - np.exp(-sent)) * (1 - reached)
        work = np.divide(coming, sent, out=np.zeros_like(sent), where=sent > 0) * (work @ (likelihood * impact))
        new = coming
        if new.max(initial=0) < _NEGLIGIBLE:
            break
        reached, all_new, all_work = reached + new, all_new + new, all_work + work
    mean = np.divide(all_work, all_new, out=np.zeros_like(all_new), where=all_new > 0)
    return np.asarray(reach(likelihood).chance * mean)
