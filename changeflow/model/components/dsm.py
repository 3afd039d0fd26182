"""A design structure matrix in a CSV file: names in the first row and column, numbers from 0 to 1 in the cells."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from changeflow.errors import Fault, nearest

Floats = NDArray[np.float64]
Cells = list[tuple[int, list[str]]]
"""Rows with their lines in the file."""


def read_dsm(path: Path, what: str, faults: list[Fault]) -> tuple[tuple[str, ...], Floats] | None:
    """Names and cells (NaN where a cell is empty); None, and faults, where the file is no such matrix.

    `what` is what a cell holds, for messages. Raises OSError for a file that cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        reader = csv.reader(text.splitlines(), strict=True)
        rows: Cells = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(str(path), "", "a CSV file in UTF-8", f"something else ({error})"))
        return None
    found = list(_shape_faults(path, rows)) or list(_cell_faults(path, rows, what))
    faults += found
    if found:
        return None
    return tuple(rows[0][1][1:]), np.array([[_number(cell) for cell in row[1:]] for _, row in rows[1:]])


def _shape_faults(path: Path, rows: Cells) -> Iterator[Fault]:
    """The same names in the first row and column, each once."""
    if len(rows) < 2 or len(rows[0][1]) < 2:
        hint = "its columns seem to be separated by ';'" if rows and ";" in rows[0][1][0] else ""
        yield Fault(str(path), "", "a square matrix with names in the first row and column", _size(rows), hint)
        return
    across, down = rows[0][1][1:], [row[0] for _, row in rows[1:]]
    for line, name in [*((rows[0][0], name) for name in _twice(across)), *((0, name) for name in _twice(down))]:
        yield Fault(f"{path}:{line}" if line else str(path), name, "each component once", f"'{name}' more than once")
    if "" in across or "" in down:
        yield Fault(str(path), "", "a name for each row and column", "an empty one")
    for line, row in rows[1:]:
        if row[0] and row[0] not in across:
            yield Fault(f"{path}:{line}", row[0], "a name of the first row", f"'{row[0]}'", nearest(row[0], across))
        elif len(row) != len(across) + 1:
            yield Fault(f"{path}:{line}", row[0], f"{len(across)} cells after the name", str(len(row) - 1))
    if len(across) != len(down):
        yield Fault(str(path), "", "a square matrix", _size(rows))
    elif across != down and set(across) == set(down):
        yield Fault(str(path), "", "the names in the same order in the first row and column", "another order")


def _cell_faults(path: Path, rows: Cells, what: str) -> Iterator[Fault]:
    names = rows[0][1][1:]
    for number, (line, row) in enumerate(rows[1:]):
        for other, cell in enumerate(row[1:]):
            place, where = f"{path}:{line}", f"row {row[0]}, column {names[other]}"
            value = _number(cell)
            if number == other and cell and value != 0:
                yield Fault(place, where, "an empty diagonal (a component does not change itself)", f"'{cell}'")
            elif value is None or not (math.isnan(value) or 0 <= value <= 1):
                yield Fault(place, where, f"{what} from 0 to 1, or an empty cell", f"'{cell}'")


def _number(cell: str) -> float | None:
    """NaN for an empty cell, None for what is no number."""
    if not cell:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _size(rows: Cells) -> str:
    across = len(rows[0][1]) - 1 if rows else 0
    return f"{max(len(rows) - 1, 0)} rows and {across} columns after the names" if rows else "an empty file"


def _twice(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1 and name]
