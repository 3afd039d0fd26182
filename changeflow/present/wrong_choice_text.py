"""Wrong choices from few runs, in words, as rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from changeflow.present.csv_files import Row
from changeflow.study.study import StudyResults
from changeflow.study.wrong_choice import Misleading, Share

HEADER = (
    "replications", "independent", "independent_low", "independent_high", "paired", "paired_low", "paired_high",
)  # fmt: skip


def wrong_choice_lines(found: Misleading) -> list[str]:
    """A row for each number of runs."""
    if found.right is None:
        return []
    lines = [
        "Wrong choices after so many runs of each:",
        f"  {'runs':>5}  {'runs of their own':>20}  {'the same requests':>20}",
    ]
    lines += [f"  {one.replications:>5}  {_words(one.independent):>20}  {_words(one.paired):>20}" for one in found.rows]
    return lines


def wrong_choice_sentence(found: Misleading) -> str:
    """What pairing is worth."""
    alone, paired = found.variances
    if found.right is None:
        return "All runs together cannot tell which system is better, so no choice can be called wrong."
    less = f"{alone / paired:,.0f} times" if paired > 0 else "infinitely many times"
    said = f"The same requests for both make the variance of the difference {less} smaller"
    if found.rows:
        one = found.rows[0]
        said += (
            f": after {runs_in_words(one.replications)} of each, {one.paired.share:.1%} of the choices are wrong, "
            f"with runs of their own {one.independent.share:.1%}"
        )
    return said + "."


def runs_in_words(number: int) -> str:
    """'1 run', '5 runs'."""
    return f"{number} run{'' if number == 1 else 's'}"


def wrong_choice_rows(found: Misleading) -> Iterator[Row]:
    """The table."""
    for one in found.rows:
        yield one.replications, *_numbers(one.independent), *_numbers(one.paired)


def wrong_choice_as_json(results: StudyResults) -> dict[str, Any]:
    """The demonstration; empty where the file asks for none."""
    found = results.misleading
    if found is None:
        return {}
    return {
        "better_point": None if found.right is None else results.cells[found.right].point + 1,
        "variance_of_difference": {"independent": found.variances[0], "paired": found.variances[1]},
        "rows": [dict(zip(HEADER, row)) for row in wrong_choice_rows(found)],
    }


def _words(one: Share) -> str:
    return f"{one.share:.1%} ({one.low:.1%}-{one.high:.1%})"


def _numbers(one: Share) -> tuple[float, float, float]:
    return one.share, one.low, one.high
