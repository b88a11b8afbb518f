"""The names of entries that other entries hold, such as a group's members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dss_runtime.adapters.ldap._connection import Change, equals, same_dn
from dss_runtime.adapters.ldap._rows import filter_of
from dss_runtime.adapters.ldap._session import Session
from dss_runtime.adapters.ldap._target import LdapTarget


class Members:
    """Keeps the members of the entries of one branch, and those who name its entries, in order.

    `targets` are those of all branches: where an entry gets another name or goes, the entries that name it
    follow.
    """

    def __init__(
        self, session: Session, branch: str, target: LdapTarget, targets: Mapping[str, LdapTarget]
    ) -> None:
        self._session = session
        self._branch = branch
        self._target = target
        self._targets = targets

    def follow(self, dn: str, now: str | None) -> None:
        """Let the entries of all branches that name an entry follow its new name, or its end."""
        connection = self._session.connection
        for target in self._targets.values():
            for column, branches in target.references:
                if self._branch not in branches:
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

    def fill_up(self, values: dict[str, list[bytes]]) -> None:
        """Give a new group without members the placeholder, since it needs one."""
        if self._target.placeholder:
            for column, _ in self._target.references:
                if not values.get(column):
                    values[column] = [self._target.placeholder.encode()]

    def kept(self, dn: str, changes: Sequence[Change]) -> list[Change]:
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
