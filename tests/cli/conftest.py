"""Folders with a small model, and one comparison that many tests look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from .program import ROUTES, TINY, Done, changeflow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with tiny.toml."""
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    return tmp_path


@dataclass(frozen=True)
class Comparison:
    """partly_open along three routes, with what was printed and where it was written."""

    folder: Path
    text: Done
    machine: Done

    @property
    def results(self) -> Path:
        return self.folder / "results" / "001"


@pytest.fixture(scope="session")
def partly_open(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """The main job with four replications: once with charts as text, once as JSON."""
    folder = tmp_path_factory.mktemp("partly_open")
    words = ("compare", "partly_open", *ROUTES, "--replications", "4", "--workers", "1")
    text = changeflow(*words, "--progress", "none", folder=folder)
    machine = changeflow(*words, "--no-charts", "--json", folder=folder)
    return Comparison(folder, text, machine)
