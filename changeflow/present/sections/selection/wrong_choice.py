"""Wrong choices from few runs as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sections.section import Section
from changeflow.present.sections.selection.wrong_choice_words import wrong_choice_sentence
from changeflow.study.estimates.wrong_choice import Misleading, Share
from changeflow.study.outcome.results import StudyResults

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
    return Section(wrong_choice_sentence(found), HEADER, rows, table, draw, facts, label="PAIRING")


def _draw(found: Misleading) -> Figure:
    from changeflow.present.sections.selection.wrong_choice_chart import wrong_choice_chart  # noqa: PLC0415  matplotlib is slow to import

    return wrong_choice_chart(found)


def _words(one: Share) -> str:
    return f"{one.share:.1%} ({one.low:.1%}-{one.high:.1%})"


def _numbers(one: Share) -> tuple[float, float, float]:
    return one.share, one.low, one.high
