"""A stand-in for each test, whose database can be read too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.moodle.stand_in.server import StandIn
from tests.moodle.stand_in.site import Site


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of the stand-in's database."""
    return f"sqlite:///{tmp_path / 'moodle.db'}"


@pytest.fixture
def stand_in(database: str) -> Iterator[StandIn]:
    """A new site."""
    with StandIn(Site(database)) as made:
        yield made
