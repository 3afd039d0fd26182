"""Reads a model file: options applied, prior set filled in, everything checked, all faults together."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from changeflow.errors import DataError, Fault, ModelError, nearest
from changeflow.model.checks.authority import left_to_nobody
from changeflow.model.checks.cross import cross_faults
from changeflow.model.checks.follow_ups import endless_follow_ups
from changeflow.model.checks.parts import Parts
from changeflow.model.components.graph import ComponentGraph
from changeflow.model.components.section import FILES
from changeflow.model.file.components import resolved
from changeflow.model.file.faults import Places, faults_of
from changeflow.model.file.priors import Raw, fill, read_priors
from changeflow.model.file.shipped import shipped_models, shipped_priors
from changeflow.model.requests.demand import Replay
from changeflow.model.requests.replay import ReplayLog, read_log
from changeflow.model.schema import Model
from changeflow.model.values.written_tables import read_back

_PATH_KEYS = {"demand": frozenset({"file"}), "components": frozenset(FILES)}
"""Keys of paths by section; those of --set are relative to the working directory."""
_USER_NAMED = ("stations", "categories", "calendars", "contracts")


def read_model(path: str | Path, sets: Sequence[str] = (), *, priors: str | None = None) -> Model:
    """Read and check a model file (or the id of a shipped one).

    `sets` are options 'PATH=VALUE', applied before anything is opened; `priors` takes the place of the file's
    own prior set. Raises ModelError with every fault, DataError for a log that cannot be replayed.
    """
    file = find_model(path)
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise ModelError([Fault(str(path), "", "a readable file", error.strerror or str(error))]) from None
    except UnicodeDecodeError:
        raise ModelError([Fault(str(path), "", "a model file in UTF-8", "other bytes")]) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError([Fault(str(path), "", "TOML", str(error))]) from None
    return build_model(raw, file=file, shown=str(path), text=text, sets=sets, priors=priors)


def find_model(path: str | Path) -> Path:
    """The file that a path or the id of a shipped model names; raises ModelError when there is none."""
    file = Path(path)
    if file.is_file():
        return file
    shipped = shipped_models()
    if str(path) in shipped:
        return shipped[str(path)]
    if file.parent.name == "models" and file.suffix == ".toml" and file.stem in shipped:
        return shipped[file.stem]
    found = "a folder" if file.is_dir() else "nothing"
    raise ModelError([Fault(str(path), "", "a model file", found, nearest(file.stem, shipped))])


def build_model(
    raw: Raw,
    *,
    file: Path,
    shown: str,
    text: str = "",
    sets: Sequence[str] = (),
    priors: str | None = None,
    read_before: Model | None = None,
    own_routing: bool = True,
) -> Model:
    """A checked Model from raw tables; `file` is what relative paths in the tables are relative to.

    In another routing than the file's own, what is left to nobody is refused and counted in the run, not here.
    """
    raw, options, faults = _with_sets(raw, sets, shown)
    if priors is not None and raw.get("priors") in shipped_priors():
        raw = raw | {"priors": priors}
    places = Places(shown, text, options)
    known = shipped_priors()
    name = raw.get("priors")
    if isinstance(name, str) and name in known:
        full = fill(raw, read_priors(name))
    else:
        full = copy.deepcopy(raw)
        if isinstance(name, str):
            faults.append(places.fault(("priors",), "a prior set: " + ", ".join(known), name, nearest(name, known)))
    faults += _unknown_tools(full, places)
    full = _named_sources(full)
    try:
        model = Model.model_validate({key: value for key, value in full.items() if key != "__single_source__"})
    except ValidationError as error:
        told = {fault.path for fault in faults}
        faults += [fault for fault in faults_of(error, full, places) if fault.path not in told]
    wrong = {fault.path for fault in faults}  # of a value that could not be read nothing more is told
    parts = Parts.of(full)
    faults += [fault for fault in cross_faults(parts, places) if fault.path not in wrong]
    graph = _component_graph(parts, file.parent, places, faults, read_before)
    if own_routing:
        faults += [fault for fault in left_to_nobody(parts, places) if fault.path not in wrong]
    if faults:
        raise ModelError(dict.fromkeys(faults))
    model._raw, model._place, model._vary, model._own_routing = raw, shown, vary, own_routing
    if read_before is not None:
        model._rules = read_before._rules
    logs = _read_logs(model, file, bool(full.get("__single_source__")), read_before)
    model._logs.update(logs)
    model._file, model._component_graph = file, graph
    endless = list(endless_follow_ups(model, places))
    if endless:
        raise ModelError(endless)
    return model


def remade(tables: Raw, place: str) -> Model:
    """A model from the tables that its results were written with; logs and graphs are looked for beside its file."""
    try:
        file = find_model(place)
    except ModelError:
        file = Path(place)
    return build_model(read_back(tables), file=file, shown=place, own_routing=False)


def vary(
    model: Model, changes: Mapping[str, Any], *, priors: str | None = None, own_routing: bool | None = None
) -> Model:
    """The same model with other values at some dotted paths, checked like a file; `own_routing` is as before."""
    raw, faults = model._raw, []
    for dotted, value in changes.items():
        changed = _put(raw, dotted.split("."), copy.deepcopy(value))
        if changed is None:
            faults.append(Fault(model.place, dotted, f"a path of {model.place}", unknown=dotted))
        else:
            raw = changed
    if faults:
        raise ModelError(faults)
    own = model._own_routing if own_routing is None else own_routing
    return build_model(raw, file=model._file, shown=model.place, priors=priors, read_before=model, own_routing=own)


def with_sets(model: Model, sets: Sequence[str]) -> Model:
    """The same model with options 'PATH=VALUE' applied."""
    if not sets:
        return model
    own = model._own_routing
    return build_model(model._raw, file=model._file, shown=model.place, sets=sets, read_before=model, own_routing=own)


def _with_sets(raw: Raw, sets: Sequence[str], shown: str) -> tuple[Raw, dict[str, str], list[Fault]]:
    options: dict[str, str] = {}
    faults: list[Fault] = []
    for option in sets:
        dotted, equals, text = option.partition("=")
        if not equals or not dotted.strip():
            faults.append(Fault(f"--set {option}", "", "PATH=VALUE"))
            continue
        path = tuple(dotted.strip().split("."))
        if "\n" in text:
            place, dotted = f"--set {dotted.strip()}=...", dotted.strip()
            faults.append(Fault(place, dotted, "one value on one line", option=dotted))
            continue
        value = _toml_value(text.strip())
        if path[-1] in _PATH_KEYS.get(path[0], ()) and isinstance(value, str):
            value = str(Path(value).absolute())
        unknown = _unknown_name(path, raw)
        if unknown:
            name, known = unknown
            where, expected = (f"--set {option}", ".".join(path)), "a path of the model"
            hint = nearest(name, known)
            faults.append(Fault(*where, expected, f"'{name}'", hint, where[1], name, tuple(known)))
            continue
        options[".".join(path)] = option
        changed = _put(raw, path, value)
        if changed is None:
            dotted = ".".join(path)
            faults.append(Fault(f"--set {option}", dotted, f"a path of {shown}", option=dotted, unknown=dotted))
        else:
            raw = changed
    return raw, options, faults


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text


def _put(raw: Raw, path: Sequence[str], value: Any) -> Raw | None:
    """The tables with a value at a path; what lies beside it is shared, since tables are never changed.

    None where the path leads through what is no table.
    """
    first, *rest = path
    if not rest:
        return raw | {first: value}
    inner = raw.get(first, {})
    changed = _put(inner, rest, value) if isinstance(inner, dict) else None
    return None if changed is None else raw | {first: changed}


def _unknown_name(path: tuple[str, ...], raw: Raw) -> tuple[str, list[str]] | None:
    """A --set may change a station, not invent one: returns the unknown name and the known ones."""
    depth = 2 if path[:2] == ("demand", "sources") else 1
    if (depth == 1 and path[0] not in _USER_NAMED) or len(path) <= depth + 1:
        return None
    table: Any = raw
    for part in path[:depth]:
        table = table.get(part, {}) if isinstance(table, dict) else {}
    known = list(table) if isinstance(table, dict) else []
    own = table.values() if isinstance(table, dict) else ()
    if path[0] == "categories" and raw.get("priors") in shipped_priors() and not any("share" in one for one in own):
        known = list({**dict.fromkeys(known), **read_priors(raw["priors"]).get("categories", {})})
    return None if path[depth] in known else (path[depth], known)


def _unknown_tools(full: Raw, places: Places) -> list[Fault]:
    """A tool stands for numbers of the prior set; without them it would be taken in silence."""
    name = full.get("priors")
    known = list(read_priors(name).get("tools", {})) if isinstance(name, str) and name in shipped_priors() else []
    stations = full.get("stations")
    tables: list[tuple[tuple[str, ...], Any]] = [((name,), full.get(name)) for name in ("adaptation", "system")]
    if isinstance(stations, dict):
        tables += [(("stations", key), table) for key, table in stations.items()]
    return [
        places.fault((*path, "tool"), "a tool of the prior set", table["tool"], nearest(table["tool"], known))
        for path, table in tables
        if isinstance(table, dict) and isinstance(table.get("tool"), str) and table["tool"] not in known
    ]


def _named_sources(full: Raw) -> Raw:
    demand = full.get("demand")
    if isinstance(demand, dict) and "sources" not in demand and demand:
        return {**full, "demand": {"sources": {"demand": demand}}, "__single_source__": True}
    return full


def _read_logs(model: Model, file: Path, single: bool, before: Model | None) -> dict[str, ReplayLog]:
    logs: dict[str, ReplayLog] = {}
    messages: list[str] = []
    for name, source in model.demand.sources.items():
        if isinstance(source, Replay):
            if before is not None and _same_log(source, before.demand.sources.get(name)):
                logs[name] = before.logs[name]
                continue
            option = "demand" if single else f"demand.sources.{name}"
            try:
                logs[name] = read_log(source, file.parent / source.file, option)
            except DataError as error:
                messages.append(str(error))
    if messages:
        raise DataError("\n".join(messages))
    return logs


def _component_graph(
    parts: Parts, folder: Path, places: Places, faults: list[Fault], before: Model | None
) -> ComponentGraph | None:
    """What was read before counts, whatever became of its files since."""
    if parts.components is None:
        return None
    if before is not None and (parts.components, [*parts.categories]) == (before.components, [*before.categories]):
        return before.component_graph
    return resolved(parts.components, folder, [*parts.categories], places, faults)


def _same_log(source: Replay, other: object) -> bool:
    keys = {"file", "request", "arrived", "category", "date_format", "delimiter"}
    return isinstance(other, Replay) and source.model_dump(include=keys) == other.model_dump(include=keys)
