"""OpenLDAPs of a test's own: to be stopped, with TLS, with rules for passwords."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dss_runtime.codegen import override
from tests.scim.certificates import make_certificate
from tests.services.absence import absent
from tests.services.servers import SUFFIX, Directory, MissingError, Server, directory_configuration

POLICY = f"cn=policy,{SUFFIX}"


class Encrypted(Directory):
    """Speaks TLS, with a certificate for 127.0.0.1: on its port when asked to, on another one always."""

    @override
    def configuration(self, folder: Path) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            (folder / "port").write_text(str(probe.getsockname()[1]), encoding="utf-8")
        certificate, key = make_certificate(folder, "127.0.0.1")
        self.hand_over(key)
        return directory_configuration(
            folder, f"TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}"
        )

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        both = f"ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{(folder / 'port').read_text(encoding='utf-8')}/"
        program, *options = super().command(folder, port)
        options[options.index("-h") + 1] = both
        return [program, *options]


class Policed(Directory):
    """Has rules for passwords, which the entry `POLICY` says."""

    @override
    def configuration(self, folder: Path) -> str:
        overlay = f'overlay ppolicy\nppolicy_default "{POLICY}"\n'
        return f"{directory_configuration(folder, 'moduleload ppolicy')}\n{overlay}"


@contextmanager
def own_server(kind: Directory) -> Generator[Server]:
    """Run a server for the length of a block; skip the test where it is not installed."""
    try:
        kind.program("setpriv")
        kind.program("slapd")
    except MissingError as error:
        absent(str(error))
    server = Server(kind)
    try:
        yield server
    finally:
        server.remove()
