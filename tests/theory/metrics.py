"""The metric names of the reference cases as functions of one run."""

from __future__ import annotations

from .steady import Steady
from .transient import transient
from .translate import Setup
from .view import Metric


def metric(name: str, setup: Setup, kind: str) -> Metric:
    """The function of a metric's name; Unsupported when the name (or the model) leaves it open what is meant."""
    bare, place, category = _scope(name, setup)
    if kind == "transient":
        return transient(bare, place, category, setup)
    return Steady(name, bare, place, category, setup).function()


def _scope(name: str, setup: Setup) -> tuple[str, int | None, int | None]:
    """The metric without the station's or class's name before it, and their numbers."""
    head, dot, rest = name.partition(".")
    if dot and head in setup.stations:
        return rest, setup.stations.index(head), None
    if dot and head in setup.classes:
        return rest, None, setup.classes.index(head)
    return name, None, None
