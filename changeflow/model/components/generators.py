"""Component graphs made by a rule: layers, hubs, modules. The same knobs give the same graph on every machine."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from changeflow.model.components.section import Generator, Hub, Layered, Modular

LAYERS = ("data", "process", "event", "algorithm", "report", "analytics")
Pairs = list[tuple[int, int]]


def generated(knobs: Generator) -> tuple[list[str], list[str], Pairs]:
    """Names, the layer of each ('' where the kind has no layers), and links from component to component."""
    match knobs:
        case Layered():
            return _layered(knobs)
        case Hub():
            return _hub(knobs)
        case Modular():
            return _modular(knobs)


def _layered(knobs: Layered) -> tuple[list[str], list[str], Pairs]:
    """As many in each layer, the first layers having one more where they do not divide."""
    layer = sorted(number % len(LAYERS) for number in range(knobs.components))
    names = [f"{LAYERS[of]}_{layer[:number].count(of) + 1}" for number, of in enumerate(layer)]
    links = [
        (number, other)
        for number, of in enumerate(layer)
        for other in _chosen(knobs, number, [float(to == of + 1) for to in layer])
    ]
    return names, [LAYERS[of] for of in layer], links


def _hub(knobs: Hub) -> tuple[list[str], list[str], Pairs]:
    count = knobs.components
    dependents = [1.0] * count
    links: Pairs = []
    for number in range(1, count):
        for other in _chosen(knobs, number, dependents[:number]):
            dependents[other] += 1
            links.append((other, number))
    return [f"part_{number + 1}" for number in range(count)], [""] * count, sorted(links)


def _modular(knobs: Modular) -> tuple[list[str], list[str], Pairs]:
    module = sorted(number % knobs.modules for number in range(knobs.components))
    names = [f"m{of + 1}-{module[:number].count(of) + 1}" for number, of in enumerate(module)]
    links: Pairs = []
    for number, of in enumerate(module):
        stay = sum(_uniform(knobs, "stays", number, link) < knobs.modularity for link in range(knobs.links))
        inside = [float(at == of and other != number) for other, at in enumerate(module)]
        outside = [float(at != of) for at in module]
        others = _chosen(knobs, number, inside, stay) + _chosen(knobs, number, outside, knobs.links - stay)
        links += [(number, other) for other in sorted(others)]
    return names, [""] * len(module), links


def _chosen(knobs: Generator, number: int, weights: Sequence[float], many: int | None = None) -> list[int]:
    """So many of the others (default: as there are links), each by its weight, none twice.

    Weighted sampling without replacement by exponential keys (Efraimidis, Spirakis 2006).
    """
    late = {
        other: -math.log(_uniform(knobs, "chosen", number, other)) / weight
        for other, weight in enumerate(weights)
        if weight
    }
    return sorted(sorted(late, key=late.__getitem__)[: knobs.links if many is None else many])


def _uniform(knobs: Generator, *what: object) -> float:
    """A number in (0, 1) that depends on seed, kind and what it is for, and on nothing else."""
    key = "/".join(map(str, (knobs.seed, knobs.kind, *what)))
    bits = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 11
    return (bits + 0.5) * 2.0**-53
