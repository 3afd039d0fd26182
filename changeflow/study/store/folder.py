"""The folder of a study: whose it is, what its manifest says, and who may write there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from changeflow.errors import PlanError
from changeflow.study.store.runs import FILE, throw_away

MANIFEST = "manifest.json"
COMMAND = "study"


def folder_of(out: str | None, name: str, version: str, *, force: bool) -> Path:
    """The folder of a study: --out, else results/NAME; its own is resumed, a new or empty one taken.

    Raises PlanError for another study's folder, a newer program's, any other with files in it, and one that cannot be
    written. With force a results folder of changeflow that is not this study's is emptied.
    """
    folder = Path(out) if out is not None else Path("results") / name
    shown = f"--out {out}" if out is not None else str(folder)
    if folder.exists() and not folder.is_dir():
        raise PlanError(f"{shown}: expected a folder, found a file")
    found = manifest_in(folder)
    if _numbers(str(found.get("version", "0"))) > _numbers(version):
        raise PlanError(f"{shown}: expected results of changeflow {version} or older, found {found['version']}")
    if found.get("command") == COMMAND and found.get("study") == name:
        if not _is_whole(folder, found):
            _start_anew(folder, found, shown, force=force)
    elif found and force:
        _empty(folder)
    elif found:
        whose = f"the study '{found.get('study')}'" if found.get("command") == COMMAND else "results of another command"
        raise PlanError(f"{shown}: expected the folder of study '{name}', found {whose} (--force replaces it)")
    elif (folder / FILE).exists():
        raise PlanError(
            f"{shown}: expected {MANIFEST} that says whose runs {FILE} holds, found none that can be read; "
            "put back a copy of it, or take another folder"
        )
    elif folder.is_dir() and any(not path.name.startswith(f".{MANIFEST}.") for path in folder.iterdir()):
        raise PlanError(f"{shown}: expected a new or empty folder, found files that are not ours")
    check_writable(folder, shown)
    return folder


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest that this program wrote, {} where there is none."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("program") == "changeflow" else {}


def manifest_text(content: Mapping[str, object]) -> str:
    """A manifest as it stands in its file."""
    return json.dumps(content, indent=2, default=str, allow_nan=False) + "\n"


def write_file(path: Path, content: str | bytes, *, durable: bool = True) -> None:
    """Put a file in place at once, so that none is ever half written; durable ones outlive a loss of power."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
            if durable:
                out.flush()
                os.fsync(out.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _numbers(version: str) -> list[int]:
    return [int("".join(filter(str.isdigit, part)) or 0) for part in version.split(".")]


def _is_whole(folder: Path, manifest: dict[str, Any]) -> bool:
    """Is as much there as was when the program last ended in order? Only its size is looked at, nothing opened."""
    file = folder / FILE
    return (file.stat().st_size if file.is_file() else 0) >= int(manifest.get("store_bytes", 0))


def _start_anew(folder: Path, manifest: dict[str, Any], shown: str, *, force: bool) -> None:
    """Of a store that lost its end nothing is believed; only with force it is thrown away."""
    if not force:
        raise PlanError(
            f"{shown}: expected {FILE} with the {manifest.get('runs', 0)} runs that its manifest speaks of, "
            "found a missing or cut-off file; put back a copy of it, or start anew with --force"
        )
    throw_away(folder)


def _empty(folder: Path) -> None:
    """Take away what is in a results folder; the manifest last, so that it stays ours until the end."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name == MANIFEST):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def check_writable(folder: Path, shown: str) -> None:
    """Raise PlanError where a folder, or the nearest one above it that is there, cannot be written."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise PlanError(f"{shown}: expected a folder that can be written, {there} cannot ({error.strerror})") from None
