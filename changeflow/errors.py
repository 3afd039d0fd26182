"""The exception tree, drawn here because a caller decides by it.

ChangeflowError
├── InputError        wrong input: nothing was run, nothing written (exit 2)
│   ├── ModelError    faults in a model file or in --set, all of them together
│   ├── DataError     a demand file that cannot be used
│   └── PlanError     a run that makes no sense, such as one replication where an interval is asked for
├── RunError          the simulation failed (exit 1)
│   └── InvariantBroken   a result contradicts a law that every run must obey
└── Incomplete        stopped before the end; what was finished is kept and the same command goes on (exit 5)
Interrupted           stopped by Ctrl-C or SIGTERM (exit 130 or 143); no ChangeflowError, lest one who forgives those
                      swallows it
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class ChangeflowError(Exception):
    """Anything changeflow refuses or fails to do, with a message for the user."""

    exit_code = 1


class InputError(ChangeflowError):
    """Wrong input; nothing was run and nothing written."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where, what was expected, what was found, and the nearest valid name."""

    place: str
    path: str
    expected: str
    found: str = ""
    hint: str = ""
    option: str = ""
    """The PATH of the --set option that gave it."""
    unknown: str = ""
    """A name that nobody knows, where that is what is wrong."""
    known: tuple[str, ...] = ()
    """The names that are known in its place."""

    def __str__(self) -> str:
        where = f"{self.place}: {self.path}" if self.path else self.place
        found = f", found {self.found}" if self.found else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: expected {self.expected}{found}{hint}"


class ModelError(InputError):
    """Everything wrong with a model, all faults together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class DataError(InputError):
    """A demand file that cannot be used."""


class PlanError(InputError):
    """A plan that makes no sense."""


class RunError(ChangeflowError):
    """The simulation failed."""


class InvariantBroken(RunError):
    """A run contradicts a law that every run must obey; the program is wrong, not the model."""


class Incomplete(ChangeflowError):
    """Stopped before the end, with everything finished kept."""

    exit_code = 5


class Interrupted(BaseException):
    """Stopped by Ctrl-C or SIGTERM."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list them when none is near."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return "known: " + ", ".join(names) if 0 < len(names) <= 30 else ""
