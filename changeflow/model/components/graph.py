"""The component graph as engines and analysis use it: arrays over the components, whatever file they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.model.components.section import Mode

Floats = NDArray[np.float64]
NO_CATEGORY_OF_ITS_OWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class ComponentGraph:
    """Which change draws which other after it. Rows are the component changed first; a diagonal is always zero."""

    names: tuple[str, ...]
    likelihood: Floats
    """Chance that a change of the row's component makes one of the column's necessary, at flexibility 0."""
    impact: Floats
    """Work of that change as a share of the work before it; 0 where there is no link."""
    category: NDArray[np.int64]
    """Number of each component's category in the order of the model, or -1 for all: as the change before."""
    weight: Floats
    """How often requests begin here, relative to the other components of the category."""
    mode: Mode
    unlimited: bool

    def __post_init__(self) -> None:
        for array in (self.likelihood, self.impact, self.category, self.weight):
            array.setflags(write=False)

    @property
    def has_categories(self) -> bool:
        """Whether components have categories of their own; all have or none has."""
        return bool(self.category[0] != NO_CATEGORY_OF_ITS_OWN)

    @property
    def links(self) -> int:
        """Links of a likelihood above zero."""
        return int(np.count_nonzero(self.likelihood))

    def start_shares(self, category: int) -> Floats:
        """Of the root requests of a category, the share that begins at each component; all 0 if it has none."""
        here = (self.category == category) | (self.category == NO_CATEGORY_OF_ITS_OWN)
        weight = np.where(here, self.weight, 0.0)
        total = float(weight.sum())
        return weight / total if total else weight

    @property
    def digest(self) -> str:
        """A hash of everything in it."""
        state = hashlib.blake2b(repr((self.names, self.mode, self.unlimited)).encode(), digest_size=16)
        for array in (self.likelihood, self.impact, self.category, self.weight):
            state.update(np.ascontiguousarray(array).tobytes())
        return state.hexdigest()
