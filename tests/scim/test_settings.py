"""What dss.toml says of a service, and what is wrong with it."""

from __future__ import annotations

import pytest

from dss_runtime import DataStoreTree, SettingsError
from dss_runtime.adapters.scim._settings import Settings, settings_of
from tests.scim.campus import campus
from tests.scim.service import Service

URL = "https://campus.example/scim/v2/"


def settings(**given: object) -> Settings:
    """Return what a tree with these settings is told."""
    return settings_of(DataStoreTree(name="Campus", settings={"url": URL, **given}))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"url": ""}, "url in dss.toml: expected the base of the service"),
        ({"url": "campus.example"}, "url in dss.toml: expected the base of the service"),
        ({"url": "ftp://campus.example"}, "url in dss.toml: expected the base of the service"),
        ({"url": "https://user:secret@campus.example"}, "url in dss.toml: expected the base of the service"),
        ({"url": "https://campus.example/?a=secret"}, "url in dss.toml: expected the base of the service"),
        ({"url": "http://campus.example", "token": "secret"}, "expected https"),
        ({"url": 1}, "url in dss.toml: expected a text"),
        ({"token": 1}, "token in dss.toml: expected a text"),
        ({"user": "ann"}, "expected a user together with a password"),
        ({"password": "secret"}, "expected a user together with a password"),
        ({"user": "ann", "password": "secret", "token": "secret"}, "not both"),
        ({"timeout": 0}, "timeout in dss.toml: expected seconds"),
        ({"timeout": True}, "timeout in dss.toml: expected seconds"),
        ({"page_size": 1}, "page_size in dss.toml: expected a whole number from 2"),
        ({"page_size": "many"}, "page_size in dss.toml: expected a whole number"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file in dss.toml: expected a readable file"),
    ],
)
def test_wrong_settings_name_their_key(given: dict[str, object], expected: str) -> None:
    """The error names the tree, the key and what is expected, and shows nothing that may be secret."""
    with pytest.raises(SettingsError, match=expected) as raised:
        settings(**given)
    assert "[trees.Campus]" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_secrets_are_not_shown() -> None:
    """Neither a token nor a password is in what settings look like."""
    assert "secret" not in repr(settings(token="secret"))
    assert "secret" not in repr(settings(user="ann", password="secret"))


def test_plain_http_is_for_this_machine(service: Service) -> None:
    """Credentials go without encryption to this machine only."""
    assert 0 == len(campus(service).load().branches[0])
