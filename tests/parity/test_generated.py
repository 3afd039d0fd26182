"""Both engines give the same bytes for generated models over the whole schema; so do any buffers, pauses and chunks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.parity.check import check
from tests.parity.models import Example, examples

SAME = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""The same examples at every run; no clock decides. For others: `python -m tests.parity.count --seed N`."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the logs of generated models are written."""
    return tmp_path_factory.mktemp("logs")


@settings(SAME, max_examples=400)
@given(example=examples())
def test_engines_agree_to_the_bit(example: Example, folder: Path) -> None:
    for word in check(example, folder):
        event(word)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(SAME, max_examples=3000)
@given(example=examples())
def test_engines_agree_to_the_bit_on_many_models(example: Example, folder: Path) -> None:
    for word in check(example, folder):
        event(word)
