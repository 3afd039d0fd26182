"""The options of changeflow study, as given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The options as given."""

    replications: int | None
    seed: int | None
    quick: bool
    engine: str
    workers: int | None
    dask: str | None
    out: str | None
    force: bool
    charts: bool
    parquet: bool
    json: bool
    progress: str
    strict: bool
    time_limit: str | None
    dry_run: bool
