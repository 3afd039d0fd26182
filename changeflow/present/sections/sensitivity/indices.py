"""Sobol indices in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from changeflow.present.sections.labels import response_words
from changeflow.present.sections.section import Section, number
from changeflow.present.sections.sensitivity.most import most_title
from changeflow.present.words.paths import Labels, path_words, some_paths
from changeflow.present.words.plain import capitalised, plain
from changeflow.study.sensitivity.indices import Indices

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE = 0.5
"""An index whose interval is wider than this says little."""
HEADER = (
    "factor", "first", "first_low", "first_high", "total", "total_low", "total_high", "first_of_one_run",
    "total_of_one_run", "level",
)  # fmt: skip


def indices_section(found: Indices, labels: Labels) -> Section:
    """Which assumption explains most of the variance, and how much of a run's is noise."""
    most = found.most
    first = next((one for one in found.indices if most is not None and one.path == most.path), found.indices[0])
    whose = capitalised(response_words(found.response))
    words = (
        f"{whose}: {path_words(first.path)} alone explains {first.first:.0%} of the variance "
        f"of its mean ({first.first_low:.0%} to {first.first_high:.0%}), with the others {first.total:.0%} "
        f"({first.total_low:.0%} to {first.total_high:.0%})"
    )
    if most is not None and most.rivals:
        words += f"; {some_paths(most.rivals)} may explain as much"
    words += f". Noise of the runs is {found.noise_share:.0%} of the variance of one run, and in no index."
    if any(max(one.first_high - one.first_low, one.total_high - one.total_low) > WIDE for one in found.indices):
        words += " The intervals are wide: more points tell more."
    if not found.variance > 0:
        words = (
            f"{whose}: by these runs no assumption moves its mean by more than their noise: no shares; more "
            "replications may tell."
        )
    shown = [("share of variance", "first", "interval", "total", "interval")]
    shown += [
        (
            path_words(o.path),
            _share(o.first),
            _span(o.first_low, o.first_high),
            _share(o.total),
            _span(o.total_low, o.total_high),
        )
        for o in found.indices
    ]
    kept = 1 - found.noise_share
    rows = tuple(
        (
            o.path, *map(number, (o.first, o.first_low, o.first_high, o.total, o.total_low, o.total_high,
                                  o.first * kept, o.total * kept)), found.level,
        )
        for o in found.indices
    )  # fmt: skip
    facts = {
        "response": found.response.name, "rows_of_design": found.rows, "variance_of_mean": found.variance,
        "noise_share": found.noise_share, "noise_share_low": found.noise_low, "noise_share_high": found.noise_high,
    }  # fmt: skip
    measure = plain(found.response.measure)
    title = most_title(most, "drives", f"variance of the {measure}")
    if not found.variance > 0:
        title = f"No assumption moves the {measure} by more than the noise of these runs"
    return Section(words, HEADER, rows, tuple(shown), lambda: _draw(found, title, labels), facts)


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _span(low: float, high: float) -> str:
    return "-" if math.isnan(low) else f"{low:.2f} to {high:.2f}"


def _draw(found: Indices, title: str, labels: Labels) -> Figure:
    from changeflow.present.sections.charts.indices import indices_chart  # noqa: PLC0415  matplotlib is slow to import

    return indices_chart(found, title, labels)
