"""The benchmark's own virtual environment: changeflow from the checkout, peers from the package index."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / ".venv-peers"
"""Not beside this file: what lies there is shipped in the wheel."""
PEERS = {"simpy": ["simpy"], "ciw": ["ciw"], "salabim": ["salabim", "greenlet"], "cimba": ["cimba"]}
"""What to install for each peer; salabim's default mode needs greenlet and does not say so."""


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make(folder: Path, tell: Callable[[str], None]) -> Path:
    """Make the environment if it is not there, and whatever it lacks; returns its interpreter."""
    python = python_of(folder)
    if not python.exists():
        tell(f"making an environment in {folder.name}")
        venv.create(folder, with_pip=True)
    if not _is_from_here(python):
        tell("installing changeflow from the checkout")
        failed = _install(python, "-e", str(ROOT))
        if failed:
            sys.exit(f"changeflow cannot be installed: {failed}")
    for name, packages in PEERS.items():
        if not all(_has(python, package) for package in packages):
            tell(f"installing {' and '.join(packages)}")
            failed = _install(python, *packages)
            if failed:
                tell(f"{name} cannot be installed: {failed}")
    return python


def _has(python: Path, package: str) -> bool:
    code = f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    return subprocess.run([str(python), "-c", code], check=False, cwd=HERE).returncode == 0


def _is_from_here(python: Path) -> bool:
    """Is the changeflow that it imports this checkout's? One of another checkout would be measured in its place."""
    code = "import importlib.util as u; s = u.find_spec('changeflow'); print(s.origin if s else '')"
    told = subprocess.run([str(python), "-c", code], check=False, cwd=HERE, capture_output=True, text=True)
    return told.stdout.strip() == str(ROOT / "changeflow" / "__init__.py")


def _install(python: Path, *what: str) -> str:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (errors or ["pip failed"])[-1] if done.returncode else ""


def enter(python: Path, script: Path, arguments: list[str]) -> None:
    """Go on in that interpreter, unless this is it."""
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [str(python), str(script), *arguments])
