"""What is told of an engine is told on every engine."""

import pytest

from tests.engines import ENGINES


@pytest.fixture(params=ENGINES, scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine under test."""
    return str(request.param)
