"""Makes the component graph of a model out of its section and the files beside it; all faults together."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from changeflow.errors import Fault, nearest
from changeflow.model.components.dsm import read_dsm
from changeflow.model.components.generators import generated
from changeflow.model.components.graph import NO_CATEGORY_OF_ITS_OWN, ComponentGraph
from changeflow.model.components.graphml import read_graphml
from changeflow.model.components.section import FILES, MOST_COMPONENTS, Components
from changeflow.model.file.faults import Places

Floats = NDArray[np.float64]
T = TypeVar("T")
HERE = "components"


@dataclass(frozen=True, slots=True)
class _Links:
    """What a file or a generator says; NaN is an impact that is not given."""

    names: tuple[str, ...]
    likelihood: Floats
    impact: Floats
    category: dict[str, str] = field(default_factory=dict)
    weight: dict[str, float] = field(default_factory=dict)
    layer: dict[str, str] = field(default_factory=dict)
    file: str = ""
    """Where the categories stand, for messages."""

    @classmethod
    def none(cls, names: Sequence[str], file: str = "") -> _Links:
        """Components without links."""
        shape = (len(names), len(names))
        return cls(tuple(names), np.zeros(shape), np.full(shape, np.nan), file=file)


def files_beside(text: str) -> list[str]:
    """The files that the components of a model file name, as they stand there."""
    section = tomllib.loads(text).get(HERE, {})
    return [section[key] for key in FILES if key in section]


def resolved(
    section: Components, folder: Path, categories: Sequence[str], where: Places, faults: list[Fault]
) -> ComponentGraph | None:
    """The graph; None, and faults, where something is wrong. Relative paths are relative to `folder`."""
    before = len(faults)
    try:
        links = _read(section, folder, where, faults)
    except OSError as error:
        key = next(key for key in FILES if error.filename and _path(folder, getattr(section, key)) == error.filename)
        reason = error.strerror or "cannot be read"
        faults.append(where.fault((HERE, key), f"a file ({reason})", getattr(section, key)))
        return None
    if links is None:
        return None
    faults += _of_all(section, links, where)
    category = _categories(section, links, categories, where, faults)
    weight = _weights(section, links, where, faults)
    if len(faults) > before:
        return None
    linked = links.likelihood > 0
    impact = np.where(np.isnan(links.impact), section.impact or 0.0, links.impact)
    return ComponentGraph(
        links.names, links.likelihood, np.where(linked, impact, 0.0), category, weight, section.mode, section.unlimited
    )


def _path(folder: Path, name: str | None) -> str:
    return "" if name is None else str(folder / name)


def _read(section: Components, folder: Path, where: Places, faults: list[Fault]) -> _Links | None:
    if section.dsm is not None:
        return _from_dsm(section, folder, faults)
    if section.graphml is not None:
        return _from_graphml(folder / section.graphml, faults)
    if section.generator is not None:
        return _from_generator(section)
    return _from_edges(section, where, faults)


def _from_dsm(section: Components, folder: Path, faults: list[Fault]) -> _Links | None:
    first = read_dsm(folder / str(section.dsm), "a likelihood", faults)
    second = read_dsm(folder / section.impact_dsm, "an impact", faults) if section.impact_dsm else None
    if first is None or (section.impact_dsm and second is None):
        return None
    names, cells = first
    impact = np.full_like(cells, np.nan)
    if second is not None:
        if second[0] != names:
            expected = f"the names of {section.dsm} in the same order"
            faults.append(Fault(str(folder / str(section.impact_dsm)), "", expected, ", ".join(second[0])[:60]))
            return None
        impact = second[1]
    likelihood = np.nan_to_num(cells)
    return _Links(names, likelihood, impact) if section.initiators == "rows" else _Links(names, likelihood.T, impact.T)


def _from_graphml(path: Path, faults: list[Fault]) -> _Links | None:
    graph = read_graphml(path, faults)
    if graph is None:
        return None
    links = _Links.none([str(name) for name in graph], str(path))
    at = {name: number for number, name in enumerate(links.names)}
    for start, end, edge in graph.edges(data=True):
        links.likelihood[at[str(start)], at[str(end)]] = edge["likelihood"]
        links.impact[at[str(start)], at[str(end)]] = edge.get("impact", np.nan)
    for name, node in graph.nodes(data=True):
        if "category" in node:
            links.category[str(name)] = str(node["category"])
        if "weight" in node:
            links.weight[str(name)] = float(node["weight"])
    return links


def _from_generator(section: Components) -> _Links:
    assert section.generator is not None
    names, layers, pairs = generated(section.generator)
    links = _Links.none(names)
    links.layer.update({name: layer for name, layer in zip(names, layers, strict=True) if layer})
    for start, end in pairs:
        links.likelihood[start, end] = section.generator.likelihood
    return links


def _from_edges(section: Components, where: Places, faults: list[Fault]) -> _Links | None:
    links = _Links.none(section.names)
    at = {name: number for number, name in enumerate(links.names)}
    seen: set[tuple[str, str]] = set()
    before = len(faults)
    if not section.names:
        faults.append(where.fault((HERE, "names"), "the names of the components that edges link"))
        return None
    for number, edge in enumerate(section.edges):
        path = (HERE, "edges", number)
        for key, name in (("from", edge.source), ("to", edge.to)):
            if name not in at:
                faults.append(where.fault((*path, key), "a name of components.names", name, nearest(name, at)))
        if edge.source == edge.to:
            faults.append(where.fault((*path, "to"), "another component (none changes itself)", edge.to))
        if (edge.source, edge.to) in seen:
            faults.append(where.fault(path, "each link once", f"{edge.source} -> {edge.to}"))
        seen.add((edge.source, edge.to))
        if edge.source in at and edge.to in at:
            links.likelihood[at[edge.source], at[edge.to]] = edge.likelihood
            links.impact[at[edge.source], at[edge.to]] = np.nan if edge.impact is None else edge.impact
    return None if len(faults) > before else links


def _of_all(section: Components, links: _Links, where: Places) -> Iterator[Fault]:
    """What every form must keep: names that can stand in a table, not too many, an impact for each link."""
    if not 2 <= len(links.names) <= MOST_COMPONENTS:
        yield where.fault((HERE,), f"2 to {MOST_COMPONENTS} components", len(links.names))
    for name in dict.fromkeys(name for name in links.names if links.names.count(name) > 1):
        yield where.fault((HERE, "names"), "each component once", name)
    bare = np.argwhere((links.likelihood > 0) & np.isnan(links.impact))
    if len(bare) and section.impact is None:
        start, end = (links.names[number] for number in bare[0])
        yield where.fault((HERE, "impact"), f"an impact for {start} -> {end}, or one for all")


def _categories(
    section: Components, links: _Links, known: Sequence[str], where: Places, faults: list[Fault]
) -> NDArray[np.int64]:
    """From the file, the table, the layer, or a category of the same name; all components have one or none has."""
    own = {name: name for name in links.names if name in known}
    layers = {name: layer for name, layer in links.layer.items() if layer in known}
    table = _by_name(section.categories, links.names, "categories", where, faults)
    found = {**own, **layers, **links.category, **table}
    for name, category in found.items():
        if category not in known:
            fault = where.fault((HERE, "categories", name), "a category", category, nearest(category, known))
            in_file = name in links.category and name not in table
            faults.append(replace(fault, place=links.file, path=name) if in_file else fault)
    missing = [name for name in links.names if name not in found]
    if found and missing:
        some = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        faults.append(where.fault((HERE, "categories"), f"a category for {some} too, or 'default'"))
    numbers = {category: number for number, category in enumerate(known)}
    return np.array([numbers.get(found.get(name, ""), NO_CATEGORY_OF_ITS_OWN) for name in links.names], dtype=np.int64)


def _weights(section: Components, links: _Links, where: Places, faults: list[Fault]) -> Floats:
    """From the file or the table; where nothing is said all are alike."""
    found = {**links.weight, **_by_name(section.weights, links.names, "weights", where, faults)}
    missing = [name for name in links.names if name not in found]
    if found and missing:
        some = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        faults.append(where.fault((HERE, "weights"), f"a weight for {some} too, or 'default'"))
    if found and not any(found.values()):
        faults.append(where.fault((HERE, "weights"), "a weight above 0", 0))
    return np.array([float(found.get(name, 1.0)) for name in links.names])


def _by_name(
    table: Mapping[str, T], names: Sequence[str], key: str, where: Places, faults: list[Fault]
) -> dict[str, T]:
    """A table by component, its `default` put out over all the others."""
    faults += [
        where.fault((HERE, key, name), "a component", name, nearest(name, names))
        for name in table
        if name not in names and name != "default"
    ]
    default = dict.fromkeys(names, table["default"]) if "default" in table else {}
    return {**default, **{name: value for name, value in table.items() if name in names}}
