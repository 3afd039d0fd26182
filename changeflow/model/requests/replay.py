"""A real log as demand: which rows are used, which are not, and why."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, cast

from changeflow.errors import DataError, nearest
from changeflow.model.requests.demand import Replay

MAX_UNUSABLE_SHARE = 0.05
_MISSING = frozenset({"", "?", "null", "none", "nan", "na", "n/a"})
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class ReplayLog:
    """The usable arrivals of a log in order of time, and the account of every row."""

    file: str
    first_day: date
    arrived_hours: tuple[float, ...]
    """Clock hours since the start of `first_day`."""
    values: tuple[str, ...]
    """The log's own category of each request ('' where there is none)."""
    rows: int
    used: int
    later_rows: int
    """Further rows of a request already seen: not a fault."""
    refused: tuple[tuple[str, int], ...]
    """Reason and count of rows that could not be used."""
    digest: str

    def in_words(self) -> str:
        """One line for check, report and terminal."""
        refused = sum(count for _, count in self.refused)
        reasons = "; ".join(f"{count} {reason}" for reason, count in self.refused)
        return (
            f"{self.rows} rows: {self.used} used (one per request), {self.later_rows} later rows of the same "
            f"requests, {refused} refused" + (f" ({reasons})" if reasons else "")
        )


def read_log(source: Replay, path: Path, option: str) -> ReplayLog:
    """Read the arrivals of a log; `option` is the --set path that would name another file.

    Raises DataError for a file that is absent, not text, has no header or lacks a column, for more than 5 %
    unusable rows, none left, or arrivals that are all at the same instant.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such log; name yours with --set {option}.file=PATH")
    try:
        return _account(source, path, option)
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{path}: expected a CSV file in UTF-8, found something else ({error})") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None


def _open(path: Path) -> IO[str]:
    with path.open("rb") as start:
        packed = start.read(2) == _GZIP
    raw = cast(IO[bytes], gzip.open(path, "rb") if packed else path.open("rb"))  # noqa: SIM115  the caller closes it
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="strict", newline="")


def _account(source: Replay, path: Path, option: str) -> ReplayLog:
    arrivals: list[tuple[datetime, int, str]] = []
    refused: Counter[str] = Counter()
    seen: set[str] = set()
    rows = later = 0
    digest = hashlib.blake2b(digest_size=16)
    with _open(path) as text:
        for key, arrived, value in _cells(source, path, text, option):
            rows += 1
            if key.lower() in _MISSING:
                refused["empty request key"] += 1
            elif key in seen:
                later += 1
            elif arrived.lower() in _MISSING:
                refused["missing date"] += 1
            elif (moment := _parse(arrived, source.date_format)) is None:
                refused["unparsable date"] += 1
            else:
                seen.add(key)
                arrivals.append((moment, len(arrivals), value))
                digest.update(f"{moment.isoformat()}\x1f{value}\x1e".encode())
    _enough(path, rows, arrivals, refused, source, option)
    arrivals.sort()
    first = arrivals[0][0]
    midnight = datetime(first.year, first.month, first.day)  # noqa: DTZ001  the log's own clock
    return ReplayLog(
        file=path.name,
        first_day=midnight.date(),
        arrived_hours=tuple((moment - midnight) / timedelta(hours=1) for moment, _, _ in arrivals),
        values=tuple(value for _, _, value in arrivals),
        rows=rows,
        used=len(arrivals),
        later_rows=later,
        refused=tuple(sorted(refused.items())),
        digest=digest.hexdigest(),
    )


def _cells(source: Replay, path: Path, text: IO[str], option: str) -> Iterator[tuple[str, str, str]]:
    reader = csv.reader(text, delimiter=source.delimiter)
    header = [name.strip() for name in next(reader, [])]
    if any("\0" in name for name in header):
        raise DataError(f"{path}: expected a CSV file in UTF-8, found zero bytes")
    if not any(header):
        raise DataError(f"{path}: expected a CSV file with a header line, found an empty file")
    columns = {"request": source.request, "arrived": source.arrived}
    if source.category is not None:
        columns["category"] = source.category
    faults = [
        f"{path}: expected a column '{name}' (key {option}.{key}), found none; {nearest(name, header) or _some(header)}"
        for key, name in columns.items()
        if name not in header
    ]
    if faults and len(header) == 1:
        faults += [
            f"{path}: its columns seem to be separated by another sign; say --set {option}.delimiter='\"{sign}\"'"
            for sign in (";", "|")
            if sign in header[0]
        ]
    if faults:
        raise DataError("\n".join(faults))
    request, arrived = header.index(source.request), header.index(source.arrived)
    category = None if source.category is None else header.index(source.category)
    for row in reader:
        if row:
            cell = dict(enumerate(row))
            yield (
                cell.get(request, "").strip(),
                cell.get(arrived, "").strip(),
                "" if category is None else cell.get(category, "").strip(),
            )


def _some(header: list[str]) -> str:
    return f"there are {len(header)}: " + ", ".join(header[:8]) + ", ..."


def _parse(text: str, date_format: str) -> datetime | None:
    """The moment on the log's own clock; dates with an offset are turned to UTC."""
    try:
        iso = date_format == "iso"
        moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, date_format)  # noqa: DTZ007
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return None
    return moment


def _enough(
    path: Path,
    rows: int,
    arrivals: list[tuple[datetime, int, str]],
    refused: Counter[str],
    source: Replay,
    option: str,
) -> None:
    bad = sum(refused.values())
    reasons = "; ".join(f"{count} {reason}" for reason, count in sorted(refused.items()))
    if rows == 0:
        raise DataError(f"{path}: expected at least one row under the header, found none")
    if bad > MAX_UNUSABLE_SHARE * rows or not arrivals:
        raise DataError(
            f"{path}: expected at most {MAX_UNUSABLE_SHARE:.0%} unusable rows, found {bad} of {rows} ({reasons}); "
            f"the date format is {source.date_format!r}, another one with --set {option}.date_format=..."
        )
    if len(arrivals) > 1 and len({moment for moment, _, _ in arrivals}) == 1:
        raise DataError(f"{path}: expected arrivals over time, found all {len(arrivals)} at {arrivals[0][0]}")
