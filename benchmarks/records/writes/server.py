"""A PostgreSQL that is thrown away afterwards: the one of the tests."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NamedTuple


class Served(NamedTuple):
    """How a server is reached; `missing` says why there is none."""

    port: str = "0"
    password: str = ""
    missing: str = ""


@contextmanager
def postgresql() -> Generator[Served]:
    """Run a server for as long as the block does."""
    tests = ModuleType("tests")  # csv-diff installs a package of that name, which hides the checkout's folder
    tests.__path__ = [str(Path(__file__).parents[3] / "tests")]
    sys.modules["tests"] = tests
    from tests.services.servers import KINDS, PASSWORD, MissingError, Server

    try:
        server = Server(KINDS["postgresql"])
    except MissingError as error:
        yield Served(missing=str(error))
        return
    try:
        yield Served(str(server.port), PASSWORD)
    finally:
        server.remove()
