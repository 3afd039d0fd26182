"""The claims by number, and how a test declares what it finds about one of them.

A trial is a test that returns its finding in words and figures. As a test it also checks that the table in
experiments/README.md says that: the same words, and figures as near as another machine's last digits may bring them;
`python -m tests.claims.table` runs all trials and writes the table anew.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

README = Path(__file__).parents[2] / "experiments" / "README.md"

CLAIMS = {
    "S1": "every customer differs from others",
    "S2": "resistance and survival drive return",
    "S3": "a vendor's return forecast is meaningless",
    "S4": "fit without change is success",
    "S5": "else the accepted compromise decides",
    "S6": "misfit causes reasoned resistance",
    "S7": "life balances enforcement and resistance",
    "S8": "large discomfort loses the investment",
    "S9": "a second attempt uses experience",
    "S10": "platforms suit second attempts",
    "S11": "success costs adaptation plus error",
    "S12": "few customers can write specifications",
    "S13": "errors are of several kinds",
    "S14": "the hourly price misleads buyers",
    "S15": "openness matters, category by category",
    "S16": "faster tools cost proportionally less",
    "S17": "good specifications fail, too",
    "S18": "flexibility decides the cost of error",
    "S19": "automatic checks lower error cost",
    "S20": "scripts and plug-ins make errors dear",
    "S21": "go-live brings the largest load",
    "S22": "power users can take load",
    "S23": "no intermediary, no first-version errors",
    "S24": "turnkey customers need no openness",
    "S25": "power users have no queue",
    "S26": "vendor-only ownership is dearer",
    "S27": "openness must be usable, too",
}

HOLDS, PARTLY = "holds", "holds in part"


@dataclass(frozen=True)
class Finding:
    """One line of the table. `verdict` says whether the claim holds, or where it fails."""

    claim: str
    verdict: str
    test: str
    """tests/FOLDER/FILE.py::NAME."""
    found: str

    def line(self) -> str:
        """Its row."""
        return f"| {self.claim} | {CLAIMS[self.claim]} | {self.verdict} | {self.found} | `{self.test}` |"


@dataclass(frozen=True)
class Trial:
    """A declared test and how to find its line."""

    claim: str
    test: str
    find: Callable[[], Finding]


TRIALS: list[Trial] = []


def trial(
    claim: str, verdict: str = HOLDS, *, also: str | None = None
) -> Callable[[Callable[[], str]], Callable[[], None]]:
    """Make a test of a function that asserts something about a claim (and `also` another) and returns it in words."""

    def declare(found: Callable[[], str]) -> Callable[[], None]:
        test = f"{found.__module__.replace('.', '/')}.py::{found.__name__}"
        claims = [claim] if also is None else [claim, also]

        def find(one: str) -> Finding:
            return Finding(one, verdict, test, found())

        @functools.wraps(found)
        def check() -> None:
            first = find(claim)
            lines = README.read_text(encoding="utf-8").splitlines()
            for one in claims:
                line = replace(first, claim=one).line()
                assert any(says_the_same(line, other) for other in lines), f"python -m tests.claims.table\n{line}"

        TRIALS.extend(Trial(one, test, functools.partial(find, one)) for one in claims)
        return check

    return declare


NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d,]*(?:\.\d+)?")
NEAR = 0.05
"""Figures of a simulation may differ by this share between machines, or by one of their last digit."""


def says_the_same(line: str, other: str) -> bool:
    """The same words, and each figure near the other's."""
    if NUMBER.sub("#", line) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(line), NUMBER.findall(other), strict=True)
    return all(_near(one, two) for one, two in pairs)


def _near(one: str, two: str) -> bool:
    first, second = (float(text.replace(",", "")) for text in (one, two))
    last = max(10.0 ** -len(text.partition(".")[2]) for text in (one, two))
    return abs(first - second) <= max(NEAR * max(abs(first), abs(second)), last * (1 + 1e-9))


def fails(where: str) -> str:
    """The verdict of a trial of the case in which a claim fails."""
    return f"fails: {where}"


def weaker(where: str) -> str:
    """The verdict of a trial of a case in which a claim holds, but much less."""
    return f"weaker: {where}"


def shown(interval: tuple[float, float], digits: int = 0) -> str:
    """An interval in words, with a sign where both ends have the same one."""
    low, high = (f"{end:+,.{digits}f}" for end in interval)
    return f"{low} to {high}"
