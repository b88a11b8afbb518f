"""The entries of one branch while they are written."""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

import ldap

from dss_runtime import Branch, Outcome, PermanentError, Work
from dss_runtime._unclaimed import Unclaimed, kept_fields
from dss_runtime.adapters.ldap._changes import Encoding, constants, replacing
from dss_runtime.adapters.ldap._connection import Change, Entry, equals, parent_of, rdn_of, rdn_value, same_dn
from dss_runtime.adapters.ldap._errors import text_of
from dss_runtime.adapters.ldap._rows import filter_of
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
        self._modify(dn, changes)
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
        renamed = self._rename(dn, work.left)
        if not changes and renamed == dn:
            return Outcome.skipped(f"{', '.join(left_out)}: by the schema, this is not written here")
        self._modify(renamed, self._with_placeholder(renamed, changes))
        return Outcome.applied()

    def _old(self, work: Work, dn: str) -> Outcome:
        target, connection = self._target, self._session.connection
        if target.old == "keep":
            return Outcome.skipped("old records of this branch are kept")
        if target.old == "set" and not work.final:
            self._modify(dn, replacing(constants(target.set)))
            return Outcome.applied()
        if work.final and not self.is_disabled(connection.entry(dn, ["*"]) or {}):
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
        return self._only(filters)

    def _found(self, work: Work) -> str:
        """Return the name of a record's entry: the one that was read, unless it has another name by now."""
        dn = self._session.directory(self._branch.name).dn(work.key)
        if dn is not None and self._session.connection.entry(dn, ["1.1"]) is not None:
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

    def _only(self, filters: Sequence[str]) -> Entry | None:
        target = self._target
        search = self._session.connection.search(
            self._session.base(target.base), target.depth, filter_of(target, *filters), ["*"]
        )
        found = list(search)
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
        renamed = f"{rdn_of(target.rdn, wanted.decode())},{parent_of(dn)}"
        self._session.connection.rename(dn, rdn_of(target.rdn, wanted.decode()))
        self._follow(dn, renamed)
        key = self._session.directory(self._branch.name).key(dn)
        if key is not None:
            self._session.directory(self._branch.name).note(key, renamed)
        return renamed

    def _follow(self, dn: str, renamed: str | None) -> None:
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
                    # The directory finds the value however it is spelled, as it has found the entry.
                    changes: list[Change] = [("delete", column, [dn.encode()])]
                    if renamed is not None:
                        changes.append(("add", column, [renamed.encode()]))
                    elif target.placeholder and len(values[column.lower()]) == 1:
                        changes.append(("add", column, [target.placeholder.encode()]))
                    connection.modify(other, changes)

    def _fill_up(self, values: dict[str, list[bytes]]) -> None:
        """Give a new group without members the placeholder, since it needs one."""
        if self._target.placeholder:
            for column, _ in self._target.references:
                if not values.get(column):
                    values[column] = [self._target.placeholder.encode()]

    def _with_placeholder(self, dn: str, changes: Sequence[Change]) -> list[Change]:
        """Return *changes*; the placeholder comes when the last member goes, and goes with the first."""
        target, found = self._target, list(changes)
        columns = {column for column, _ in target.references} & {name for _, name, _ in changes}
        if not target.placeholder or not columns:
            return found
        placeholder = same_dn(target.placeholder)
        held = self._session.connection.entry(dn, sorted(columns)) or {}
        for column in columns:
            after = _spelled_alike(held.get(column.lower(), []))
            for how, name, values in changes:
                if name == column:
                    given = _spelled_alike(values or [])
                    after = given if how == "replace" else after | given if how == "add" else after - given
            if not after:
                found.append(("add", column, [target.placeholder.encode()]))
            elif placeholder in after and len(after) > 1:
                found.append(("delete", column, [target.placeholder.encode()]))
        return found


def _spelled_alike(names: Iterable[bytes]) -> set[str]:
    """Return names of entries without what does not count in them, such as capital letters."""
    return {same_dn(name.decode()) for name in names}


def _still_due(change: Change, held: Mapping[str, Sequence[bytes]]) -> Change | None:
    """Return what is left of a change of an entry that holds *held* by now, None where nothing is."""
    how, name, values = change
    if how == "replace" or values is None:
        return change
    there = set(held.get(name.lower(), []))
    left = [each for each in values if (each in there) == (how == "delete")]
    return (how, name, left) if left else None
