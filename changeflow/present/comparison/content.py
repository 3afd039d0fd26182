"""What the report of a result says, part by part."""

from __future__ import annotations

import shlex

from changeflow import __version__
from changeflow.present.comparison.summary import table
from changeflow.present.comparison.terminal import engine_in_words
from changeflow.present.files.report import ReportContent
from changeflow.present.story.assumptions import assumption_rows
from changeflow.present.words.logs import log_lines
from changeflow.present.words.plain import years_in_words
from changeflow.present.words.sentences import answer_sentence, load_sentence, unsure_sentence
from changeflow.present.words.spread import spread_sentence
from changeflow.study.estimates.results import Results

HOW = (
    "Independent replications of a terminating run; every request has its own luck, the same in every "
    "configuration (common random numbers, Philox4x32-10); Student intervals on replication means, jackknife "
    "for ratios, Kaplan-Meier where requests are still open; the primary measure's intervals hold jointly."
)

OVER_ORGANISATIONS = (
    " Runs of one organisation share its luck: every interval is over organisations (jackknife of their sums); the "
    "variance is split by one-way random-effects analysis of variance."
)


def report_content(results: Results, charts: list[tuple[str, str, str]], command_line: list[str]) -> ReportContent:
    """Answer first, then the table, charts, assumptions, and where it all comes from."""
    first = results.first.model
    headers, rows = table(results)
    question = "Who should make the changes?" if len(results.scenarios) > 1 else "How does this system do?"
    notes = [("Load", load_sentence(results)), ("Unsure", unsure_sentence(results))]
    spread = spread_sentence(results)
    notes += [("Spread", spread)] if spread else []
    notes += [("Not modelled", first.missing)] if first.missing else []
    notes += [("Data", text) for text in log_lines(first)]
    provenance = [
        ("Command", shlex.join(command_line)),
        ("Runs", f"{results.replications} of {years_in_words(first.horizon_days)}, seed {results.seed}"),
        ("Engine", engine_in_words(results)),
        ("Statistics", HOW + (OVER_ORGANISATIONS if spread else "")),
        ("Program", f"changeflow {__version__}"),
    ]
    provenance += [
        (f"Model {name}", f"{result.model.place}, digest {result.model.digest()}, prior set {result.model.priors}")
        for name, result in results.scenarios.items()
    ]
    return ReportContent(
        title=first.title,
        question=question,
        answer=answer_sentence(results).replace("+-", "±"),
        notes=notes,
        headers=headers,
        rows=[[cell.replace("+-", "±") for cell in row] for row in rows],
        charts=charts,
        assumptions=assumption_rows(results),
        provenance=provenance,
    )
