"""What a model has at a path as a user writes it."""

from __future__ import annotations

from changeflow.model.schema import Model


def value_at(model: Model, path: str) -> object:
    """The value; None where nothing stands there."""
    parts = path.split(".")
    if parts[0] == "demand" and parts[1:2] != ["sources"]:  # one source, written without its name
        parts = ["demand", "sources", "demand", *parts[1:]]
    here: object = model
    for part in parts:
        here = here.get(part) if isinstance(here, dict) else getattr(here, part, None)
    return here
