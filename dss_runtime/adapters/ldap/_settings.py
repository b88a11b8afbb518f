"""What the settings of a tree say of its directory."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from dss_runtime import DataStoreTree, SettingsError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapSettings:
    """Where a directory is and who we are there. Certificates are verified, against `ca_file` if given."""

    name: str
    url: str
    base_dn: str
    bind_dn: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    start_tls: bool = False
    page_size: int = 500
    timeout: float = 30.0
    may_be_empty: bool = False


KNOWN = frozenset(each.name for each in fields(LdapSettings)) - {"name"}
"""The keys of `[trees.NAME]`."""


def settings_of(tree: DataStoreTree) -> LdapSettings:
    """Return the settings of *tree*. Raises SettingsError, with the key, for what cannot be right."""
    made = LdapSettings(
        name=tree.name,
        url=_text(tree, "url"),
        base_dn=_text(tree, "base_dn"),
        bind_dn=_text(tree, "bind_dn"),
        password=_text(tree, "password"),
        ca_file=_text(tree, "ca_file"),
        start_tls=_flag(tree, "start_tls"),
        may_be_empty=_flag(tree, "may_be_empty"),
        page_size=int(_number(tree, "page_size", 500, 1, 100_000)),
        timeout=float(_number(tree, "timeout", 30.0, 1, 3600)),
    )
    _check(tree, made)
    return made


def _check(tree: DataStoreTree, made: LdapSettings) -> None:
    if not made.url:
        raise SettingsError(
            f"{tree.name} has no directory: set it in dss.toml, "
            f'[trees.{tree.name}] url = "ldaps://directory.school.example"'
        )
    parts = urlsplit(made.url)
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.path.strip("/"):
        raise _wrong(tree, "url", "ldaps://host or ldap://host, with a port where it is another")
    if parts.scheme == "ldap" and not made.start_tls and parts.hostname not in _LOOPBACK and made.password:
        raise _wrong(
            tree, "start_tls", "true, or an ldaps:// url: without, everybody on the way reads the password"
        )
    if parts.scheme == "ldaps" and made.start_tls:
        raise _wrong(tree, "start_tls", "false, since ldaps:// is encrypted from the beginning")
    if not made.base_dn:
        raise _wrong(
            tree, "base_dn", 'the name of the entry that everything is below, as "dc=school,dc=example"'
        )
    if bool(made.bind_dn) != bool(made.password):
        # A bind with a name and no password is an anonymous one that looks like success.
        raise _wrong(tree, "password", "a password with a bind_dn, and none without")
    if made.ca_file and not Path(made.ca_file).is_file():
        raise _wrong(tree, "ca_file", f"a file of certificates; there is no {made.ca_file}")


def _text(tree: DataStoreTree, key: str) -> str:
    value = tree.settings.get(key, "")
    if not isinstance(value, str):
        raise _wrong(tree, key, "text")
    return value


def _flag(tree: DataStoreTree, key: str) -> bool:
    value = tree.settings.get(key, False)
    if not isinstance(value, bool):
        raise _wrong(tree, key, "true or false")
    return value


def _number(tree: DataStoreTree, key: str, default: float, low: float, high: float) -> float:
    value = tree.settings.get(key, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(tree, key, f"a number from {low:g} to {high:g}")
    return value


def _wrong(tree: DataStoreTree, key: str, expected: str) -> SettingsError:
    return SettingsError(f"[trees.{tree.name}] {key} in dss.toml: expected {expected}")
