"""What `[trees.NAME]` in dss.toml says of a SCIM service."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

from dss_runtime import DataStoreTree, SettingsError

_SECONDS = 30.0
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service is, who we are there, and how long an answer is waited for."""

    url: str
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = _SECONDS
    page_size: int = _PAGE

    def trust(self) -> ssl.SSLContext | bool:
        """Return what certificates are checked with: the machine's authorities, or those of `ca_file`."""
        return ssl.create_default_context(cafile=self.ca_file) if self.ca_file else True


KNOWN = frozenset(each.name for each in fields(Settings))
"""The keys of `[trees.NAME]`."""


def settings_of(tree: DataStoreTree) -> Settings:
    """Return the settings of *tree* (SettingsError for what is missing or wrong)."""
    given, name = tree.settings, tree.name
    texts = {key: _text(given, key, name) for key in ("url", "token", "user", "password", "ca_file")}
    _check_url(texts["url"], name)
    if bool(texts["user"]) != bool(texts["password"]):
        raise _wrong(name, "user", "a user together with a password, or a token")
    if texts["token"] and texts["user"]:
        raise _wrong(name, "token", "a token, or a user and a password, but not both")
    if texts["url"].startswith("http://") and (texts["token"] or texts["user"]):
        _check_clear(texts["url"], name)
    timeout, page = given.get("timeout", _SECONDS), given.get("page_size", _PAGE)
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 < timeout <= 3600:
        raise _wrong(name, "timeout", "seconds, more than 0 and at most 3600")
    if isinstance(page, bool) or not isinstance(page, int) or not 2 <= page <= 10_000:
        raise _wrong(name, "page_size", "a whole number from 2 to 10,000")
    found = Settings(**{**texts, "url": texts["url"].rstrip("/")}, timeout=float(timeout), page_size=page)
    try:
        found.trust()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong(name, "ca_file", f"a readable file of certificates in PEM ({reason})") from None
    return found


def _text(given: Mapping[str, object], key: str, name: str) -> str:
    found = given.get(key, "")
    if isinstance(found, str):
        return found
    raise _wrong(name, key, "a text")


def _check_url(url: str, name: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, sound = urlsplit(""), False
    if not sound or parts.query or parts.fragment or "@" in parts.netloc:
        raise _wrong(name, "url", "the base of the service, such as https://example.org/scim/v2")


def _check_clear(url: str, name: str) -> None:
    """Raise SettingsError where secrets would leave this machine for everybody to read."""
    host = urlsplit(url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise _wrong(name, "url", "https, since with http the credentials could be read on the way")


def _wrong(name: str, key: str, expected: str) -> SettingsError:
    # What was found is not shown: it may be a secret in the wrong place.
    return SettingsError(f"[trees.{name}] {key} in dss.toml: expected {expected}")
