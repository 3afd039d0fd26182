"""What the component graph does to requests, after flexibility, by the category that began the change: for engines.

Where components have categories of their own the category that began a change makes no difference.
"""

from __future__ import annotations

import numpy as np

from changeflow.model.clarkson import combined
from changeflow.model.component_graph import ComponentGraph
from changeflow.model.expected import categories_of
from changeflow.model.flexibility import flexibility_by_category
from changeflow.model.propagation import Floats, effective_likelihood
from changeflow.model.schema import Model


def likelihoods(model: Model, graph: ComponentGraph) -> Floats:
    """Categories x components x components: chance that a change of the first draws one of the second after it."""
    flexibility = flexibility_by_category(model)
    return np.array([effective_likelihood(graph, flexibility, root) for root in range(len(flexibility))])


def start_shares(model: Model, graph: ComponentGraph) -> Floats:
    """Categories x components: share of the root requests of a category that begin there; a row of 0 has none."""
    return np.array([graph.start_shares(root) for root in range(len(categories_of(model)))])


def work_factors(model: Model, graph: ComponentGraph) -> Floats:
    """Categories x components: work of a root request that begins there as a multiple of its own; 1 but in clarkson."""
    if graph.mode != "clarkson":
        return np.ones((len(categories_of(model)), len(graph.names)))
    return np.array([combined(one, graph.impact).work_factors for one in likelihoods(model, graph)])
