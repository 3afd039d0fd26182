"""Wrong choices from few runs, in words."""

from __future__ import annotations

from changeflow.present.words.plain import counted
from changeflow.study.estimates.wrong_choice import Misleading


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
            f": after {counted(one.replications, 'run')} of each, {one.paired.share:.1%} of the choices are wrong, "
            f"with runs of their own {one.independent.share:.1%}"
        )
    return said + "."
