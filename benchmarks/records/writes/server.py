"""A PostgreSQL that is thrown away afterwards, the one of the tests, and what it takes of the processor."""

from __future__ import annotations

import os
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
    process: str = "0"
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
        process = (server.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]
        yield Served(str(server.port), PASSWORD, process)
    finally:
        server.remove()


def processor_of(server: int) -> float:
    """Return the seconds of processor time of a server with all of its processes; of the number 0, none.

    Linux tells it, and the servers of the tests run nowhere else.
    """
    if not server:
        return 0.0
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    ended = sum(_times(str(server)))  # its own, and those of the children that are gone
    return (ended + sum(sum(_times(child)[:2]) for child in children)) / os.sysconf("SC_CLK_TCK")


def _times(process: str) -> tuple[int, ...]:
    """Return the time of a process in ticks: user, system, and both of its children that have ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return (0, 0, 0, 0)
    return tuple(map(int, stat.rpartition(")")[2].split()[11:15]))
