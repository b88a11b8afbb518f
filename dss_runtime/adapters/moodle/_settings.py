"""What the settings of a tree say of its Moodle."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import cast
from urllib.parse import urlsplit

from dss_runtime import DataStoreTree, SettingsError

STANDARD_ROLES: Mapping[str, int] = MappingProxyType(
    {"manager": 1, "coursecreator": 2, "editingteacher": 3, "teacher": 4, "student": 5}
)
"""The ids that Moodle's installation gives to the roles that come with it."""
_PREFIX = re.compile(r"[A-Za-z0-9_]{1,20}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleSettings:
    """Where a Moodle is, and what it takes.

    `url` is its address without `/webservice/...`. Where `database` is given, an address as SQLAlchemy takes
    it, everything is read from there. `max_input_vars` is PHP's setting of the server: what a call holds
    beyond it is cut off there without a word. `parent_role` is the short name of the role of parents, and
    `roles` gives the id of each role, which no web service tells; the database does.
    """

    name: str
    url: str = ""
    token: str = field(default="", repr=False)
    database: str = field(default="", repr=False)
    prefix: str = "mdl_"
    max_input_vars: int = 1000
    records: int = 200
    timeout: float = 120.0
    ca_file: str = ""
    parent_role: str = "parent"
    roles: Mapping[str, int] = field(default_factory=lambda: STANDARD_ROLES)


_NUMBERS = {"max_input_vars": (20, 1_000_000), "records": (1, 10_000), "timeout": (1, 3600)}
_TEXTS = ("url", "token", "database", "prefix", "ca_file", "parent_role")


KNOWN = frozenset(each.name for each in fields(MoodleSettings)) - {"name"}
"""The keys of `[trees.NAME]`."""


def settings_of(tree: DataStoreTree) -> MoodleSettings:
    """Return the settings of *tree*. Raises SettingsError, with the key, for what cannot be right."""
    found: dict[str, str] = {}
    for key in _TEXTS:
        value = tree.settings.get(key)
        if value is not None:
            if not isinstance(value, str):
                raise _wrong(tree, key, "text")
            found[key] = value
    numbers: dict[str, int | float] = {}
    for key, (low, high) in _NUMBERS.items():
        number = tree.settings.get(key)
        if number is not None:
            whole = isinstance(number, int) or (key == "timeout" and isinstance(number, float))
            if not whole or isinstance(number, bool) or not low <= number <= high:  # type: ignore[operator]
                raise _wrong(tree, key, f"a number from {low} to {high}")
            numbers[key] = number  # type: ignore[assignment]
    roles = {**STANDARD_ROLES, **_roles(tree)}
    made = MoodleSettings(name=tree.name, roles=roles, **found, **numbers)  # type: ignore[arg-type]
    _check(tree, made)
    return made


def _check(tree: DataStoreTree, made: MoodleSettings) -> None:
    if made.url:
        parts = urlsplit(made.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise _wrong(tree, "url", "the address of the site, such as https://moodle.school.example")
        if parts.username or parts.password:
            raise _wrong(tree, "url", "an address without a user; the token goes into `token`")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise _wrong(tree, "url", "https: over http, everybody on the way reads the token")
        if not made.token:
            raise _wrong(tree, "token", 'the token of a web service user, as token = "${MOODLE_TOKEN}"')
    elif not made.database:
        raise SettingsError(
            f"{tree.name} has no Moodle: set url and token in dss.toml, [trees.{tree.name}], to write and to "
            "read, or database to read only"
        )
    if not _PREFIX.fullmatch(made.prefix):
        raise _wrong(tree, "prefix", "the prefix of the tables: letters, digits and _")
    if made.ca_file:
        if not Path(made.ca_file).is_file():
            raise _wrong(tree, "ca_file", f"a file of certificates; there is no {made.ca_file}")
        try:
            ssl.create_default_context(cafile=made.ca_file)
        except (ssl.SSLError, OSError):
            raise _wrong(tree, "ca_file", "a file of certificates in the PEM format") from None


def _roles(tree: DataStoreTree) -> dict[str, int]:
    found = tree.settings.get("roles", {})
    table = cast("dict[str, object]", found) if isinstance(found, dict) else {"": found}
    roles = {name: each for name, each in table.items() if isinstance(each, int) and name}
    if len(roles) != len(table):
        raise _wrong(
            tree, "roles", "short names of roles and their ids, as roles = {student = 5, parent = 9}"
        )
    return roles


def _wrong(tree: DataStoreTree, key: str, expected: str) -> SettingsError:
    return SettingsError(f"[trees.{tree.name}] {key} in dss.toml: expected {expected}")
