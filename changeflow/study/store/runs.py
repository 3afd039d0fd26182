"""The store of a study: one row a run in SQLite, each written once, whatever stops the program.

One process holds the file: SQLite's exclusive mode keeps its write-ahead log without shared memory, and a second
process is refused. On a network folder a rollback journal takes the log's place. A row is durable after `commit`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from changeflow.errors import Incomplete, PlanError
from changeflow.study.store.file_systems import MOUNTS, file_system_of, is_network
from changeflow.study.store.packing import Columns, Packed, is_whole, unpack

FILE = "study.sqlite"
FORMAT = 1
"""Rises whenever an older program could not read the file."""
LOOKED_AT = "looked_at"
"""The note of a search: the settings beyond the planned ones that it has looked at, as JSON."""
PAGE_BYTES = 16_384
"""Of a new file: a row of a keyed table that is longer than a quarter of its page takes a page of its own."""
_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR"})
_DAMAGED = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
_TABLES = """
CREATE TABLE IF NOT EXISTS cells (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS models (key TEXT PRIMARY KEY, cell TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (cell TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layouts (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS runs (
    cell INTEGER NOT NULL REFERENCES cells, replication INTEGER NOT NULL, layout INTEGER NOT NULL REFERENCES layouts,
    numbers BLOB NOT NULL, PRIMARY KEY (cell, replication)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_there ON runs (cell, replication);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Damaged(PlanError):
    """A store that cannot be read to its end."""


class Store:
    """Runs by cell (the key of a model with its seed) and replication; of use to one thread."""

    def __init__(self, folder: Path, mounts: Path = MOUNTS) -> None:
        self.file = folder / FILE
        kind = file_system_of(folder, mounts)
        self.network = kind if is_network(kind) else ""
        """The network file system that the folder lies on, if it does."""
        with self._in_words():
            self._sql = sqlite3.connect(self.file, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            with self._in_words():
                self._open()
        except BaseException:
            self._sql.close()
            raise
        self._cells: dict[str, int] = dict(self._rows("SELECT key, id FROM cells"))
        self._layouts: dict[str, int] = dict(self._rows("SELECT names, id FROM layouts"))
        self._done: dict[int, set[int]] = dict(self._there())

    @classmethod
    def open(cls, folder: Path, *, anew: bool = False) -> Store:
        """The store of a folder; with `anew` a damaged one is thrown away first."""
        if not anew:
            return cls(folder)
        try:
            store = cls(folder)
            if store._is_whole():
                return store
            store.close()
        except Damaged:
            pass
        throw_away(folder)
        return cls(folder)

    def _there(self) -> Iterator[tuple[int, set[int]]]:
        """Cells and their replications; row by row only where some are left out."""
        each = "SELECT cell, count(*), min(replication), max(replication) FROM runs INDEXED BY runs_there GROUP BY cell"
        for cell, count, first, last in self._rows(each):
            if last - first + 1 == count:
                yield cell, set(range(first, last + 1))
            else:
                yield cell, {one for (one,) in self._rows("SELECT replication FROM runs WHERE cell = ?", (cell,))}

    def _is_whole(self) -> bool:
        """Are the bytes of every row what they were?"""
        return all(is_whole(numbers) for (numbers,) in self._rows("SELECT numbers FROM runs"))

    def _open(self) -> None:
        self._sql.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = self._sql.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise PlanError(f"{self.file}: expected a study that this version knows, found one of a newer changeflow")
        self._sql.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        wanted = "delete" if self.network else "wal"
        found = self._sql.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0]
        if found != wanted:
            raise PlanError(f"{self.file}: expected a folder whose file system can keep a journal, found {found}")
        self._sql.execute("PRAGMA synchronous = FULL")
        found = self._sql.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise Damaged(self._damaged(found))
        self._sql.execute("BEGIN EXCLUSIVE")
        for statement in _TABLES.split(";")[:-1]:
            self._sql.execute(statement)
        self._sql.execute(f"PRAGMA user_version = {FORMAT}")
        self._sql.execute("COMMIT")

    def _damaged(self, how: str) -> str:
        return (
            f"{self.file}: expected a whole store of runs, found a damaged or cut-off one ({how}); "
            "put back a copy of it, or start anew with --force"
        )

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """SQLite's errors as ours: in use, damaged, read-only; full."""
        try:
            yield
        except UnicodeDecodeError as error:
            raise Damaged(self._damaged(str(error))) from None
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise PlanError(f"{self.file}: expected no other process, found one that runs this study") from None
            if name in _DAMAGED or not name:  # without a name it is Python that could not read a text
                raise Damaged(self._damaged(str(error))) from None
            if name in _FULL or name.startswith("SQLITE_IOERR"):
                raise Incomplete(f"{self.file}: cannot write ({error}); all runs that were told of are kept") from None
            raise PlanError(f"{self.file}: expected a file that can be written ({error})") from None

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        with self._in_words():
            yield from self._sql.execute(query, values)

    def _write(self, query: str, values: tuple[Any, ...]) -> int:
        with self._in_words():
            if not self._sql.in_transaction:
                self._sql.execute("BEGIN")
            return int(self._sql.execute(query, values).lastrowid or 0)

    @property
    def count(self) -> int:
        """Runs kept, of all models and versions that this folder has seen."""
        return sum(map(len, self._done.values()))

    def done(self, cell: str) -> set[int]:
        """The replications of a cell that are there."""
        return self._done.get(self._cells.get(cell, -1), set())

    def has(self, cell: str, until: int) -> bool:
        """Are replications 0 to until - 1 of a cell there?"""
        return self.done(cell).issuperset(range(until))

    def add(self, cell: str, runs: Iterable[tuple[int, Packed]]) -> int:
        """Put runs into the open transaction; those that are there already are left alone. Returns how many are new."""
        if cell not in self._cells:
            self._cells[cell] = self._write("INSERT INTO cells (key) VALUES (?)", (cell,))
        number = self._cells[cell]
        done = self._done.setdefault(number, set())
        new = [(replication, run) for replication, run in runs if replication not in done]
        for replication, run in new:
            row = number, replication, self._layout(run.names), run.numbers
            self._write("INSERT INTO runs VALUES (?, ?, ?, ?)", row)
            done.add(replication)
        return len(new)

    def _layout(self, names: str) -> int:
        if names not in self._layouts:
            self._layouts[names] = self._write("INSERT INTO layouts (names) VALUES (?)", (names,))
        return self._layouts[names]

    def columns(self, cell: str, until: int, wanted: Collection[str] | None = None, *, begin: int = 0) -> Columns:
        """The numbers of a cell's replications begin to until - 1, which must be there; of the wanted measures only.

        Raises Damaged where a row's bytes have changed.
        """
        query = (
            "SELECT names, numbers FROM runs JOIN layouts ON layout = layouts.id "
            "WHERE cell = ? AND replication >= ? AND replication < ? ORDER BY replication"
        )
        rows = list(self._rows(query, (self._cells.get(cell, -1), begin, until)))
        if not all(is_whole(numbers) for _, numbers in rows):
            raise Damaged(self._damaged("a row's bytes have changed"))
        return unpack(rows, wanted)

    def orders(self) -> dict[str, str]:
        """The cells of models that were made before: order key -> cell."""
        return dict(self._rows("SELECT key, cell FROM models"))

    def facts(self) -> dict[str, dict[str, Any]]:
        """What is known of models without making them, by cell."""
        return {cell: json.loads(facts) for cell, facts in self._rows("SELECT cell, facts FROM facts")}

    def note_order(self, key: str, cell: str) -> None:
        """Remember a model's cell."""
        self._write("INSERT OR REPLACE INTO models VALUES (?, ?)", (key, cell))

    def note_facts(self, cell: str, facts: dict[str, Any]) -> None:
        """Remember what was found out about a cell's model."""
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", (cell, json.dumps(facts)))

    def note(self, name: str, default: str = "") -> str:
        """A note by name."""
        return next((value for (value,) in self._rows("SELECT value FROM notes WHERE name = ?", (name,))), default)

    def set_note(self, name: str, value: str) -> None:
        """Write a note into the open transaction."""
        self._write("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def commit(self) -> None:
        """Make durable what was added."""
        with self._in_words():
            if self._sql.in_transaction:
                self._sql.execute("COMMIT")

    def close(self) -> None:
        """Commit, fold the log into the file, let others have it."""
        try:
            self.commit()
        finally:
            with suppress(sqlite3.Error):
                self._sql.close()


def throw_away(folder: Path) -> None:
    """Remove a store with its logs."""
    for ending in ("", "-wal", "-shm", "-journal"):
        (folder / f"{FILE}{ending}").unlink(missing_ok=True)
