"""What a work changes of an entry: its values, and the modifications that it takes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

from dss_runtime import PermanentError, Work
from dss_runtime.adapters.ldap._connection import Change, rdn_value
from dss_runtime.adapters.ldap._session import Session
from dss_runtime.adapters.ldap._target import LdapTarget
from dss_runtime.types import BytesType, FieldType, ListType, SetType


class Encoding:
    """Makes the values of attributes from those of fields."""

    def __init__(self, session: Session, target: LdapTarget) -> None:
        self._session = session
        self._target = target
        self._references = dict(target.references)

    def values(self, name: str, value: Any) -> list[bytes]:
        """Return the values of the attribute of a field: none where the field holds none.

        Raises PermanentError for a reference to a record that has no entry.
        """
        kind = self._target.types[name]
        if value is None or value in ("", b""):
            return []
        members: Iterable[Any] = value if isinstance(kind, (SetType, ListType)) else [value]
        return [self.value(name, each) for each in members]

    def value(self, name: str, member: Any) -> bytes:
        """Return one value of the attribute of a field."""
        branches = self._references.get(self._target.columns[name])
        if branches is not None:
            dn = self._session.dn_of(cast("Hashable", member), branches)
            if dn is None:
                raise PermanentError(
                    f"{name}: {' and '.join(branches)} have no entry with the key {member!r}"
                )
            return dn.encode()
        kind: FieldType[Any] = self._target.types[name]
        return encoded(kind.of if isinstance(kind, (SetType, ListType)) else kind, member)

    def record(self, record: Any, names: Iterable[str]) -> dict[str, list[bytes]]:
        """Return the attributes that hold the fields *names* of a record."""
        target = self._target
        return {
            target.columns[name]: self.values(name, getattr(record, name))
            for name in names
            if name in target.columns and name not in target.unwritten
        }

    def changes(self, work: Work, dn: str) -> tuple[list[Change], list[str]]:
        """Return what a work changes, member by member where there are several, and the fields left out.

        One that names the entry *dn* is changed by its name, and is not among them.
        """
        target = self._target
        naming = target.rdn.lower() if rdn_value(dn, target.rdn) is not None else ""
        found: list[Change] = []
        left_out: list[str] = []
        for action in work.actions:
            name = str(action.attribute)
            if name not in target.columns or name in target.unwritten | target.create_only:
                left_out.append(name)
                continue
            column = target.columns[name]
            if column.lower() == naming:
                continue
            if action.kind == "added":
                found.append(("add", column, [self.value(name, action.item)]))
            elif action.kind == "removed":
                found.append(("delete", column, [self.value(name, action.item)]))
            else:
                found.append(("replace", column, self.values(name, getattr(work.left, name)) or None))
        return _together(found), left_out


def encoded(kind: FieldType[Any], value: Any) -> bytes:
    """Return a value as an attribute holds it: bytes as they are, flags as LDAP has them, else text."""
    if isinstance(kind, BytesType):
        return bytes(value)
    if isinstance(value, bool):
        return b"TRUE" if value else b"FALSE"
    return kind.format(value).encode()


def constants(values: Mapping[str, object]) -> dict[str, list[bytes]]:
    """Return the attributes that the schema gives as constants; an empty text is no value."""
    return {name: [_constant(value)] if value != "" else [] for name, value in values.items()}


def _constant(value: object) -> bytes:
    if isinstance(value, bool):
        return b"TRUE" if value else b"FALSE"
    return str(value).encode()


def replacing(values: Mapping[str, Sequence[bytes]]) -> list[Change]:
    """Return the modifications after which attributes hold *values* and nothing else."""
    return [("replace", name, list(each) or None) for name, each in values.items()]


def _together(changes: Sequence[Change]) -> list[Change]:
    """Return *changes* with all that is added to an attribute, or removed from it, in one; removals first."""
    found: dict[tuple[str, str], list[bytes]] = {}
    whole: list[Change] = []
    for how, name, values in changes:
        if how == "replace":
            whole.append((how, name, values))
        else:
            found.setdefault((how, name), []).extend(values or [])
    parts: list[Change] = []
    for how in ("delete", "add"):
        for (each, name), values in found.items():
            if each == how:
                parts.append((how, name, values))
    return [*whole, *parts]
