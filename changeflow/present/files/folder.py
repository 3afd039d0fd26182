"""A results folder: written whole beside its place, then moved there, so that none is ever half written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from changeflow.errors import PlanError
from changeflow.study.store.folder import check_writable, manifest_in

RESULTS_ROOT = Path("results")


def choose_folder(out: str | None, *, force: bool) -> Path:
    """The folder to write: --out, else results/NNN. Raises PlanError before anything runs when it cannot be."""
    if out is None:
        folder = _next_numbered()
    else:
        folder = Path(out).resolve() if Path(out).is_symlink() else Path(out)
        if folder.exists() and not folder.is_dir():
            raise PlanError(f"--out {out}: expected a folder, found a file")
        if folder.is_dir() and any(folder.iterdir()):
            ours = bool(manifest_in(folder))
            if force and not ours:
                raise PlanError(f"--out {out}: --force replaces only a results folder of changeflow; this is none")
            if not force:
                raise PlanError(f"--out {out}: expected a new or empty folder, found files (--force replaces results)")
    check_writable(folder.absolute().parent, str(folder))
    return folder


def _next_numbered() -> Path:
    taken = [int(path.name) for path in RESULTS_ROOT.glob("[0-9]*") if path.name.isdigit()]
    return RESULTS_ROOT / f"{max(taken, default=0) + 1:03d}"


def write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a hidden folder beside the target, then put it in place at once."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    old = draft.with_suffix(".old")
    try:
        fill(draft)
        draft.chmod(0o755)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(draft, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
