"""The entries of one branch while they are written."""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, cast

import ldap

from dss_runtime import Branch, Outcome, PermanentError, Work
from dss_runtime._blank import blank
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
        self._targets = targets
        self._encoding = Encoding(session, target)

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
        changes = [each for each in replacing(values) if each[1].lower() != self._target.rdn.lower()]
        self._modify(dn, self._with_members(dn, changes))
        self._session.directory(self._branch.name).note(work.key, dn)
        return Outcome.applied()

    def _create(self, work: Work) -> Outcome:
        target, connection = self._target, self._session.connection
        values = {**constants(dict(target.insert)), **self._encoding.record(work.left, target.columns)}
        values["objectClass"] = [each.encode() for each in target.object_class]
        self._fill_up(values)
        named = {name.lower(): each for name, each in values.items()}.get(target.rdn.lower()) or []
        if not named:
            return Outcome.rejected(f"{target.rdn} names the entry, and the record has none")
        dn = f"{rdn_of(target.rdn, named[0].decode())},{self._session.base(target.base)}"
        connection.add(dn, values)
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
        changes, left_out = self._encoding.changes(work)
        columns = {self._target.columns.get(name, "").lower() for name in work.attributes}
        now = self._rename(dn, work.left) if self._target.rdn.lower() in columns else dn
        if not changes and now == dn:
            return Outcome.skipped(f"{', '.join(left_out)}: by the schema, this is not written here")
        self._modify(now, self._with_members(now, changes))
        return Outcome.applied()

    def _old(self, work: Work, dn: str) -> Outcome:
        target, connection = self._target, self._session.connection
        if target.old == "keep":
            return Outcome.skipped("old records of this branch are kept")
        if target.old == "set" and not work.final:
            self._modify(dn, replacing(constants(target.set)))
            return Outcome.applied()
        if work.final and not self.is_disabled(connection.entry(dn, target.set) or {}):
            return Outcome.failed("somebody has enabled it meanwhile")
        connection.delete(dn)
        self._follow(dn, None)
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
        parts: tuple[object, ...] = cast("tuple[object, ...]", key) if isinstance(key, tuple) else (key,)
        filters = [
            equals(target.columns[name], target.types[name].format(part))
            for name, part in zip(target.key, parts, strict=True)
        ]
        return self._only(filters, key)

    def _has_key(self, entry: Entry, key: Hashable) -> bool:
        """Return whether an entry has just this key: to a directory, those that differ in case are alike."""
        target = self._target
        parts: tuple[object, ...] = cast("tuple[object, ...]", key) if isinstance(key, tuple) else (key,)
        for name, part in zip(target.key, parts, strict=True):
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
            columns = [self._target.columns[name] for name in self._target.key]
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
        asked = sorted({"*", *target.columns.values(), *target.set} - {"dn"})  # what is hidden is named
        search = self._session.connection.search(
            self._session.base(target.base), target.depth, filter_of(target, *filters), asked
        )
        found = [each for each in search if key is None or self._has_key(each, key)]
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
        (wanted,) = self._encoding.values(name, getattr(record, name)) or [b""]
        if not wanted:
            raise PermanentError(f"{name}: {target.rdn} names the entry, and cannot be empty")
        if wanted.decode() == held:
            return dn
        rdn = renamed(dn, target.rdn, wanted.decode())
        now = f"{rdn},{parent_of(dn)}"
        self._session.connection.rename(dn, rdn)
        self._follow(dn, now)
        key = self._session.directory(self._branch.name).key(dn)
        if key is not None:
            self._session.directory(self._branch.name).note(key, now)
        return now

    def _follow(self, dn: str, now: str | None) -> None:
        """Let the entries of all branches that name an entry follow its new name, or its end."""
        connection = self._session.connection
        for target in self._targets.values():
            for column, branches in target.references:
                if self._branch.name not in branches:
                    continue
                base = self._session.base(target.base)
                for other, values in list(
                    connection.search(base, target.depth, filter_of(target, equals(column, dn)), [column])
                ):
                    changes: list[Change] = [("delete", column, [dn.encode()])]
                    if now is not None:
                        changes.append(("add", column, [now.encode()]))
                    elif target.placeholder and len(values[column.lower()]) == 1:
                        changes.append(("add", column, [target.placeholder.encode()]))
                    connection.modify(other, changes)

    def _fill_up(self, values: dict[str, list[bytes]]) -> None:
        """Give a new group without members the placeholder, since it needs one."""
        if self._target.placeholder:
            for column, _ in self._target.references:
                if not values.get(column):
                    values[column] = [self._target.placeholder.encode()]

    def _with_members(self, dn: str, changes: Sequence[Change]) -> list[Change]:
        """Return *changes* that leave members alone which are no records.

        The placeholder comes when the last member goes, and goes with the first.
        """
        references = dict(self._target.references)
        columns = sorted(references.keys() & {name for _, name, _ in changes})
        if not columns:
            return list(changes)
        held = self._session.connection.entry(dn, columns) or {}
        found: list[Change] = []
        for how, name, values in changes:
            if how == "replace" and name in columns and name in self._target.several:
                others = self._others(held.get(name.lower(), []), references[name])
                found.append((how, name, [*(values or []), *others] or None))
            else:
                found.append((how, name, values))
        if not self._target.placeholder:
            return found
        for column in columns:
            there = [each for each in found if each[1] == column]
            found.extend(self._placeholder(column, held.get(column.lower(), []), there))
        return found

    def _others(self, held: Sequence[bytes], branches: Sequence[str]) -> list[bytes]:
        """Return the members that are no records of *branches*."""
        nobody = same_dn(self._target.placeholder)
        return [
            each
            for each in held
            if self._session.key_of(each.decode(), branches) is None and same_dn(each.decode()) != nobody
        ]

    def _placeholder(self, column: str, held: Sequence[bytes], changes: Sequence[Change]) -> list[Change]:
        """Return the change of the placeholder that *changes* of a column ask for, if any."""
        after = {same_dn(each.decode()) for each in held}
        for how, _, values in changes:
            given = {same_dn(each.decode()) for each in values or []}
            after = given if how == "replace" else after | given if how == "add" else after - given
        nobody = self._target.placeholder
        if not after:
            return [("add", column, [nobody.encode()])]
        if same_dn(nobody) in after and len(after) > 1:
            return [("delete", column, [nobody.encode()])]
        return []


def _still_due(change: Change, held: Mapping[str, Sequence[bytes]]) -> Change | None:
    """Return what is left of a change of an entry that holds *held* by now, None where nothing is."""
    how, name, values = change
    if how == "replace" or values is None:
        return change
    there = set(held.get(name.lower(), []))
    left = [each for each in values if (each in there) == (how == "delete")]
    return (how, name, left) if left else None
