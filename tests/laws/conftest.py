"""Every law is checked on every engine: of `systems.run` by each run, else by a test for each engine."""

import pytest

from tests.engines import ENGINES


@pytest.fixture(params=ENGINES, scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine under test."""
    return str(request.param)
