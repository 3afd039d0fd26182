"""A real log as demand: what is used, what is refused and why, and what is no log at all."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from changeflow.errors import DataError
from changeflow.model.requests.demand import Replay
from changeflow.model.requests.replay import ReplayLog, read_log

HEADER = "id,opened,kind\n"
GOOD = HEADER + "1,2026-01-05T09:00,A\n2,2026-01-06T10:30,B\n"


def log_of(folder: Path, content: str | bytes, **options: str) -> ReplayLog:
    file = folder / "log.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    named = {"kind": "replay", "file": "log.csv", "request": "id", "arrived": "opened", "category": "kind"} | options
    return read_log(Replay.model_validate(named), file, "demand")


def refusal(folder: Path, content: str | bytes, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        log_of(folder, content, **options)
    return str(caught.value)


def many(count: int, first: str = "", *, bad: int = 0) -> str:
    """`count` rows a minute apart, the first `bad` of them with `first` for a date."""
    dates = [first if n < bad else f"2026-01-05T{n // 60:02d}:{n % 60:02d}" for n in range(count)]
    return HEADER + "".join(f"{n},{moment},A\n" for n, moment in enumerate(dates))


def test_arrivals_are_hours_since_the_first_midnight(tmp_path: Path) -> None:
    log = log_of(tmp_path, GOOD)
    assert log.first_day == date(2026, 1, 5)
    assert log.arrived_hours == (9.0, 34.5)
    assert log.values == ("A", "B")
    assert (log.rows, log.used, log.later_rows, log.refused) == (2, 2, 0, ())


def test_rows_out_of_order_are_sorted_and_ties_keep_the_order_of_the_file(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEADER + "1,2026-01-06,A\n2,2026-01-05,B\n3,2026-01-06,C\n")
    assert log.arrived_hours == (0.0, 24.0, 24.0)
    assert log.values == ("B", "A", "C")


def test_the_first_usable_row_of_a_request_counts_and_later_ones_are_counted(tmp_path: Path) -> None:
    rows = "7,2026-01-05T09:00,A\n7,2026-01-05T08:00,B\n8,2026-01-05T10:00,B\n7,nonsense,C\n"
    log = log_of(tmp_path, HEADER + rows)
    assert log.arrived_hours == (9.0, 10.0)
    assert (log.rows, log.used, log.later_rows, log.refused) == (4, 2, 2, ())


@pytest.mark.parametrize("reason", ["empty request key", "missing date", "unparsable date"])
def test_every_refused_row_is_counted_by_its_reason(tmp_path: Path, reason: str) -> None:
    """2 of 60 rows are bad: under 5 %, so the rest is used, and the account says so in words."""
    bad = {"empty request key": ",2026-01-05,A\n", "missing date": "x,?,A\n", "unparsable date": "y,5th of May,A\n"}
    log = log_of(tmp_path, many(58) + bad[reason] * 2)
    assert log.refused == ((reason, 2),)
    assert (log.rows, log.used) == (60, 58)
    assert f"2 refused (2 {reason})" in log.in_words()


@pytest.mark.parametrize("missing", ["", "?", "NULL", "none", "NaN", "n/a"])
def test_signs_of_a_missing_value_are_known(tmp_path: Path, missing: str) -> None:
    assert log_of(tmp_path, many(60, missing, bad=1)).refused == (("missing date", 1),)


def test_every_row_is_in_the_account(tmp_path: Path) -> None:
    log = log_of(tmp_path, many(97, "?", bad=2) + "5,2026-01-05,A\n" + ",2026-01-05,A\n" + "z,nonsense,A\n")
    assert log.rows == 100 == log.used + log.later_rows + sum(count for _, count in log.refused)


def test_five_percent_are_still_a_log_and_more_are_not(tmp_path: Path) -> None:
    assert log_of(tmp_path, many(20, "x", bad=1)).used == 19
    message = refusal(tmp_path, many(19, "x", bad=1))
    assert "at most 5% unusable rows, found 1 of 19 (1 unparsable date)" in message
    assert "--set demand.date_format=" in message


def test_a_log_whose_rows_are_all_bad_is_refused(tmp_path: Path) -> None:
    assert "found 2 of 2" in refusal(tmp_path, HEADER + "1,?,A\n2,?,A\n")


def test_dates_that_are_all_equal_are_refused(tmp_path: Path) -> None:
    assert "found all 2 at 2026-01-05" in refusal(tmp_path, HEADER + "1,2026-01-05,A\n2,2026-01-05,A\n")
    assert log_of(tmp_path, HEADER + "1,2026-01-05,A\n").used == 1


def test_a_format_of_ones_own(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEADER + "1,29/2/2016 01:16,A\n2,1/3/2016 00:00,A\n", date_format="%d/%m/%Y %H:%M")
    assert log.first_day == date(2016, 2, 29)
    assert log.arrived_hours == pytest.approx((1 + 16 / 60, 24.0))
    assert "the date format is '%m'" in refusal(tmp_path, GOOD, date_format="%m")


def test_dates_with_an_offset_are_turned_to_one_clock(tmp_path: Path) -> None:
    """00:30 at +02:00 is 22:30 of the day before."""
    log = log_of(tmp_path, HEADER + "1,2026-01-05T00:30+02:00,A\n2,2026-01-05T10:00Z,A\n")
    assert log.first_day == date(2026, 1, 4)
    assert log.arrived_hours == (22.5, 34.0)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_same_log_in_other_clothes(tmp_path: Path, pack: type, mark: str, line_end: str) -> None:
    content = pack((mark + GOOD.replace("\n", line_end)).encode())
    assert log_of(tmp_path, content) == log_of(tmp_path, GOOD)


def test_another_delimiter_is_used_and_suggested(tmp_path: Path) -> None:
    semicolons = GOOD.replace(",", ";")
    assert log_of(tmp_path, semicolons, delimiter=";") == log_of(tmp_path, GOOD)
    assert "demand.delimiter" in refusal(tmp_path, semicolons)


def test_quoted_cells_may_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEADER + '1,2026-01-05,"A, or\nB"\n2,2026-01-06,B\n')
    assert log.values == ("A, or\nB", "B")


def test_short_and_blank_lines_are_no_fault(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEADER + "1,2026-01-05\n\n2,2026-01-06,B\n\n")
    assert log.values == ("", "B")
    assert log.rows == 2


def test_without_a_category_column_every_value_is_empty(tmp_path: Path) -> None:
    named = {"kind": "replay", "file": "log.csv", "request": "id", "arrived": "opened"}
    (tmp_path / "log.csv").write_text(GOOD, encoding="utf-8")
    assert read_log(Replay.model_validate(named), tmp_path / "log.csv", "demand").values == ("", "")


def test_missing_columns_are_told_all_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD.replace("opened", "opened_at").replace("kind", "sort"))
    assert "a column 'opened' (key demand.arrived), found none; did you mean 'opened_at'?" in message
    assert "a column 'kind' (key demand.category)" in message
    assert "key demand.request" not in message


def test_a_log_without_a_header_lacks_its_columns(tmp_path: Path) -> None:
    assert "a column 'id'" in refusal(tmp_path, GOOD.removeprefix(HEADER))


ZIPPED = gzip.compress(many(500).encode())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", "found an empty file", id="empty"),
        pytest.param(b"\n\n", "found an empty file", id="blank lines"),
        pytest.param(HEADER.encode(), "at least one row under the header", id="header only"),
        pytest.param(bytes(range(256)), "a CSV file in UTF-8", id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "a CSV file in UTF-8", id="picture"),
        pytest.param(GOOD.encode("utf-16"), "a CSV file in UTF-8", id="utf-16"),
        pytest.param(GOOD.replace("A", "\u00e9").encode("latin-1"), "a CSV file in UTF-8", id="latin-1"),
        pytest.param(ZIPPED[:200], "a CSV file in UTF-8", id="gz cut off"),
        pytest.param(b"\x1f\x8b", "a CSV file in UTF-8", id="gz of two bytes"),
        pytest.param(ZIPPED[:-8] + bytes(8), "a CSV file in UTF-8", id="gz with a wrong sum"),
        pytest.param(ZIPPED[:20] + bytes(30) + ZIPPED[50:], "a CSV file", id="gz with a hole"),
        pytest.param(b"\x1f\x8b\x08\0" + b"junk" * 30, "a CSV file", id="junk named gz"),
    ],
)
def test_what_is_no_log_is_refused_in_words(tmp_path: Path, content: bytes, expected: str) -> None:
    assert expected in refusal(tmp_path, content)


def test_an_absent_log_and_a_folder_are_refused(tmp_path: Path) -> None:
    source = Replay(kind="replay", file="x", request="id", arrived="opened")
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DataError, match=r"no such log; name yours with --set demand\.file=PATH"):
            read_log(source, path, "demand")


def test_the_digest_is_of_what_is_used(tmp_path: Path) -> None:
    """Another date or category is another digest; an unused column is not."""
    plain = log_of(tmp_path, GOOD).digest
    assert log_of(tmp_path, GOOD.replace(",A", ",C")).digest != plain
    assert log_of(tmp_path, GOOD.replace("09:00", "09:01")).digest != plain
    assert log_of(tmp_path, GOOD.replace("kind\n", "kind,note\n").replace(",A\n", ",A,hello\n")).digest == plain
