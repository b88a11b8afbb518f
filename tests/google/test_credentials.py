"""A service account: which scopes it asks for, for whom, and what is said when it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dss_runtime import SettingsError, SourceError
from tests.google.school import School, reasons
from tests.google.stand_in import StandIn

SCOPE = "https://www.googleapis.com/auth/admin.directory."
READS = {f"{SCOPE}{name}.readonly" for name in ("user", "orgunit", "group")}
WRITES = {f"{SCOPE}{name}" for name in ("user", "orgunit", "group", "group.member")}


@pytest.fixture
def key(server: StandIn, tmp_path: Path) -> Path:
    """The key file of a service account, which gets its tokens from the stand-in."""
    private = generate_private_key(public_exponent=65537, key_size=2048)
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = tmp_path / "key.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "sync@project.iam.example",
                "private_key": text,
                "token_uri": f"{server.url}/token",
            }
        )
    )
    return path


def test_only_what_is_needed_is_asked_for(school: School, server: StandIn, key: Path) -> None:
    """Read-only scopes to read, those of what is written to write, each for the administrator's address."""
    server.state.tokens.allowed = READS | WRITES
    who: dict[str, Any] = {"credentials": str(key), "subject": "admin@school.example"}
    school.google(server, **who).load()
    assert READS == {str(each["scope"]) for each in server.state.tokens.claims}
    assert {"admin@school.example"} == {each["sub"] for each in server.state.tokens.claims}
    server.state.tokens.claims.clear()
    assert {} == reasons(school.sync(server, school.pupil("1"), school.pupil("2"), **who))
    asked = {str(each["scope"]) for each in server.state.tokens.claims}
    assert READS | {f"{SCOPE}user"} == asked


def test_scopes_that_nobody_has_allowed_stop_the_run(school: School, server: StandIn, key: Path) -> None:
    """The error says what Google says, and shows nothing of the key."""
    server.state.tokens.allowed = set()
    with pytest.raises(SourceError, match=r"the credentials are refused: .*unauthorized_client") as caught:
        school.google(server, credentials=str(key), subject="admin@school.example").load()
    assert "PRIVATE" not in str(caught.value)


def test_scopes_for_writing_that_nobody_has_allowed_write_nothing(
    school: School, server: StandIn, key: Path
) -> None:
    """Each record says so."""
    server.state.tokens.allowed = READS
    who: dict[str, Any] = {"credentials": str(key), "subject": "admin@school.example"}
    result = school.sync(server, school.pupil("1"), **who)
    (told,) = reasons(result).values()
    assert "the credentials are refused" in told
    assert 1 == len(server.directory.users)


def test_a_file_that_is_no_key_shows_nothing_of_itself(
    school: School, server: StandIn, tmp_path: Path
) -> None:
    """It may be a key after all, broken by an editor."""
    path = tmp_path / "key.json"
    path.write_text('{"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIEabc"}')
    with pytest.raises(SettingsError, match="it is no key file of a service account") as caught:
        school.google(server, credentials=str(path), subject="admin@school.example").load()
    assert "MIIE" not in str(caught.value)


@pytest.mark.parametrize("allowed", [READS | WRITES, READS, set[str]()])
def test_what_doctor_is_told(school: School, server: StandIn, key: Path, allowed: set[str]) -> None:
    """Reading and writing are looked at with the scopes that they need, and nothing is written."""
    server.state.tokens.allowed = allowed
    tree = school.google(server, credentials=str(key), subject="admin@school.example")
    reading = [(each.topic, each.state) for each in tree.importer.examine()]
    writing = [(each.topic, each.state) for each in tree.template.examine()]
    right, wrong = [("rights", "ok"), ("clock", "ok")] * 3, [("rights", "error")] * 3
    assert (right if allowed else wrong) == reading
    assert (right if allowed >= WRITES else wrong) == writing
    assert {"users.list", "orgunits.list", "groups.list"}.issuperset(server.methods())


def test_doctor_is_told_of_a_server_that_is_away(school: School) -> None:
    """And of settings that are wrong."""
    with StandIn() as server:
        port = server.port
    assert {("reachable", "error")} == {
        (each.topic, each.state) for each in school.google(port).importer.examine()
    }
    (check,) = school.google(port, timeout=0).importer.examine()
    assert ("error", True) == (check.state, "timeout in dss.toml" in check.text)
    (check,) = school.google(port, timeout=0).template.examine()
    assert "error" == check.state
