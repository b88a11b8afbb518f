"""Database servers that speak TLS, with a certificate of an authority that nobody else knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dss_runtime.codegen import override
from tests.services.servers import Kind, MariaDB, PostgreSQL

NAME = "127.0.0.1"
"""The only name that the certificates of these servers are for."""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class EncryptedPostgreSQL(PostgreSQL):
    """A PostgreSQL that refuses whoever does not encrypt."""

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Make the certificates too, and the rule that nobody comes in without."""
        super().prepare(folder, run)
        make_certificates(self, folder, run)
        rule = f"printf 'hostssl all all {NAME}/32 scram-sha-256\\n' > {folder / 'data' / 'pg_hba.conf'}"
        run("sh", "-c", rule)

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of a server with TLS."""
        files = {"ssl": "on", "ssl_cert_file": folder / "server.crt", "ssl_key_file": folder / "server.key"}
        options = [part for name, value in files.items() for part in ("-c", f"{name}={value}")]
        return [*super().command(folder, port), *options]


class EncryptedMariaDB(MariaDB):
    """A MariaDB that refuses whoever does not encrypt."""

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        """Make the certificates too."""
        super().prepare(folder, run)
        make_certificates(self, folder, run)

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of a server with TLS."""
        files = [f"--ssl-cert={folder / 'server.crt'}", f"--ssl-key={folder / 'server.key'}"]
        return [*super().command(folder, port), *files, "--require-secure-transport=ON"]


def make_certificates(kind: Kind, folder: Path, run: Callable[..., object]) -> None:
    """Make `ca.crt`, a `server.crt` for `NAME` that it vouches for, and `other.crt`, which does not."""
    openssl = kind.program("openssl")
    for authority in ("ca", "other"):
        files = ("-keyout", folder / f"{authority}.key", "-out", folder / f"{authority}.crt")
        usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")  # Python 3.13 insists on it
        run(openssl, "req", "-x509", *_KEY, "-days", "2", "-subj", f"/CN=Test {authority}", *usage, *files)
    request = folder / "server.csr"
    run(
        openssl, "req", *_KEY, "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=IP:{NAME}",
        "-keyout", folder / "server.key", "-out", request,
    )  # fmt: skip
    run(
        openssl, "x509", "-req", "-in", request, "-copy_extensions", "copy", "-days", "2",
        "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial",
        "-out", folder / "server.crt",
    )  # fmt: skip
