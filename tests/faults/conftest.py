"""One generated project for all tests of faults, and worlds in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, make_root, new_folder
from tests.kills.school import BaseTarget, ServiceTarget
from tests.kills.service import Service, serving


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated project."""
    return make_root(tmp_path_factory.mktemp("faults") / "project")


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """A web service."""
    with serving() as service:
        yield service


def make_world(kind: str, root: Path, service: Service) -> World:
    """Return a world whose target is an empty database, or an empty service."""
    folder = new_folder(root)
    if kind == "base":
        return World(root, folder, BaseTarget(folder / "base.db"))
    service.empty()
    return World(root, folder, ServiceTarget(service), service)


@pytest.fixture(params=["base", "web"])
def world(request: pytest.FixtureRequest, root: Path, service: Service) -> World:
    """A world of either kind."""
    return make_world(request.param, root, service)


@pytest.fixture
def base(root: Path, service: Service) -> World:
    """A world whose target is a database."""
    return make_world("base", root, service)


@pytest.fixture
def web(root: Path, service: Service) -> World:
    """A world whose target is a service."""
    return make_world("web", root, service)
