"""Databases on servers, for tests of what is peculiar to them."""

from __future__ import annotations

import pytest

from tests.adapters.accounts import KINDS, ROW, Database
from tests.services.databases import new_database


@pytest.fixture(params=KINDS[1:])
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of server."""
    return str(request.param)


@pytest.fixture
def database(kind: str) -> Database:
    """A database on a server of each kind in turn, with one account."""
    return Database(new_database(kind), [ROW])
