"""The school that the tests share: generated once per process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.naming.people import School


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A generated package whose people share one space of user names."""
    path = list(sys.path)
    yield School.make(tmp_path_factory.mktemp("school"))
    sys.path[:] = path
