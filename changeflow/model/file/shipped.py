"""Finds models/ and experiments/, in a checkout (or editable install) and in a wheel alike."""

from __future__ import annotations

from pathlib import Path


def shipped_folder(name: str) -> Path:
    """The folder `models` or `experiments` that came with this program."""
    package = Path(__file__).resolve().parents[2]
    packed = package / "share" / name
    return packed if packed.is_dir() else package.parent / name


def shipped_models() -> dict[str, Path]:
    """Model files that came along, by id, in order of name."""
    return {path.stem: path for path in sorted(shipped_folder("models").glob("*.toml"))}


def shipped_experiments() -> dict[str, Path]:
    """Study files that came along, by name."""
    return {path.stem: path for path in sorted(shipped_folder("experiments").glob("*.toml"))}


def shipped_priors() -> dict[str, Path]:
    """Prior sets that came along, by name."""
    return {path.stem: path for path in sorted((shipped_folder("models") / "priors").glob("*.toml"))}
