"""`--set NAME:PATH=VALUE` for one scenario of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from changeflow.errors import Fault, ModelError, nearest
from changeflow.model.reading import with_sets
from changeflow.model.schema import Model


def split_sets(sets: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Options for all scenarios, and (scenario, option) pairs."""
    general: list[str] = []
    own: list[tuple[str, str]] = []
    for option in sets:
        path, _, _ = option.partition("=")
        name, colon, _ = path.partition(":")
        if colon:
            own.append((name, option[len(name) + 1 :]))
        else:
            general.append(option)
    return general, own


def with_scenario_sets(scenarios: Mapping[str, Model], own: Sequence[tuple[str, str]]) -> dict[str, Model]:
    """Each scenario with its own options applied; raises ModelError for a name that is no scenario."""
    unknown = [(name, option) for name, option in own if name not in scenarios]
    if unknown:
        raise ModelError(
            Fault(f"--set {name}:{option}", "", "a scenario's name before ':'", f"'{name}'", nearest(name, scenarios))
            for name, option in unknown
        )
    return {
        name: with_sets(model, [option for other, option in own if other == name]) for name, model in scenarios.items()
    }
