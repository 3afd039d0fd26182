"""A component graph in GraphML: directed, edges with likelihood and impact, nodes with category and weight."""

from __future__ import annotations

import io
import math
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from changeflow.errors import Fault, nearest


def read_graphml(path: Path, faults: list[Fault]) -> Any:
    """A networkx DiGraph; None, and faults, where the file is no such graph.

    Raises OSError for a file that cannot be read.
    """
    import networkx as nx  # noqa: PLC0415  a slow import that a model without GraphML does not need

    content = path.read_bytes()
    try:
        root = ET.fromstring(content)
        graph = nx.read_graphml(io.BytesIO(content)) if _local(root.tag) == "graphml" else None
    except (ET.ParseError, nx.NetworkXError, ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        faults.append(Fault(str(path), "", "a graph in GraphML", f"something else ({_one_line(error)})"))
        return None
    if graph is None:
        faults.append(Fault(str(path), "", "a graph in GraphML", f"a document <{_local(root.tag)}>"))
        return None
    found = list(_identity_faults(path, root)) or list(_graph_faults(path, graph))
    faults += found
    return None if found else graph


def _identity_faults(path: Path, root: ET.Element) -> Iterator[Fault]:
    """Each node stands there once, and edges join nodes that stand there; networkx would invent them."""
    nodes = [node.get("id", "") for node in root.iter() if _local(node.tag) == "node"]
    for name, count in Counter(nodes).items():
        if count > 1:
            yield Fault(str(path), name, "each component once", f"'{name}' {count} times")
    for edge in (edge for edge in root.iter() if _local(edge.tag) == "edge"):
        ends = edge.get("source", ""), edge.get("target", "")
        for name in ends:
            if name not in nodes:
                yield Fault(str(path), " -> ".join(ends), "a node of the graph", f"'{name}'", nearest(name, nodes))


def _graph_faults(path: Path, graph: Any) -> Iterator[Fault]:
    if len(graph) < 2:
        yield Fault(str(path), "", "a graph of at least two nodes", str(len(graph)))
    if not graph.is_directed():
        yield Fault(str(path), "", 'a directed graph (edgedefault="directed")', "an undirected one")
        return
    if graph.is_multigraph():
        twice = [edge for edge, count in Counter(graph.edges()).items() if count > 1]
        yield Fault(str(path), " -> ".join(twice[0]) if twice else "", "one edge each way", "more than one")
        return
    for start, end, edge in graph.edges(data=True):
        if start == end:
            yield Fault(str(path), f"{start} -> {end}", "edges between two components", "an edge to itself")
        for name in ("likelihood", "impact"):
            if (name == "likelihood" or name in edge) and not _is_within(edge.get(name), 1.0):
                yield Fault(str(path), f"{start} -> {end}", f"{_a(name)} from 0 to 1", _shown(edge, name))
    for name, node in graph.nodes(data=True):
        if "weight" in node and not _is_within(node["weight"], math.inf):
            yield Fault(str(path), name, "a weight of at least 0", _shown(node, "weight"))


def _is_within(value: object, most: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= most  # type: ignore[arg-type, operator]


def _shown(attributes: dict[str, object], name: str) -> str:
    return f"{attributes[name]!r}" if name in attributes else f"none (no attribute {name})"


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
