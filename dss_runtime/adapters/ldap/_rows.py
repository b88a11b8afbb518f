"""The entries of one branch as rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import ldap

from dss_runtime import Place, SourceError
from dss_runtime.adapters.ldap._connection import Entry
from dss_runtime.adapters.ldap._errors import NO_RIGHTS, PARTIAL, text_of
from dss_runtime.adapters.ldap._session import Session
from dss_runtime.adapters.ldap._source import LdapSource
from dss_runtime.adapters.ldap._target import LdapTarget
from dss_runtime.codegen import Cells

_FILTERED = re.compile(r"\(([A-Za-z][A-Za-z0-9-]*)[~<>:]?=")
"""The attributes that a filter asks for."""
_NEVER_SHOWN = "userpassword"
"""What a directory is to hide from everybody, also from who may set it (RFC 4519, section 2.41)."""


class LdapRows:
    """Iterates over the entries of a source, the cells in the order of its columns.

    An attribute without a value is None, one with several is a tuple; so is any that may have several. Raises
    SourceError where not all entries can be had.
    """

    unreadable: Sequence[tuple[Place, str]] = ()
    """Nothing: a directory has no entries that are none."""

    def __init__(self, session: Session, source: LdapSource) -> None:
        self._session = session
        self._source = source
        self._references = dict(source.references)
        self.dn = ""
        """The name of the entry that was yielded last."""

    def place(self) -> Place:
        """Return the entry that was yielded last."""
        return Place(self.dn or self._base)

    @property
    def _base(self) -> str:
        return self._session.base(self._source.base)

    def __iter__(self) -> Iterator[Cells]:
        try:
            yield from self._rows()
        except PARTIAL as error:
            raise SourceError(Place(self._base), f"not all of it is shown: {text_of(error)}") from None
        except NO_RIGHTS as error:
            raise SourceError(Place(self._base), f"{text_of(error)}: may the account read it?") from None
        except ldap.LDAPError as error:
            raise SourceError(Place(self._base), text_of(error)) from None

    def _rows(self) -> Iterator[Cells]:
        connection, source = self._session.connection, self._source
        if connection.entry(self._base, ["1.1"]) is None:
            raise SourceError(Place(self._base), "there is no such entry, or the account may not read it")
        unseen = {column.lower(): column for column in _asked(source)}
        unseen.pop(_NEVER_SHOWN, None)
        for dn, values in connection.search(self._base, source.depth, filter_of(source), _asked(source)):
            self.dn = dn
            for name in unseen.keys() & values.keys():
                del unseen[name]
            yield tuple(self._cell((dn, values), column) for column in source.columns)
        if self.dn:
            check_shown(self._session, self.dn, unseen.values())
        else:
            check_empty(self._session, source)

    def _cell(self, entry: Entry, column: str) -> Any:
        return cell_of(self._session, self._source, entry, column)


def cell_of(session: Session, source: LdapSource | LdapTarget, entry: Entry, column: str) -> Any:
    """Return what a column holds of an entry: keys in the place of the names of other records' entries."""
    dn, values = entry
    if column == "dn":
        return dn
    held = values.get(column.lower(), [])
    found: list[Any] = list(held) if column in source.octets else [_text(each) for each in held]
    branches = dict(source.references).get(column)
    if branches is not None:
        keys = (session.key_of(str(each), branches) for each in found)
        found = [key for key in keys if key is not None]
    if column in source.several:
        return tuple(found)
    return None if not found else found[0] if len(found) == 1 else tuple(found)


def filter_of(source: LdapSource | LdapTarget, *more: str) -> str:
    """Return the filter for the entries of a branch, and *more* that they meet."""
    classes = "".join(f"(objectClass={each})" for each in source.object_class)
    return f"(&{classes}{source.filter}{''.join(more)})"


def check_empty(session: Session, source: LdapSource) -> None:
    """Raise SourceError where "success, no entries" may come from lost rights: that has wiped directories.

    A base below which entries of these object classes are shown, that the filter leaves out, is one; so is a
    base of which the directory says that nothing is below it. Otherwise entries may be hidden, and the
    settings have to say that there may be none.
    """
    base = session.base(source.base)
    kind = filter_of(replace(source, filter=""))
    shown = next(session.connection.search(base, source.depth, kind, ["1.1"]), None)
    if shown is not None:  # entries that a filter by a hidden attribute cannot find are no fewer
        columns = dict.fromkeys(["objectClass", *_FILTERED.findall(source.filter)])
        return check_shown(session, shown[0], columns, asked=False)
    told = session.connection.entry(base, ["hasSubordinates"]) or {}
    below = [each.upper() for each in told.get("hassubordinates", [])]
    if below == [b"FALSE"] or session.settings.may_be_empty:
        return None
    raise SourceError(
        Place(base),
        "no entry of this kind is shown: has the account lost its right to read? Where there are none, set "
        f"may_be_empty = true in [trees.{session.settings.name}] of dss.toml for the first run",
    )


def check_shown(session: Session, dn: str, columns: Iterable[str], *, asked: bool = True) -> None:
    """Raise SourceError where columns that no entry shows are such that the account may not read.

    So are those that were *asked* for, and that the directory answers under another of their names.
    """
    absent = {column: session.connection.absent(dn, column) for column in columns}
    withheld = sorted(column for column, why in absent.items() if why == "withheld")
    if withheld:
        raise SourceError(Place(dn), f"the account may not read {', '.join(withheld)}")
    otherwise = sorted(column for column, why in absent.items() if why == "named otherwise")
    if otherwise and asked:
        raise SourceError(
            Place(dn), f"the directory has another name for {', '.join(otherwise)}: use that one"
        )


def _asked(source: LdapSource) -> list[str]:
    return sorted({column for column in source.columns if column != "dn"} | {"objectClass"})


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
