"""Models and experiments come along, in a checkout and in a wheel."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from changeflow.model.file import shipped

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("models", "experiments")


def test_a_checkout_finds_its_own_folders() -> None:
    assert [shipped.shipped_folder(name) for name in FOLDERS] == [ROOT / name for name in FOLDERS]


def test_a_wheel_holds_them_where_they_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Laid out here as the build is told to lay them out."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    for source, target in build["targets"]["wheel"]["force-include"].items():
        shutil.copytree(ROOT / source, tmp_path / target)
    monkeypatch.setattr(shipped, "__file__", str(tmp_path / "changeflow" / "model" / "file" / "shipped.py"))
    assert [shipped.shipped_folder(name) for name in FOLDERS] == [tmp_path / "changeflow/share" / n for n in FOLDERS]
    assert {"mmc", "partly_open", "replay"} <= set(shipped.shipped_models())
    assert set(shipped.shipped_priors()) == {"article", "field"}
