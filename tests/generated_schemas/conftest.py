"""The worlds that the tests of generated projects share: generated once per process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generated_schemas.worlds import World

NUMBERS = range(8)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    """A few generated packages, different in everything that a schema can say."""
    root: Path = tmp_path_factory.mktemp("worlds")
    path = list(sys.path)
    yield [World.make(root, number) for number in NUMBERS]
    sys.path[:] = path


@pytest.fixture(params=NUMBERS, scope="module")
def world(request: pytest.FixtureRequest, worlds: list[World]) -> World:
    """One of them after the other."""
    number: int = request.param
    return worlds[number]
