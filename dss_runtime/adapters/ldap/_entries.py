"""The entries of one branch while they are written."""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, cast

import ldap

from dss_runtime import Branch, Outcome, PermanentError, Work
from dss_runtime._blank import blank
from dss_runtime._cells import same
from dss_runtime._unclaimed import Unclaimed, kept_fields
from dss_runtime.adapters.ldap._changes import Encoding, constants, replacing
from dss_runtime.adapters.ldap._connection import (
    Change,
    Entry,
    equals,
    parent_of,
    rdn_of,
    rdn_value,
    renamed,
    same_dn,
)
from dss_runtime.adapters.ldap._errors import text_of
from dss_runtime.adapters.ldap._members import Members
from dss_runtime.adapters.ldap._rows import cell_of, filter_of
from dss_runtime.adapters.ldap._session import Session
from dss_runtime.adapters.ldap._target import LdapTarget

_PASSWORD_BYTES = 24
_EVERY_CLASS = "aA1-"
"""A letter of each kind that rules for passwords ask for, which random ones need not hold."""


class Entries:
    """Finds, makes, changes and removes the entries of one branch.

    `targets` are those of all branches: where an entry gets another name or goes, the entries that name it
    follow. Errors are python-ldap's own, and PermanentError for what cannot be done.
    """

    def __init__(
        self,
        session: Session,
        branch: Branch[Any, Any],
        target: LdapTarget,
        targets: Mapping[str, LdapTarget],
    ) -> None:
        self._session = session
        self._branch = branch
        self._target = target
        self._encoding = Encoding(session, target)
        self._members = Members(session, branch.name, target, targets)

    # -- carrying out ---------------------------------------------------------------------------------

    def carry_out(self, work: Work) -> Outcome:
        """Carry out one work."""
        if work.phase == "new":
            return self._new(work)
        dn = self._found(work)
        if work.phase == "changed":
            return self._changed(work, dn)
        return self._old(work, dn)

    def _new(self, work: Work) -> Outcome:
        existing = work.adopts or self._branch.retired.get(work.key)
        if existing is None:
            return self._create(work)
        dn = self._unclaimed(work.adopts) if work.adopts is not None else self._found(work)
        kept = kept_fields(self._branch, existing, self._target.create_only)
        names = [name for name in self._target.columns if name not in kept]
        values = {**constants(self._target.returns), **self._encoding.record(work.left, names)}
        dn = self._rename(dn, work.left)
        naming = self._target.rdn if rdn_value(dn, self._target.rdn) is not None else ""
        changes = [each for each in replacing(values) if each[1].lower() != naming.lower()]
        self._modify(dn, self._members.kept(dn, changes))
        self._session.directory(self._branch.name).note(work.key, dn)
        return Outcome.applied()

    def _create(self, work: Work) -> Outcome:
        target, connection = self._target, self._session.connection
        values = {
            **constants({**target.scope, **dict(target.insert)}),
            **self._encoding.record(work.left, target.columns),
        }
        values["objectClass"] = [each.encode() for each in target.object_class]
        self._members.fill_up(values)
        named = {name.lower(): each for name, each in values.items()}.get(target.rdn.lower()) or []
        if len(named) != 1:
            return Outcome.rejected(f"{target.rdn} names the entry, and the record has {len(named)} of it")
        dn = f"{rdn_of(target.rdn, named[0].decode())},{self._session.base(target.base)}"
        try:
            connection.add(dn, values)
        except ldap.ALREADY_EXISTS:
            self._session.taken.add(same_dn(dn))
            raise
        if target.password == "random":
            try:
                connection.set_password(dn, secrets.token_urlsafe(_PASSWORD_BYTES) + _EVERY_CLASS)
            except ldap.LDAPError as error:
                try:
                    connection.delete(dn)  # an account without the password that it should have is none
                except ldap.LDAPError:
                    # To look would find the entry, and take it for whole.
                    raise PermanentError(
                        f"made, perhaps without a password ({text_of(error)}): delete {dn}, or set one"
                    ) from None
                raise
        self._session.directory(self._branch.name).note(work.key, dn)
        return Outcome.applied()

    def _changed(self, work: Work, dn: str) -> Outcome:
        changes, left_out = self._encoding.changes(work, dn)
        columns = {self._target.columns.get(name, "").lower() for name in work.attributes}
        now = self._rename(dn, work.left) if self._target.rdn.lower() in columns else dn
        if not changes and now == dn:
            return Outcome.skipped(f"{', '.join(left_out)}: by the schema, this is not written here")
        self._modify(now, self._members.kept(now, changes))
        return Outcome.applied()

    def _old(self, work: Work, dn: str) -> Outcome:
        target, connection = self._target, self._session.connection
        if target.old == "keep":
            return Outcome.skipped("old records of this branch are kept")
        if same_dn(dn) in self._session.taken:
            # Names that differ by case alone are one: what looks old here is what the new record is.
            return Outcome.rejected("a new record could not be made, since this entry has its name: it stays")
        if target.old == "set" and not work.final:
            self._modify(dn, replacing(constants(target.set)))
            return Outcome.applied()
        if work.final and not self.is_disabled(connection.entry(dn, target.set) or {}):
            return Outcome.failed("somebody has enabled it meanwhile")
        connection.delete(dn)
        self._members.follow(dn, None)
        self._session.directory(self._branch.name).forget(work.key)
        return Outcome.applied()

    def is_disabled(self, values: Mapping[str, Sequence[bytes]]) -> bool:
        """Return whether an entry is one that was set aside."""
        wanted = constants(self._target.set)
        return self._target.old == "set" and all(
            sorted(values.get(name.lower(), [])) == sorted(each) for name, each in wanted.items()
        )

    # -- finding --------------------------------------------------------------------------------------

    def find(self, key: Hashable) -> Entry | None:
        """Return the entry with a key as it is now (PermanentError where several have it)."""
        target = self._target
        filters = [
            equals(target.columns[name], target.types[name].format(part)) for name, part in self._parts(key)
        ]
        return self._only(filters, key)

    def _parts(self, key: Hashable) -> Iterator[tuple[str, object]]:
        """Yield the fields of a key, and what it has of each."""
        names = self._target.key
        return zip(names, (key,) if len(names) == 1 else cast("tuple[object, ...]", key), strict=True)

    def _is_in_scope(self, entry: Entry) -> bool:
        target = self._target
        return all(
            same(cell_of(self._session, target, entry, column), value)
            for column, value in target.scope.items()
        )

    def _has_key(self, entry: Entry, key: Hashable) -> bool:
        """Return whether an entry is the branch's and has just this key: directories ignore case."""
        target = self._target
        if not self._is_in_scope(entry):
            return False
        for name, part in self._parts(key):
            cell, kind = cell_of(self._session, target, entry, target.columns[name]), target.types[name]
            try:
                if blank(cell) or kind.canonical(kind.parse(cell)) != kind.canonical(part):
                    return False
            except ValueError:
                return False
        return True

    def _found(self, work: Work) -> str:
        """Return the name of a record's entry: the one that was read, unless it has another name by now."""
        dn = self._session.directory(self._branch.name).dn(work.key)
        if dn is not None:
            columns = [*(self._target.columns[name] for name in self._target.key), *self._target.scope]
            held = self._session.connection.entry(dn, columns)
            if held is not None and self._has_key((dn, held), work.key):
                return dn
        found = self.find(work.key)
        if found is None:
            raise PermanentError("there is no such entry any more")
        self._session.directory(self._branch.name).note(work.key, found[0])
        return found[0]

    def _unclaimed(self, found: Unclaimed) -> str:
        """Return the entry to adopt: by its former key, or by what it holds."""
        if found.key is not None:
            held = self.find(found.key)
        else:
            columns = self._target.columns
            held = self._only(
                [
                    f"(!({columns[name]}=*))" if cell is None else equals(columns[name], str(cell))
                    for name, cell in found.cells.items()
                ]
            )
        if held is None:
            raise PermanentError("the entry to adopt is not there any more")
        return held[0]

    def _only(self, filters: Sequence[str], key: Hashable = None) -> Entry | None:
        """Return the one entry that meets *filters*, and has the *key* if one is given."""
        target = self._target
        # What a directory shows by name alone is named.
        asked = sorted({"*", *target.columns.values(), *target.set, *target.scope} - {"dn"})
        search = self._session.connection.search(
            self._session.base(target.base), target.depth, filter_of(target, *filters), asked
        )
        found = [
            each for each in search if (self._is_in_scope(each) if key is None else self._has_key(each, key))
        ]
        if len(found) > 1:
            raise PermanentError(f"{len(found)} entries are alike: {', '.join(dn for dn, _ in found)}")
        return found[0] if found else None

    # -- changing -------------------------------------------------------------------------------------

    def _modify(self, dn: str, changes: Sequence[Change]) -> None:
        """Change an entry at once; members that somebody has added or removed meanwhile are left out."""
        if not changes:
            return
        connection = self._session.connection
        try:
            connection.modify(dn, changes)
        except (ldap.TYPE_OR_VALUE_EXISTS, ldap.NO_SUCH_ATTRIBUTE):
            held = connection.entry(dn, [name for _, name, _ in changes]) or {}
            due = [each for change in changes if (each := _still_due(change, held)) is not None]
            if due == list(changes):
                raise
            if due:
                connection.modify(dn, due)

    def _rename(self, dn: str, record: Any) -> str:
        """Give an entry the name that its record asks for, and return it; who names it follows."""
        target = self._target
        name = next(
            (each for each, column in target.columns.items() if column.lower() == target.rdn.lower()), None
        )
        held = rdn_value(dn, target.rdn)
        if name is None or held is None or name in target.unwritten | target.create_only:
            return dn
        values = self._encoding.values(name, getattr(record, name))
        if len(values) != 1:
            raise PermanentError(
                f"{name}: {target.rdn} names the entry, and the record has {len(values)} of it"
            )
        wanted = values[0].decode()
        if wanted == held:
            return dn
        rdn = renamed(dn, target.rdn, wanted)
        now = f"{rdn},{parent_of(dn)}"
        self._session.connection.rename(dn, rdn)
        self._members.follow(dn, now)
        key = self._session.directory(self._branch.name).key(dn)
        if key is not None:
            self._session.directory(self._branch.name).note(key, now)
        return now


def _still_due(change: Change, held: Mapping[str, Sequence[bytes]]) -> Change | None:
    """Return what is left of a change of an entry that holds *held* by now, None where nothing is."""
    how, name, values = change
    if how == "replace" or values is None:
        return change
    there = set(held.get(name.lower(), []))
    left = [each for each in values if (each in there) == (how == "delete")]
    return (how, name, left) if left else None
