"""Encryption of what is told: certificates are checked, of webhooks and of mail servers."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.cli.conftest import Shop
from tests.cli.servers import http_server, smtp_server
from tests.cli.test_notify import email, tell, webhook

x509 = pytest.importorskip("cryptography.x509")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody trusts, and its key, in one file."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509 import (
        BasicConstraints,
        CertificateBuilder,
        IPAddress,
        Name,
        NameAttribute,
        SubjectAlternativeName,
        random_serial_number,
    )
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = Name([NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(SubjectAlternativeName([IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    """What a server with the certificate needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_a_certificate_that_nobody_trusts_is_refused(
    shop: Shop, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the summary nor a password goes to a server that cannot prove who it is."""
    monkeypatch.setenv("MAIL_PASSWORD", "mail-password")
    with http_server(context) as hooks, smtp_server(context) as mails:
        login = ', user = "dss", password = "${MAIL_PASSWORD}"'
        tell(shop, webhook(hooks) + email(mails, login, "starttls"))
        done = shop.dss("notify-test")
    assert (1, [], [], []) == (done.exit_code, hooks.bodies, mails.got, mails.logins)
    assert 2 == done.stderr.count("CERTIFICATE_VERIFY_FAILED")


def test_a_certificate_that_is_trusted_is_taken(
    shop: Shop, context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual variables name certificates of one's own; the mail server asks for a login after STARTTLS."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("MAIL_PASSWORD", "p@ss w/rd:1")
    with http_server(context) as hooks, smtp_server(context) as mails:
        login = ', user = "dss@school.example", password = "${MAIL_PASSWORD}"'
        tell(shop, webhook(hooks) + email(mails, login, "starttls"))
        done = shop.dss("notify-test")
    assert 0 == done.exit_code, done.output
    assert (1, 2) == (len(hooks.bodies), len(mails.got))
    assert [("dss@school.example", "p@ss w/rd:1")] == mails.logins
