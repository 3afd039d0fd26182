"""How far a change spreads over the components: exactly where the graph is small, else by sampling with its error.

In a cascade each link is live with its likelihood, independently of the others, and each component is changed at most
once: bond percolation on a directed graph (Broadbent, Hammersley 1957). Without that limit the expected numbers of
changes are a Neumann series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from changeflow.model.components.graph import NO_CATEGORY_OF_ITS_OWN, ComponentGraph

Floats = NDArray[np.float64]
MOST_BRANCHES = 8_000
"""Branches of an exact tree, 0.02 s of chances and 0.1 s of work: every command waits for it. A graph that
needs more is sampled."""
LEAST_SAMPLES, MOST_SAMPLES = 4096, 65_536
MOST_PAIRS = 1 << 30
"""Pairs of a start and a link, times samples: a very large graph gets fewer samples, and a larger error."""
_KEY = 0x6368616E6765  # the sampler's own key: analysis shares no luck with any run


@dataclass(frozen=True, slots=True)
class Reach:
    """Chance that a change of the row's component draws, in the end, one of the column's after it; diagonal 1."""

    chance: Floats
    standard_error: Floats
    """Of sampling; all 0 where the chances are exact."""

    @property
    def is_exact(self) -> bool:
        """Whether nothing was sampled."""
        return not self.standard_error.any()

    @property
    def totals(self) -> Floats:
        """Expected changes of a cascade that begins at each component, the first one counted."""
        return np.asarray(self.chance.sum(axis=1))


def effective_likelihood(graph: ComponentGraph, flexibility: Floats, root: int | None = None) -> Floats:
    """Likelihoods times (1 - flexibility of the changed component's category).

    `flexibility` is by category. A component without a category takes the one of the change that began it: `root`, or
    the mean over categories where none is named.
    """
    inherited = float(flexibility.mean()) if root is None else float(flexibility[root])
    own = flexibility[np.maximum(graph.category, 0)]
    phi = np.where(graph.category == NO_CATEGORY_OF_ITS_OWN, inherited, own)
    return np.asarray(graph.likelihood * (1 - phi)[:, None])


def spectral_radius(matrix: Floats) -> float:
    """The largest size of an eigenvalue: below 1 follow-ups of follow-ups come to an end."""
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if matrix.size else 0.0


def unlimited_changes(matrix: Floats) -> Floats:
    """Expected changes of each component per change of each, the first counted, when nothing limits them.

    (I - M)^-1, Leontief's inverse (1936); M has the expected direct follow-ups and a spectral radius below 1. Raises
    ValueError where the radius is 1 or more: the sum has no limit.
    """
    radius = spectral_radius(matrix)
    if radius >= 1:
        raise ValueError(f"a spectral radius below 1, found {radius:.3g}")
    return np.linalg.inv(np.eye(len(matrix)) - matrix).astype(np.float64)


def reach(likelihood: Floats) -> Reach:
    """The chances of a cascade, exact if the graph is small enough."""
    return _reach(np.ascontiguousarray(likelihood).tobytes(), len(likelihood))


@lru_cache(maxsize=32)
def _reach(content: bytes, size: int) -> Reach:
    likelihood = np.frombuffer(content).reshape(size, size)
    exact = exact_reach(likelihood)
    found = Reach(exact, np.zeros_like(exact)) if exact is not None else sampled_reach(likelihood)
    for array in (found.chance, found.standard_error):
        array.setflags(write=False)
    return found


def exact_reach(likelihood: Floats, most_branches: int = MOST_BRANCHES) -> Floats | None:
    """The exact chances by a tree that looks at the links of one reached component at a time; None if it is too big."""
    size = len(likelihood)
    onward = [[(int(to), float(row[to])) for to in np.flatnonzero(row)] for row in likelihood]
    chance, left = np.eye(size), most_branches
    for start in range(size):
        states = {(1 << start, 1 << start): 1.0}
        while states:
            later: dict[tuple[int, int], float] = {}
            for (reached, waiting), weight in states.items():
                number = (waiting & -waiting).bit_length() - 1
                ahead = [(to, live) for to, live in onward[number] if not reached >> to & 1]
                left -= 1 << len(ahead)
                if left < 0:
                    return None
                for to, live in ahead:
                    chance[start, to] += weight * live
                for new, share in outcomes(ahead):
                    rest = waiting & waiting - 1 | new
                    if rest:
                        state = (reached | new, rest)
                        later[state] = later.get(state, 0.0) + weight * share
            states = later
    return chance


def outcomes(ahead: list[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """Every set of components that may be reached next, as bits, with its chance."""
    sets = [(0, 1.0)]
    for to, live in ahead:
        sets = [
            (new | bit, share * chance)
            for bit, chance in ((0, 1 - live), (1 << to, live))
            if chance
            for new, share in sets
        ]
    return iter(sets)


def sampled_reach(likelihood: Floats) -> Reach:
    """The same by sampling: each bit of a word is one sample of the live links (65,536 samples, fewer if it is large).

    The samples are always the same ones (a generator with a fixed key), so that the same graph has the same figures.
    """
    from numpy.random import SFC64, Generator  # noqa: PLC0415  most graphs are small enough to need no chance

    size = len(likelihood)
    links = np.argwhere(likelihood > 0)
    most = MOST_PAIRS // max(size * len(links), 1) // LEAST_SAMPLES * LEAST_SAMPLES
    samples = max(LEAST_SAMPLES, min(MOST_SAMPLES, most))
    luck = Generator(SFC64(_KEY))
    live = [np.packbits(luck.random(samples, np.float32) < float(likelihood[*link])).view(np.uint64) for link in links]
    share = np.bitwise_count(_spread(size, links, live, samples // 64)).sum(axis=2).T / samples
    return Reach(share, np.sqrt(share * (1 - share) / samples))


def _spread(size: int, links: NDArray[np.int64], live: list[NDArray[np.uint64]], words: int) -> NDArray[np.uint64]:
    """Components x starts x words: the samples in which a change from there comes here."""
    reached = np.zeros((size, size, words), np.uint64)
    reached[np.arange(size), np.arange(size)] = ~np.uint64(0)
    onward: list[list[tuple[int, NDArray[np.uint64]]]] = [[] for _ in range(size)]
    for (start, end), bits in zip(links, live, strict=True):
        onward[start].append((int(end), bits))
    waiting = dict.fromkeys(range(size))  # in order of arrival, each once
    while waiting:
        here = next(iter(waiting))
        del waiting[here]
        for end, bits in onward[here]:
            new = reached[end] | reached[here] & bits
            if not np.array_equal(new, reached[end]):
                reached[end] = new
                waiting.setdefault(end)
    return reached
