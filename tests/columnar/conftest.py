"""What carries out the expressions."""

from __future__ import annotations

import pytest

from tests.columnar.duck import Duck


@pytest.fixture(scope="session")
def duck() -> Duck:
    """One DuckDB for all tests."""
    return Duck()
