"""Logs that cannot be replayed: refused with the reason, and with the option that would help."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from .program import QUICKLY, REPLAYED, changeflow, refused


def log(rows: int = 40, bad: int = 0, head: str = "ticket,opened") -> bytes:
    """A log of one row an hour, the last ones with dates that do not parse."""
    dates = [f"2026-01-{1 + n // 24:02d} {n % 24:02d}:30" if n < rows - bad else "soon" for n in range(rows)]
    return "\n".join([head, *(f"{n},{when}" for n, when in enumerate(dates)), ""]).encode()


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("log.csv", log().decode())
    return packed.getvalue()


WRONG: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "an empty file": (b"", ("header line", "empty file")),
    "an empty line": (b"\n\n", ("header line", "empty file")),
    "a header without rows": (b"ticket,opened\n", ("at least one row",)),
    "no header": (b"1,2026-01-01\n2,2026-01-02\n", ("expected a column 'ticket'", "demand.request", "1, 2026-01-01")),
    "random bytes": (bytes(range(256)) * 4, ("log.csv: expected a CSV file in UTF-8",)),
    "latin 1": ("ticket,opened\nCafé,2026-01-01\n".encode("latin-1"), ("log.csv: expected a CSV file in UTF-8",)),
    "utf-16": (log().decode().encode("utf-16"), ("log.csv: expected a CSV file in UTF-8",)),
    "a zip": (zipped(), ("log.csv: expected a CSV file in UTF-8",)),
    "a gzip cut short": (gzip.compress(log(2000))[:-200], ("log.csv: expected a CSV file in UTF-8",)),
    "no gzip after its mark": (b"\x1f\x8bgarbage and more of it", ("log.csv: expected a CSV file in UTF-8",)),
    "a missing column": (log(head="ticket,opend"), ("a column 'opened'", "demand.arrived", "did you mean 'opend'?")),
    "semicolons": (log().replace(b",", b";"), ("separated by another sign", "demand.delimiter")),
    "more than 5 % of the dates unparsable": (log(40, 3), ("at most 5% unusable rows, found 3 of 40 (3 unparsable",)),
    "no date at all": (log(40, 40), ("found 40 of 40", "unparsable date", "--set demand.date_format=")),
    "dates and keys that are missing": (
        b"ticket,opened\n,2026-01-01\n2,\n3,?\n4,2026-01-02\n",
        ("found 3 of 4", "1 empty request key", "2 missing date"),
    ),
    "all dates equal": (
        b"ticket,opened\n1,2026-01-01 08:00\n2,2026-01-01 08:00\n3,2026-01-01 08:00\n",
        ("arrivals over time", "all 3", "2026-01-01 08:00"),
    ),
}  # fmt: skip


@pytest.fixture
def replay(tmp_path: Path) -> Path:
    (tmp_path / "model.toml").write_text(REPLAYED)
    return tmp_path


@pytest.mark.parametrize("sentence", WRONG)
def test_a_log_is_refused_when_it_is(sentence: str, replay: Path) -> None:
    content, says = WRONG[sentence]
    (replay / "log.csv").write_bytes(content)
    refused("run", "model.toml", *QUICKLY, folder=replay, says=("log.csv: ", *says), faults=None)


def test_a_log_of_zero_bytes_is_called_no_text(replay: Path) -> None:
    (replay / "log.csv").write_bytes(b"\x00\x00\x00\x01" * 200)
    done = refused("run", "model.toml", *QUICKLY, folder=replay, says=("log.csv: ",), faults=None)
    assert done.err.replace("\n", "").isprintable()


def test_a_message_never_breaks_off(replay: Path) -> None:
    head = ",".join(f"column_{number}" for number in range(18))
    (replay / "log.csv").write_text(head + "\n" + ",".join("1" * 18) + "\n")
    done = refused("run", "model.toml", *QUICKLY, folder=replay, says=("expected a column 'ticket'",), faults=2)
    assert not any(line.endswith((";", "; ")) for line in done.err.splitlines())


def test_five_percent_is_not_too_much(replay: Path) -> None:
    (replay / "log.csv").write_bytes(log(40, 2))
    done = changeflow("run", "model.toml", *QUICKLY, folder=replay)
    assert done.code == 0, done.err
    assert "2 refused (2 unparsable date)" in " ".join(done.out.split())
    assert "2 refused" in (replay / "results" / "001" / "report.html").read_text(encoding="utf-8")


def test_a_packed_log_or_one_with_a_byte_order_mark_is_read(replay: Path) -> None:
    plain = changeflow("check", "model.toml", "--set", "demand.file=plain.csv", folder=replay)
    assert plain.code == 2
    for content in (log(), gzip.compress(log()), b"\xef\xbb\xbf" + log()):
        (replay / "log.csv").write_bytes(content)
        done = changeflow("check", "model.toml", folder=replay)
        assert "40 used" in " ".join(done.out.split()), done.err


def test_paths_in_a_file_are_relative_to_it_and_options_to_where_one_stands(replay: Path) -> None:
    (replay / "log.csv").write_bytes(log(40))
    (replay / "below").mkdir()
    (replay / "below" / "log.csv").write_bytes(log(30))
    here = replay / "below"
    assert "40 used" in " ".join(changeflow("check", "../model.toml", folder=here).out.split())
    option = ("--set", "demand.file=log.csv")
    assert "30 used" in " ".join(changeflow("check", "../model.toml", *option, folder=here).out.split())


@pytest.mark.parametrize("command", ["check", "run", "compare", "trace"])
@pytest.mark.parametrize("name", ["replay", "replay_jira"])
def test_a_shipped_model_whose_log_is_absent_names_the_option(name: str, command: str, tmp_path: Path) -> None:
    refused(command, name, folder=tmp_path, says=("no such log", "--set demand.file="))


def test_a_log_that_is_not_there_is_told_by_the_path_given(tmp_path: Path) -> None:
    refused("run", "replay", "--set", "demand.file=mine.csv", folder=tmp_path, says=("mine.csv: no such log",))


def test_a_folder_is_no_log(replay: Path) -> None:
    refused("run", "model.toml", "--set", "demand.file=.", folder=replay, says=("no such log",))


def test_a_date_format_that_does_not_fit_is_shown(replay: Path) -> None:
    (replay / "log.csv").write_bytes(log())
    words = ("run", "model.toml", "--set", "demand.date_format=%d/%m/%Y")
    refused(*words, folder=replay, says=("found 40 of 40", "'%d/%m/%Y'", "--set demand.date_format="))
