"""A generated school and a stand-in for the directory that it writes to."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.google.school import School, furnish
from tests.google.stand_in import StandIn


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A generated package."""
    path = list(sys.path)
    yield School.make(tmp_path_factory.mktemp("google"))
    sys.path[:] = path


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in with the school's org units; at the end it was asked nothing that is no request."""
    with StandIn() as server:
        furnish(server.directory)
        yield server
        assert server.state.bad == []
