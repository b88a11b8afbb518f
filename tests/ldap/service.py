"""A part of the session's OpenLDAP for one test: an entry of its own, and accounts that may see it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import ldap

from tests.services.servers import PASSWORD, SUFFIX
from tests.services.sharing import port_of

_NUMBERS = count()
ADMIN = f"cn=dss,{SUFFIX}"


class Service:
    """An entry right below the suffix; `account` may do everything below it as long as it is trusted."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or port_of("slapd")
        self.base = f"ou=test-{os.getpid()}-{next(_NUMBERS)},{SUFFIX}"
        self.account = f"cn=tree,{self.base}"
        self.admin: Any = ldap.initialize(f"ldap://127.0.0.1:{self.port}")
        self.admin.simple_bind_s(ADMIN, PASSWORD)
        if not self.shown(SUFFIX):
            with suppress(ldap.ALREADY_EXISTS):  # another process of the session may be first
                self.add(SUFFIX, objectClass=["dcObject", "organization"], dc="school", o="school")
        self.add(self.base, objectClass="organizationalUnit")
        for name in ("tree", "limited"):
            values = {"objectClass": ["organizationalRole", "simpleSecurityObject"], "userPassword": PASSWORD}
            self.add(f"cn={name},{self.base}", **values)
        self.trust()
        for name in ("people", "accounts", "teams", "items"):
            self.add(f"ou={name},{self.base}", objectClass="organizationalUnit")

    def trust(self) -> None:
        """Let the accounts do everything."""
        members = [f"cn={name},{self.base}" for name in ("tree", "limited")]
        self.add(f"cn=trusted,{self.base}", objectClass="groupOfNames", member=members)

    def distrust(self) -> None:
        """Take all rights from the accounts: they may bind, and see nothing."""
        self.admin.delete_s(f"cn=trusted,{self.base}")

    def settings(self, port: int | None = None, **more: object) -> dict[str, object]:
        """Return the settings of a tree."""
        own = {"url": f"ldap://127.0.0.1:{port or self.port}", "base_dn": self.base}
        return {**own, "bind_dn": self.account, "password": PASSWORD, **more}

    def add(self, dn: str, **values: str | bytes | Sequence[str | bytes]) -> None:
        """Make an entry, as somebody else."""
        self.admin.add_s(dn, [(name, _octets(each)) for name, each in values.items()])

    def change(self, dn: str, **values: str | bytes | Sequence[str | bytes]) -> None:
        """Change an entry, as somebody else."""
        self.admin.modify_s(
            dn, [(ldap.MOD_REPLACE, name, _octets(each) or None) for name, each in values.items()]
        )

    def shown(self, dn: str) -> Mapping[str, list[bytes]] | None:
        """Return the attributes of an entry, None where there is none."""
        try:
            found: list[tuple[str, dict[str, list[bytes]]]] = self.admin.search_ext_s(dn, ldap.SCOPE_BASE)
        except ldap.NO_SUCH_OBJECT:
            return None
        return found[0][1]

    def below(self, name: str) -> dict[str, Mapping[str, list[bytes]]]:
        """Return all entries right below one of the test's own, by their names."""
        found: list[tuple[str, dict[str, list[bytes]]]] = self.admin.search_ext_s(
            f"ou={name},{self.base}", ldap.SCOPE_ONELEVEL
        )
        return dict(found)


def _octets(values: str | bytes | Sequence[str | bytes]) -> list[bytes]:
    several: Sequence[str | bytes] = [values] if isinstance(values, (str, bytes)) else values
    return [each.encode() if isinstance(each, str) else each for each in several if each != ""]
