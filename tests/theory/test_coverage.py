"""Every procedure keeps its promise as often as it says (`python -m tests.theory.coverage` prints the table)."""

from __future__ import annotations

import pytest

from .coverage import PROMISES, Promise, measure

KNOWN = {
    "t interval, first 25 waits, 5 runs": 0.836,
    "t interval, first 25 waits, 40 runs": 0.885,
    "10 batch means, 2,560 waits, load 0.8": 0.800,
}
"""Shares of 90 % intervals by other programs (design notes)."""


@pytest.mark.slow
@pytest.mark.parametrize("promise", PROMISES, ids=[one.name for one in PROMISES])
def test_it_is_kept(promise: Promise) -> None:
    found = measure(promise)
    assert found.holds, (found.share, found.error)
    if promise.name in KNOWN:
        assert found.share == pytest.approx(KNOWN[promise.name], abs=5 * found.error)
