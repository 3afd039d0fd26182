"""Wrong choices from few runs, in words and as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sensitivity.section import Section
from changeflow.study.study import StudyResults
from changeflow.study.wrong_choice import Misleading, Share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = (
    "replications", "independent", "independent_low", "independent_high", "paired", "paired_low", "paired_high",
)  # fmt: skip


def wrong_choice_section(found: Misleading, results: StudyResults) -> Section:
    """What the same requests are worth, after so many runs."""
    shown = [("wrong choices after runs of each", "runs of their own", "the same requests")]
    shown += [(str(one.replications), _words(one.independent), _words(one.paired)) for one in found.rows]
    facts = {
        "better_point": None if found.right is None else results.cells[found.right].point + 1,
        "variance_of_difference": {"independent": found.variances[0], "paired": found.variances[1]},
    }
    rows = tuple((one.replications, *_numbers(one.independent), *_numbers(one.paired)) for one in found.rows)
    draw = (lambda: _draw(found)) if rows else None
    table = tuple(shown) if rows else ()
    return Section("wrong_choice", wrong_choice_sentence(found), HEADER, rows, table, draw, facts, label="PAIRING")


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


def _draw(found: Misleading) -> Figure:
    from changeflow.present.charts_wrong_choice import wrong_choice_chart  # noqa: PLC0415  matplotlib is slow to import

    return wrong_choice_chart(found)


def _words(one: Share) -> str:
    return f"{one.share:.1%} ({one.low:.1%}-{one.high:.1%})"


def _numbers(one: Share) -> tuple[float, float, float]:
    return one.share, one.low, one.high
