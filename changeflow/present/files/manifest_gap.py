"""What two manifests say otherwise: models, the study file, settings, the program, the machine."""

from __future__ import annotations

from typing import Any

_SETTINGS = {
    "command": "command", "study": "study", "seed": "seed", "engine": "engine", "version": "changeflow",
    "program_digest": "program", "python": "python", "platform": "platform",
}  # fmt: skip
"""Key of a manifest -> its word."""


def what_differs(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    """'model my.toml', 'study file', 'seed 1 -> 2', 'numpy 2.3 -> 2.4': what may explain other numbers."""
    models = [{name: one.get("digest") for name, one in side.get("models", {}).items()} for side in (old, new)]
    said = [f"model {name}" for name in {**models[0], **models[1]} if models[0].get(name) != models[1].get(name)]
    said += ["study file"] if old.get("file") != new.get("file") else []
    libraries = [side.get("libraries", {}) for side in (old, new)]
    pairs = {word: (old.get(key), new.get(key)) for key, word in _SETTINGS.items()}
    pairs |= {name: (libraries[0].get(name), libraries[1].get(name)) for name in {**libraries[0], **libraries[1]}}
    return (*said, *(f"{word} {one} -> {other}" for word, (one, other) in pairs.items() if one != other))
