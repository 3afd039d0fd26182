"""What charts and tables of the component graph are made of: rows, a graph, the finding of each title."""

from __future__ import annotations

import math
from collections.abc import Iterator

from changeflow.model.expected.component_roles import Analysis, analysed
from changeflow.present.files.csv_rows import Row
from changeflow.present.words.plain import plain_name
from changeflow.study.estimates.results import Results

COMPONENTS = (
    "scenario", "component", "category", "weight", "direct_out", "direct_in", "propagation_index", "role",
    "components_reached", "standard_error", "combined_risk", "work_factor",
)  # fmt: skip


def component_rows(results: Results) -> Iterator[Row]:
    """One row per scenario and component; none for models without components."""
    for name, result in results.scenarios.items():
        found = analysed(result.model)
        if found is None:
            continue
        errors = found.reach.standard_error.sum(axis=1)  # an upper bound: hits of one start are not independent
        for one, error, factor in zip(found.components, errors, found.combined.work_factors, strict=True):
            index = "" if math.isnan(one.index) else one.index
            yield (
                name, one.name, one.category, one.weight, one.out, one.into, index, one.role, one.reaches,
                float(error), one.risk, float(factor),
            )  # fmt: skip


def distinct_analyses(results: Results) -> list[Analysis]:
    """Each analysis once, of the first scenario that has it: routes share their components."""
    found: dict[tuple[str, bytes], Analysis] = {}
    for result in results.scenarios.values():
        one = analysed(result.model)
        if one is not None:
            found.setdefault((one.graph.digest, one.likelihood.tobytes()), one)
    return list(found.values())


def component_graph_of(found: Analysis):  # type: ignore[no-untyped-def]
    """The networkx graph that a drawing needs: role and reach of each node, likelihood of each edge."""
    import networkx as nx  # noqa: PLC0415  a slow import that only a drawing needs

    graph: nx.DiGraph[str] = nx.DiGraph()
    for one in found.components:
        graph.add_node(one.name, role=one.role, reaches=one.reaches)
    for start, row in zip(found.graph.names, found.likelihood, strict=True):
        graph.add_weighted_edges_from(
            ((start, end, float(live)) for end, live in zip(found.graph.names, row, strict=True) if live), "likelihood"
        )
    return graph


def graph_title(found: Analysis) -> str:
    """Which component's change comes to most others."""
    top = max(found.components, key=lambda one: one.reaches)
    if not top.reaches:
        return "No change draws another one after it"
    about = "" if found.reach.is_exact else "about "
    return (
        f"A change of {plain_name(top.name)} spreads farthest: on average to {about}{top.reaches:.1f} of "
        f"{len(found.components) - 1} other components"
    )


def risk_title(found: Analysis) -> str:
    """The riskiest pair."""
    start, end = (plain_name(found.graph.names[number]) for number in found.riskiest)
    top = float(found.combined.risk.max())
    if not top:
        return "No change carries a risk for another component"
    return f"The greatest risk: a change of {start} brings {top:.0%} of its work again at {end}"
