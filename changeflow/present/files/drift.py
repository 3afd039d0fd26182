"""Did results drift: two folders of runs, number by number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from changeflow.errors import InputError
from changeflow.present.files.json_numbers import json_number
from changeflow.present.files.manifest_gap import what_differs
from changeflow.present.words.margins import labelled
from changeflow.study.store.folder import MANIFEST, manifest_in

_KEYS = ["scenario", "replication", "measure"]
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Drift:
    """Numbers in both folders, how many differ, which most; names in one folder only."""

    compared: int
    changed: int
    worst: tuple[tuple[str, int, str, float, float], ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    digests: tuple[str, str]
    """Of all rows of either folder's table of runs: scenario, replication, measure and the bits of the number."""
    differs: tuple[str, ...] = ()
    """What the folders' manifests say otherwise, and what may so explain a drift."""

    @property
    def found(self) -> bool:
        """Is there any drift?"""
        return bool(self.changed or self.only_old or self.only_new)

    def as_dict(self) -> dict[str, object]:
        """For --json."""
        return {
            "drift": self.found, "compared": self.compared, "changed": self.changed,
            "worst": [
                dict(zip((*_KEYS, "old", "new"), (*keys, json_number(old), json_number(new)), strict=True))
                for *keys, old, new in self.worst
            ],
            "only_old": list(self.only_old), "only_new": list(self.only_new),
            "digests": dict(zip(("old", "new"), self.digests, strict=True)), "differs": list(self.differs),
        }  # fmt: skip

    def in_words(self) -> str:
        """For people."""
        if not self.found:
            same = self.digests[0] if self.digests[0] == self.digests[1] else "differ by less than the tolerance"
            return f"No drift: {self.compared} numbers are the same.\nDIGEST   {same}"
        lines = [f"Drift: {self.changed} of {self.compared} numbers differ."]
        lines += [f"  {s}, run {r}, {m}: {old!r} -> {new!r}" for s, r, m, old, new in self.worst]
        lines += [f"  only in the old folder: {', '.join(self.only_old[:_SHOWN])}"] if self.only_old else []
        lines += [f"  only in the new folder: {', '.join(self.only_new[:_SHOWN])}"] if self.only_new else []
        lines += labelled("DIFFERS", "; ".join(self.differs) or "nothing that the manifests speak of")
        return "\n".join(lines)


def compare_folders(old: str, new: str, tolerance: float) -> Drift:
    """Compare runs.csv of two results folders; raises InputError when one is no such folder."""
    if not tolerance >= 0:
        raise InputError(f"--tolerance: expected a number of at least 0, found {tolerance:g}")
    one, other = _read(old), _read(new)
    both = one.rename(columns={"value": "value_old"}).join(other.rename(columns={"value": "value_new"}), how="inner")
    before, after = both["value_old"].to_numpy(float), both["value_new"].to_numpy(float)
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    with np.errstate(invalid="ignore"):
        same |= np.abs(after - before) <= tolerance * np.abs(before)
    gap = np.abs(after - before) / np.maximum(np.abs(before), 1e-300)
    order = [int(i) for i in np.argsort(-np.where(same, -1.0, np.nan_to_num(gap, nan=np.inf))) if not same[i]][:_SHOWN]
    keys = [(str(scenario), int(run), str(measure)) for scenario, run, measure in both.index[order]]
    worst = tuple((*key, float(before[i]), float(after[i])) for key, i in zip(keys, order))
    return Drift(
        len(both), int((~same).sum()), worst, _only(one, other), _only(other, one), (_digest(one), _digest(other)),
        what_differs(manifest_in(Path(old)), manifest_in(Path(new))),
    )  # fmt: skip


def _only(one: pd.DataFrame, other: pd.DataFrame) -> tuple[str, ...]:
    lost = one.index.difference(other.index)
    return tuple(sorted({f"{scenario}: {measure}" for scenario, _, measure in lost}))


def _digest(table: pd.DataFrame) -> str:
    """A hash of keys and bits, whatever the order of the rows; every NaN is the same."""
    table = table.sort_index()
    digest = hashlib.blake2b(digest_size=16)
    for level in _KEYS:
        digest.update("\n".join(map(str, table.index.get_level_values(level))).encode())
    values = table["value"].to_numpy("<f8", copy=True)
    values[np.isnan(values)] = np.nan
    digest.update(values.tobytes())
    return digest.hexdigest()


def _exact(text: str) -> float:
    """Python reads back the very bits that were written; an empty cell is NaN."""
    return float(text) if text else np.nan


def _table(file: Path) -> pd.DataFrame:
    if file.suffix == ".csv":
        return pd.read_csv(file, converters={"value": _exact})
    return pd.read_parquet(file).astype({"scenario": str, "measure": str})  # names, not codes of names


def _read(folder: str) -> pd.DataFrame:
    path = Path(folder)
    name = "runs.parquet" if (path / "runs.parquet").is_file() else "runs.csv"
    if not (path / MANIFEST).is_file() or not (path / name).is_file():
        raise InputError(f"{folder}: expected a results folder (manifest.json and runs.csv), found none")
    try:
        table = _table(path / name)
        table = table.set_index(_KEYS)[["value"]]
    except (ValueError, KeyError, OSError, ImportError) as error:
        raise InputError(f"{folder}/{name}: expected the columns {', '.join(_KEYS)}, value ({error})") from None
    if table.empty:
        raise InputError(f"{folder}/{name}: expected at least one number, found none")
    return table
