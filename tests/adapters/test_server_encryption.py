"""Connections to real servers over TLS: the certificate is checked, and nothing is sent in clear instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from dss_runtime import SourceError
from dss_runtime.adapters.sql._database import UnreachableError, connect
from dss_runtime.adapters.sql._mysql import prepare_mysql
from tests.adapters.accounts import AccountsTree, Database, account, reasons
from tests.services.absence import absent
from tests.services.databases import DRIVERS, execute, server
from tests.services.encrypted import NAME, EncryptedMariaDB, EncryptedPostgreSQL
from tests.services.servers import PASSWORD, Kind, MissingError, Server

KINDS: tuple[Kind, ...] = (EncryptedPostgreSQL(), EncryptedMariaDB())
ENCRYPTED = {
    "postgresql": "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    "mariadb": "SELECT variable_value FROM information_schema.session_status"
    " WHERE variable_name = 'Ssl_version'",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A server with a database that has the table of accounts."""

    server: Server

    def url(self, authority: str = "ca", host: str = NAME) -> sa.URL:
        """Return the address of the database, with an authority by which the server is to be known."""
        kind = self.server.kind.name
        database = "postgres" if kind == "postgresql" else "dss"
        url = sa.URL.create(DRIVERS[kind], "dss", PASSWORD, host, self.server.port, database)
        return url.update_query_dict(self._checked(kind, authority))

    def _checked(self, kind: str, authority: str) -> Mapping[str, str]:
        file = str(self.server.folder / f"{authority}.crt")
        if kind == "postgresql":
            return {"sslmode": "verify-full", "sslrootcert": file}
        return {"ssl_ca": file}


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A server of each kind in turn."""
    try:
        for program in ("setpriv", "openssl"):
            request.param.program(program)
        request.param.command(Path(), 0)
    except MissingError as error:
        absent(str(error))
    running = Server(request.param)
    try:
        found = Place(running)
        if running.kind.name == "mariadb":
            execute(found.url().set(database="mysql"), "CREATE DATABASE dss")
        yield found
    finally:
        running.remove()


def _refused(url: sa.URL) -> str:
    with pytest.raises(SourceError) as told:
        AccountsTree(settings={"url": url}).load()
    assert PASSWORD not in str(told.value)
    return str(told.value)


def test_a_sync_goes_over_tls(place: Place) -> None:
    """With the right authority everything works, and the server says that the connection is encrypted."""
    database = Database(place.url())
    assert [("TLSv1.3",)] == database.execute(ENCRYPTED[place.server.kind.name])
    assert {} == reasons(database.sync(account("1")))
    assert "1" in AccountsTree(settings={"url": place.url()}).load().branches[0]


def test_an_authority_that_does_not_vouch_is_refused(place: Place) -> None:
    """A certificate that somebody else has signed is no proof: nothing is read, and the reason is told."""
    assert "certificate verify failed" in _refused(place.url("other"))


def test_another_name_is_refused(place: Place) -> None:
    """A good certificate for another name is no proof either."""
    assert "localhost" in _refused(place.url(host="localhost"))


def test_a_server_without_tls_is_refused() -> None:
    """Where the address asks for TLS, a server that says it has none gets nothing in clear."""
    url = server("mariadb").set(database="mysql").update_query_dict({"ssl_check_hostname": "false"})
    refused = _refused(url)
    assert "SSL" in refused or "TLS" in refused  # what the driver says, or we where an older one says nothing


def test_a_driver_that_goes_on_in_clear_is_not_let() -> None:
    """A connection in clear is given up although its driver, as older ones do, has made it."""
    url = server("mariadb").update_query_dict({"ssl_ca": "ca.crt"})
    clear = sa.create_engine(server("mariadb"), poolclass=sa.NullPool)
    args, options = clear.dialect.create_connect_args(clear.url)
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, creator=lambda: clear.dialect.connect(*args, **options)
    )
    prepare_mysql(engine)
    with pytest.raises(UnreachableError, match="the address asks for TLS, and the server has none"):
        connect(engine)
