"""A server that goes away and comes back costs nothing, and creates nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import ldap
import pytest

from dss_runtime import Policy
from dss_runtime.adapters.ldap._connection import Connection
from tests.ldap.directory import directory, office, outcomes, person, sync, team
from tests.ldap.servers import own_server
from tests.ldap.service import Service
from tests.services.servers import Directory, Server

PEOPLE = [person(str(at)) for at in range(6)]
TEAMS = [team("all", *(each.number for each in PEOPLE))]


@pytest.fixture
def server() -> Generator[Server]:
    """An OpenLDAP that may be stopped."""
    with own_server(Directory()) as made:
        yield made


def restarting(server: Server) -> Policy:
    """Return a policy under which a stopped server is back after the first wait."""

    def sleep(_seconds: float) -> None:
        if not server.kind.answers(server.port):
            server.start()

    return Policy(guarded=False, sleep=sleep)


def test_a_restart_between_reading_and_writing(server: Server) -> None:
    """The connection is made anew for writing."""
    service = Service(server.port)
    right = directory(service).load()
    server.stop()
    server.start()
    result = office(PEOPLE, TEAMS).sync(right)
    assert result.ok, outcomes(result)
    assert 0 == len(sync(office(PEOPLE, TEAMS), directory(service)))


@pytest.mark.parametrize("done", [False, True])
def test_a_restart_in_mid_batch(server: Server, monkeypatch: pytest.MonkeyPatch, done: bool) -> None:
    """Whether the entry was made before the server went or not, it is there once, and the rest follows."""
    service = Service(server.port)
    real: Callable[..., None] = Connection.add
    calls: list[str] = []

    def add(self: Connection, dn: str, values: Any) -> None:
        calls.append(dn)
        if len(calls) != 3:
            real(self, dn, values)
            return
        if done:
            real(self, dn, values)
        server.stop()
        if done:
            raise ldap.SERVER_DOWN({"desc": "the answer is lost"})
        real(self, dn, values)

    monkeypatch.setattr(Connection, "add", add)
    result = sync(office(PEOPLE, TEAMS), directory(service), restarting(server))
    assert result.ok, outcomes(result)
    assert (1 if done else 2) == calls.count(calls[2])
    assert 0 == len(sync(office(PEOPLE, TEAMS), directory(service)))
