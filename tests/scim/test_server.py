"""A server that goes away, comes back, or has a certificate that nobody knows."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from dss_runtime import SourceError, Status
from dss_runtime.codegen import override
from tests.scim.campus import UNGUARDED, campus, office, person, sync
from tests.scim.faults import FaultProxy
from tests.scim.service import Service
from tests.services.servers import KINDS, Scim, Server
from tests.services.sharing import port_of


def test_a_server_that_was_started_again_is_met_again() -> None:
    """While it is away nothing counts as written; afterwards the next run does all that it lacks."""
    port_of("scim")  # skips where there is none
    server = Server(KINDS["scim"])
    try:
        service = Service()
        left = office([person("1"), person("2")])
        right = campus(service, server.port)
        assert sync(left, right).ok
        server.stop()
        with pytest.raises(SourceError, match="cannot be reached"):
            right.load()
        result = office([person("1", given="A"), person("3")]).sync(right, policy=UNGUARDED)
        assert Status.APPLIED not in result.counts
        server.start()  # which has forgotten everything
        assert {Status.APPLIED: 2} == sync(left, right).counts
    finally:
        server.remove()


class Cursors(Scim):
    """A server that pages by cursors only."""

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Write what the server is to announce."""
        yes, no = {"supported": True}, {"supported": False}
        config = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": yes, "bulk": {**yes, "maxOperations": 1000, "maxPayloadSize": 1_000_000},
            "filter": {**yes, "maxResults": 1000}, "changePassword": no, "sort": yes, "etag": yes,
            "authenticationSchemes": [],
            "pagination": {"cursor": True, "index": False, "defaultPaginationMethod": "cursor"},
        }  # fmt: skip
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command with that file."""
        return [*super().command(folder, port), "--service-provider-config", str(folder / "config.json")]


def test_a_list_is_paged_by_cursors_where_there_is_nothing_else() -> None:
    """What a service pages by cursors alone is read whole; positions are never asked for."""
    port_of("scim")  # skips where there is none
    server = Server(Cursors())
    try:
        pytest.importorskip("cryptography", reason="the server seals its cursors by it")
        service = Service()
        people = [person(f"{number}") for number in range(7)]
        with FaultProxy(server.port) as proxy:
            right = campus(service, proxy.port, page_size=3)
            assert sync(office(people), right).ok
            assert 7 == len(right.load().branches[0])
            pages = [each.path for each in proxy.asked("GET", "/Users?")]
        assert all("cursor=" in each and "startIndex" not in each for each in pages)
        assert 4 == len(pages)  # an empty list, and seven in threes
    finally:
        server.remove()


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_is_checked(service: Service, tmp_path: Path, trusted: bool) -> None:
    """A service whose certificate no authority vouches for is not talked to, unless `ca_file` names it."""
    pytest.importorskip("cryptography", reason="the certificate of the test is made by it")
    from tests.scim.certificates import make_certificate

    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    service.add("Users", userName="ann", externalId="1")
    with FaultProxy(service.port, context) as proxy:
        url = service.url(proxy.port).replace("http://127.0.0.1", "https://localhost")
        tree = campus(service, url=url, ca_file=str(certificate) if trusted else "")
        if trusted:
            assert ["1"] == list(tree.load().branches[0])
            return
        with pytest.raises(SourceError, match="certificate"):
            tree.load()
        assert not proxy.requests
