"""The one door to python-ldap, which has no types of its own: a connection, and what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, TypeAlias

import ldap
import ldap.dn
import ldap.filter
from ldap.controls.libldap import SimplePagedResultsControl

from dss_runtime.adapters.ldap._settings import LdapSettings
from dss_runtime.adapters.ldap._source import Depth

Values: TypeAlias = Mapping[str, Sequence[bytes]]
Entry: TypeAlias = "tuple[str, dict[str, list[bytes]]]"
"""The name of an entry, and its attributes by their names in small letters."""
Change: TypeAlias = "tuple[Literal['add', 'delete', 'replace'], str, list[bytes] | None]"

Absence: TypeAlias = Literal["not there", "withheld", "named otherwise"]
"""Why nothing of an attribute is shown: there is none, we may not read it, or it has another name."""

_CONTROL = re.compile(r"[\x01-\x1f\x7f]")

_SCOPES: Mapping[Depth, int] = {"one": ldap.SCOPE_ONELEVEL, "all": ldap.SCOPE_SUBTREE}
_CHANGES = {"add": ldap.MOD_ADD, "delete": ldap.MOD_DELETE, "replace": ldap.MOD_REPLACE}


class Connection:
    """A bound connection. Errors are python-ldap's own; referrals are never followed."""

    def __init__(self, settings: LdapSettings) -> None:
        made: Any = ldap.initialize(settings.url, bytes_mode=False)
        made.set_option(ldap.OPT_PROTOCOL_VERSION, 3)
        made.set_option(ldap.OPT_REFERRALS, 0)
        made.set_option(ldap.OPT_NETWORK_TIMEOUT, settings.timeout)
        made.set_option(ldap.OPT_TIMEOUT, settings.timeout)
        if settings.start_tls or settings.url.startswith("ldaps:"):
            made.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
            if settings.ca_file:
                made.set_option(ldap.OPT_X_TLS_CACERTFILE, settings.ca_file)
            made.set_option(ldap.OPT_X_TLS_NEWCTX, 0)  # last: it takes over what was set before
        if settings.start_tls:
            made.start_tls_s()
        made.simple_bind_s(settings.bind_dn, settings.password)
        self._ldap = made
        self._page_size = settings.page_size

    def close(self) -> None:
        """End the connection."""
        with suppress(ldap.LDAPError):  # it may be gone
            self._ldap.unbind_s()

    def search(self, base: str, depth: Depth, filter_: str, attributes: Sequence[str]) -> Iterator[Entry]:
        """Yield entries page by page.

        Every page's result is checked, by python-ldap itself: whatever but success is raised, so that the
        last entry was yielded only when the directory has said that it was the last.
        """
        control = SimplePagedResultsControl(True, size=self._page_size, cookie="")
        while True:
            asked = self._ldap.search_ext(
                base, _SCOPES[depth], filter_, list(attributes), serverctrls=[control]
            )
            _, found, _, controls = self._ldap.result3(asked)
            for dn, values in found:
                if dn is None:  # a referral to where the rest is
                    raise ldap.REFERRAL({"desc": "a part of it is in another directory", "info": str(values)})
                yield dn, _by_small_name(values)
            cookie = next((each.cookie for each in controls if each.controlType == control.controlType), None)
            if cookie is None and controls is not None and len(found) >= self._page_size:
                raise ldap.PARTIAL_RESULTS({"desc": "the directory does not page, and may hold more"})
            if not cookie:
                return
            control.cookie = cookie

    def entry(self, dn: str, attributes: Iterable[str]) -> dict[str, list[bytes]] | None:
        """Return the attributes of one entry, None where there is none, or it may not be seen."""
        try:
            found = self._ldap.search_ext_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", list(attributes))
        except ldap.NO_SUCH_OBJECT:
            return None
        return _by_small_name(found[0][1]) if found else None

    def absent(self, dn: str, attribute: str) -> Absence:
        """Return why a search shows nothing of an attribute of an entry.

        A search leaves out what we may not read, as if it were not there, and answers an attribute that has
        several names under another one. A comparison is refused, and finds it under every name.
        """
        for value in (b"1", dn.encode()):
            try:
                self._ldap.compare_s(dn, attribute, value)
            except ldap.INSUFFICIENT_ACCESS:
                return "withheld"
            except ldap.INVALID_SYNTAX:  # an attribute that holds names of entries: compare with one
                continue
            except (ldap.NO_SUCH_ATTRIBUTE, ldap.NO_SUCH_OBJECT, ldap.INAPPROPRIATE_MATCHING):
                return "not there"
            return "named otherwise"
        return "not there"

    def add(self, dn: str, values: Values) -> None:
        """Make an entry."""
        self._ldap.add_s(dn, [(name, list(each)) for name, each in values.items() if each])

    def modify(self, dn: str, changes: Sequence[Change]) -> None:
        """Change an entry, all of it or nothing."""
        self._ldap.modify_s(dn, [(_CHANGES[how], name, values) for how, name, values in changes])

    def rename(self, dn: str, rdn: str) -> None:
        """Give an entry another name below the same one."""
        self._ldap.rename_s(dn, rdn, delold=1)

    def delete(self, dn: str) -> None:
        """Remove an entry."""
        self._ldap.delete_s(dn)

    def set_password(self, dn: str, password: str) -> None:
        """Set a password as its owner would, so that the directory's rules for passwords hold."""
        self._ldap.passwd_s(dn, None, password)


def equals(attribute: str, value: str) -> str:
    """Return a filter for entries with a value."""
    return f"({attribute}={ldap.filter.escape_filter_chars(value)})"


def rdn_of(attribute: str, value: str) -> str:
    """Return the name of an entry below another one."""
    # The library leaves controls as they are, and a newline at either end would be skipped as a space is.
    return f"{attribute}={_CONTROL.sub(_hexadecimal, ldap.dn.escape_dn_chars(value))}"


def renamed(dn: str, attribute: str, value: str) -> str:
    """Return the name of an entry below another one, with another value; its other parts stay."""
    first: list[tuple[str, str, int]] = ldap.dn.str2dn(dn)[0]
    return "+".join(
        rdn_of(name, value if name.lower() == attribute.lower() else held) for name, held, _ in first
    )


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):02x}"


def same_dn(dn: str) -> str:
    """Return what is equal for all ways to write one name."""
    parts: list[list[tuple[str, str, int]]] = ldap.dn.str2dn(dn)
    folded = [
        sorted((name.lower(), " ".join(value.lower().split())) for name, value, _ in each) for each in parts
    ]
    return repr(folded)


def parent_of(dn: str) -> str:
    """Return the name of the entry that one is below."""
    parts: list[list[tuple[str, str, int]]] = ldap.dn.str2dn(dn)
    parent: str = ldap.dn.dn2str(parts[1:])
    return parent


def is_dn(text: str) -> bool:
    """Return whether a text has the form of a name."""
    return bool(ldap.dn.is_dn(text))


def rdn_value(dn: str, attribute: str) -> str | None:
    """Return the value of an attribute in an entry's own name, None where it is not named by that."""
    parts: list[list[tuple[str, str, int]]] = ldap.dn.str2dn(dn)
    return next((value for name, value, _ in parts[0] if name.lower() == attribute.lower()), None)


def _by_small_name(values: Mapping[str, list[bytes]]) -> dict[str, list[bytes]]:
    """Return attributes by their names in small letters, without `;binary`.

    With another option, as `cn;lang-de`, one is an attribute of its own. A range of the values of one, as
    Active Directory gives of many, is no whole: PARTIAL_RESULTS.
    """
    found: dict[str, list[bytes]] = {}
    for name, each in values.items():
        plain, _, option = name.lower().partition(";")
        is_range = option.startswith("range=")
        if is_range and not option.endswith("-*"):
            raise ldap.PARTIAL_RESULTS({"desc": f"a part of the values of {plain} is shown"})
        whole = plain if is_range or option == "binary" else name.lower()
        found[whole] = [*found.get(whole, ()), *each]
    return found
