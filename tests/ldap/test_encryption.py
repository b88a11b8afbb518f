"""A connection is encrypted and the server is who it says, or nothing is read."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import DataStoreTree, SourceError
from tests.ldap.directory import directory, office, person, sync
from tests.ldap.servers import Encrypted, own_server
from tests.ldap.service import Service
from tests.scim.certificates import make_certificate


@dataclass(frozen=True, slots=True)
class Reached:
    """A directory, and how it is reached by a name."""

    service: Service
    authority: Path
    encrypted: int
    """The port that speaks TLS from the beginning."""

    def tree(self, way: str, host: str = "127.0.0.1", ca_file: Path | None = None) -> DataStoreTree:
        """Return a tree that goes one of the ways."""
        more: dict[str, Any] = {} if ca_file is None else {"ca_file": str(ca_file)}
        if way == "ldaps":
            return directory(self.service, url=f"ldaps://{host}:{self.encrypted}", **more)
        return directory(self.service, url=f"ldap://{host}:{self.service.port}", start_tls=True, **more)


@pytest.fixture(scope="module")
def reached() -> Generator[Reached]:
    """An OpenLDAP with a certificate for 127.0.0.1 that signs itself."""
    with own_server(Encrypted()) as server:
        port = int((server.folder / "port").read_text(encoding="utf-8"))
        yield Reached(Service(server.port), server.folder / "certificate.pem", port)


WAYS = pytest.mark.parametrize("way", ["ldaps", "start_tls"])


@WAYS
def test_who_the_authority_vouches_for_is_read_and_written(reached: Reached, way: str) -> None:
    """With the authority's certificate in ca_file, a sync converges."""
    left = office([person(way, way)])
    assert sync(left, reached.tree(way, ca_file=reached.authority)).ok
    assert 0 == len(sync(left, reached.tree(way, ca_file=reached.authority)))


@WAYS
def test_an_unknown_authority_is_refused(reached: Reached, way: str, tmp_path: Path) -> None:
    """Neither another authority nor the machine's own ones vouch for the server."""
    other, _ = make_certificate(tmp_path, "127.0.0.1")
    for ca_file in (other, None):
        with pytest.raises(SourceError, match="certificate is none for this host and ca_file"):
            reached.tree(way, ca_file=ca_file).load()


@WAYS
def test_another_name_is_refused(reached: Reached, way: str) -> None:
    """A certificate for another host does not do, whoever has signed it."""
    with pytest.raises(SourceError, match="certificate is none for this host and ca_file"):
        reached.tree(way, "localhost", reached.authority).load()
