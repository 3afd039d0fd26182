"""Writes the table of claims into experiments/README.md: `python -m tests.claims.table`."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.claims.claims import CLAIMS, README, TRIALS, Finding

ELSEWHERE = (
    "tests.laws.test_invoices", "tests.laws.test_organisations", "tests.theory.test_adoption_claims",
    "tests.theory.test_delivery_errors",
)  # fmt: skip
"""Files with trials outside this folder."""
HEADING = "## The article's claims on trial"
COLUMNS = "| claim | in five words | verdict | found | test |\n| --- | --- | --- | --- | --- |\n"
INTRODUCTION = """
Each line is a test: two or more configurations under the same requests, differences run by run. A range with signs is a
99 % interval, wholly on the side that the words say. `fails` and `weaker` mark cases in which a claim does not hold, or
holds less. What holds follows from assumptions, most of them made so that the article's mechanisms show (its world's
defaults, 540 days, no calendars): the table says what the mechanisms do, not what the world does. Users' resistance
(S2, S4 to S9) is the softest part. `python -m tests.claims.table` writes the table, and each test checks its own line.

"""


def declared() -> None:
    """Read every file of trials, so that they are known."""
    for name in (
        *ELSEWHERE,
        *(f"tests.claims.{file.stem}" for file in sorted(Path(__file__).parent.glob("test_*.py"))),
    ):
        importlib.import_module(name)


def table(findings: list[Finding]) -> str:
    """All lines in the order of the claims."""
    order = {claim: number for number, claim in enumerate(CLAIMS)}
    lines = [finding.line() for finding in sorted(findings, key=lambda finding: order[finding.claim])]
    return COLUMNS + "\n".join(lines) + "\n"


def section(text: str) -> str:
    """The part of a README from the heading to the next one; '' without the heading."""
    if HEADING not in text:
        return ""
    rest = text.split(HEADING, 1)[1]
    return HEADING + rest.split("\n## ", 1)[0]


def main() -> None:
    """Run every trial and write what they find."""
    declared()
    found = [trial.find() for trial in TRIALS]
    text = README.read_text(encoding="utf-8")
    old, new = section(text), HEADING + "\n" + INTRODUCTION + table(found)
    README.write_text(text.replace(old, new) if old else f"{text}\n{new}", encoding="utf-8")


if __name__ == "__main__":
    main()
