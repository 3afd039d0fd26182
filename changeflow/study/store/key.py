"""The key of a run: the same on every machine for the same model, seed and program, another one for any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from changeflow.model.schema import Model

_PACKAGE = Path(__file__).resolve().parents[2]
_SOURCES = ("model", "engine", "measure")
"""What decides about a run's numbers."""
_COMES_ALONG = "share"
"""Where an installed program has the models and experiments; a checkout has them elsewhere."""


@cache
def program_digest() -> str:
    """A digest of all sources that a run's numbers come from, whatever ends their lines have."""
    return _digest_of_sources(file for folder in _SOURCES for file in sorted((_PACKAGE / folder).rglob("*.py")))


@cache
def words_digest() -> str:
    """A digest of all other sources: what is said of the numbers comes from them."""
    apart = (*_SOURCES, _COMES_ALONG)
    return _digest_of_sources(
        file for file in sorted(_PACKAGE.rglob("*.py")) if file.relative_to(_PACKAGE).parts[0] not in apart
    )


def _digest_of_sources(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        name = file.relative_to(_PACKAGE).as_posix()
        digest.update(name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def cell_key(model: Model, seed: int, manner: Mapping[str, Any] = {}, program: str | None = None) -> str:
    """The key of a model's runs; a replication's number makes it the key of one run.

    `manner`: Manner.content. `program`: the digest of another program than this one.

    Not part of it: title and notes, how often the model wants to be run, which engine runs it (they are equal).
    """
    alone = model.model_copy(update={"replications": 2})
    targets = model.targets.model_dump(mode="json")  # they are measured, yet no part of the model's digest
    return digest_of([alone.digest(), targets, seed, program or program_digest(), *([dict(manner)] if manner else [])])


def digest_of(content: Any) -> str:
    """A short hash of anything that JSON can write."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
