"""The options of changeflow study, as given."""

from __future__ import annotations

import os
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

    @property
    def crew_size(self) -> int:
        """Workers of this machine."""
        return min(os.cpu_count() or 1, 8) if self.workers is None else self.workers
