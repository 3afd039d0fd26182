"""Where a store lies: a network folder gets no write-ahead log."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from changeflow.errors import PlanError
from changeflow.study.store.file_systems import file_system_of, is_network
from changeflow.study.store.packing import Packed
from changeflow.study.store.runs import FILE, Damaged, Store

RUN = Packed('[["a"],[],[]]', bytes(8) + b"\x65\x22\xdf\x69")


def table(folder: Path, kind: str) -> Path:
    """A table of mounts that says that the folder lies on such a file system."""
    file = folder / "mounts"
    shown = str(folder / "my share").replace(" ", "\\040")
    file.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/a {folder} {'nfs4' if kind != 'nfs4' else 'ext4'} rw 0 0\n"
        f"server:/b {shown} {kind} rw 0 0\nserver:/c {shown}more nfs rw 0 0\nshort line\n",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("kind", ["ext4", "nfs4", "cifs", "fuse.sshfs"])
def test_the_longest_place_in_the_table_counts(kind: str, tmp_path: Path) -> None:
    mounts = table(tmp_path, kind)
    assert file_system_of(tmp_path / "my share" / "results", mounts) == kind
    assert file_system_of(Path("/"), mounts) == "ext4"
    assert file_system_of(tmp_path, tmp_path / "no table") == ""


@pytest.mark.parametrize("kind", ["ext4", "nfs4", "9p"])
def test_a_network_folder_gets_no_write_ahead_log(kind: str, tmp_path: Path) -> None:
    folder, mounts = tmp_path / "my share", table(tmp_path, kind)
    folder.mkdir()
    for number in range(2):
        store = Store(folder, mounts)
        store.add("cell", [(number, RUN)])
        store.commit()
        store.add("cell", [(number + 10, RUN)])  # not committed: a journal is open
        assert (folder / f"{FILE}-wal").exists() is not is_network(kind)
        with pytest.raises(PlanError, match="no other process"):
            Store(folder, mounts)
        store.close()
    assert Store(folder, mounts).done("cell") == {0, 1, 10, 11}


def test_a_store_that_moves_to_a_network_loses_nothing(tmp_path: Path) -> None:
    """Its write-ahead log is folded in."""
    folder = tmp_path / "my share"
    folder.mkdir()
    store = Store(folder, table(tmp_path, "ext4"))
    store.add("cell", [(0, RUN)])
    store.commit()
    copies = {name: (folder / name).read_bytes() for name in (FILE, f"{FILE}-wal")}
    store.close()
    for name, content in copies.items():  # as after kill -9
        (folder / name).write_bytes(content)
    moved = Store(folder, table(tmp_path, "nfs"))
    assert moved.done("cell") == {0}
    assert not (folder / f"{FILE}-wal").exists()
    moved.close()
    sql = sqlite3.connect(folder / FILE)
    assert sql.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    sql.close()


def test_a_name_whose_bytes_are_no_text_is_a_damage(tmp_path: Path) -> None:
    Store(tmp_path).close()
    sql = sqlite3.connect(tmp_path / FILE)
    sql.execute("INSERT INTO cells (key) VALUES (CAST(x'fa6b' AS TEXT))")
    sql.commit()
    sql.close()
    with pytest.raises(Damaged, match="expected a whole store of runs"):
        Store(tmp_path)
