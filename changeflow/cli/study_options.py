"""The options of changeflow study, as given."""

from __future__ import annotations

from dataclasses import dataclass

from changeflow.cli.options import Common


@dataclass(frozen=True, slots=True)
class Options(Common):
    """The options as given."""

    seed: int | None
    parquet: bool
    time_limit: str | None
    dry_run: bool
