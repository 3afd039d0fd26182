"""What kind of part a component plays when changes spread: multiplier, carrier or absorber."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.model.components.clarkson import Combined, combined
from changeflow.model.components.graph import NO_CATEGORY_OF_ITS_OWN, ComponentGraph
from changeflow.model.components.propagation import Floats, Reach, effective_likelihood, reach
from changeflow.model.expected.flexibility import flexibility_by_category
from changeflow.model.expected.requests import categories_of
from changeflow.model.schema import Model
from changeflow.model.values.once import once_a_model

CARRIER_WITHIN = 0.1
"""An index this near to 0 makes a carrier; our bound, the literature has none."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component among the others, after flexibility."""

    name: str
    category: str
    """'' where it has none of its own."""
    weight: float
    out: float
    """Expected changes that one change of it draws directly."""
    into: float
    """Expected changes of it that one change of each other component draws directly."""
    reaches: float
    """Expected further components that a change of it comes to in the end, each at most once."""
    risk: float
    """Combined risk of all others when this one changes: expected extra work, as a share of the change's own."""

    @property
    def index(self) -> float:
        """Change propagation index (out - in) / (out + in) (as the domain model defines it); NaN without links."""
        both = self.out + self.into
        return (self.out - self.into) / both if both else np.nan

    @property
    def role(self) -> str:
        """multiplier: sends out more changes than come in; absorber: fewer; carrier: as many; apart: none at all."""
        if np.isnan(self.index):
            return "apart"
        if abs(self.index) <= CARRIER_WITHIN:
            return "carrier"
        return "multiplier" if self.index > 0 else "absorber"


@dataclass(frozen=True, slots=True)
class Analysis:
    """How changes spread over the components of a model, after flexibility."""

    graph: ComponentGraph
    likelihood: Floats
    reach: Reach
    combined: Combined
    components: tuple[Component, ...]

    @property
    def riskiest(self) -> tuple[int, int]:
        """The pair with the largest combined risk."""
        start, end = np.unravel_index(int(self.combined.risk.argmax()), self.combined.risk.shape)
        return int(start), int(end)

    def with_role(self, role: str) -> list[Component]:
        """The components of a role, the most marked first."""
        return sorted((one for one in self.components if one.role == role), key=lambda one: -abs(one.index))


@once_a_model
def analysed(model: Model) -> Analysis | None:
    """The analysis of a model's components; None where it has none."""
    graph = model.component_graph
    if graph is None:
        return None
    flexibility = flexibility_by_category(model)
    likelihood = effective_likelihood(graph, flexibility)
    found, folded = reach(likelihood), combined(likelihood, graph.impact)
    categories = categories_of(model)
    components = tuple(
        Component(
            name=name,
            category="" if graph.category[number] == NO_CATEGORY_OF_ITS_OWN else categories[graph.category[number]],
            weight=float(graph.weight[number]),
            out=float(likelihood[number].sum()),
            into=float(likelihood[:, number].sum()),
            reaches=float(found.totals[number]) - 1,
            risk=float(folded.risk[number].sum()),
        )
        for number, name in enumerate(graph.names)
    )
    return Analysis(graph, likelihood, found, folded, components)
