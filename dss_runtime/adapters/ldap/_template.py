"""The base of generated templates that write to a directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import ldap

from dss_runtime import (
    Branch,
    Check,
    DefaultTemplate,
    Outcome,
    PermanentError,
    Phase,
    TransientError,
    UnknownOutcomeError,
    Work,
)
from dss_runtime._masking import scrub
from dss_runtime._model import with_value
from dss_runtime._template import MissingHandlerError
from dss_runtime.adapters.ldap._connection import Entry
from dss_runtime.adapters.ldap._entries import Entries
from dss_runtime.adapters.ldap._errors import ours, text_of
from dss_runtime.adapters.ldap._examining import examine_bases
from dss_runtime.adapters.ldap._rows import cell_of
from dss_runtime.adapters.ldap._session import Session, session_of
from dss_runtime.adapters.ldap._target import LdapTarget
from dss_runtime.codegen import override


class LdapTemplate(DefaultTemplate):
    """Writes records to the directory that the tree's settings name, each entry by one operation.

    `targets` says how each branch is written. An entry that gets another name is renamed first; what else has
    changed of it follows in one modification, which the directory does as a whole or not at all.
    """

    targets: ClassVar[Mapping[str, LdapTarget]] = {}

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase, one after the other.

        Raises TransientError where nothing was written. After one whose answer was lost, the others are
        unknown too until somebody looks.
        """
        session, entries = self._entries(works[0].branch)
        try:
            session.connection  # noqa: B018 - made here, so that what keeps it from being made has changed nothing
        except ldap.LDAPError as error:
            raise ours(error, sent=False) from None
        outcomes: list[Outcome] = []
        lost = ""
        for work in works:
            outcome = Outcome.unknown(lost) if lost else self._one(entries, work)
            if not lost and str(outcome.status) == "unknown":
                lost = outcome.reason
                session.close()
            outcomes.append(Outcome(outcome.status, scrub(outcome.reason, *work.records)))
        return outcomes

    @override
    def look(self, work: Work) -> Any:
        """Return the record as the directory holds it now, None when it does not, or holds it set aside."""
        target = self.targets.get(work.branch)
        unread = frozenset[str]() if target is None else target.unwritten | target.create_only
        if target is None or not set(work.attributes) <= target.columns.keys() - unread:
            return NotImplemented
        session, entries = self._entries(work.branch)
        try:
            found = entries.find(work.key)
        except ldap.LDAPError as error:
            session.close()
            raise ours(error, sent=False) from None
        # One that is deleted for good was set aside before.
        if found is None or (entries.is_disabled(found[1]) and not work.final):
            return None
        session.directory(work.branch).note(work.key, found[0])
        return _record(session, target, found, work)

    @override
    def end(self, phase: Phase) -> None:
        """End the connection: nothing is open between phases."""
        self._closed()

    @override
    def abandon(self, phase: Phase) -> None:
        """End the connection; what was written stays."""
        self._closed()

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the entries that branches are written below are there."""
        return examine_bases(self.tree, self.targets)

    def _closed(self) -> None:
        session_of(self.tree).close()

    def _one(self, entries: Entries, work: Work) -> Outcome:
        try:
            return entries.carry_out(work)
        except PermanentError as error:
            return Outcome.failed(str(error))
        except ldap.LDAPError as error:
            told = ours(error, sent=True)
            if isinstance(told, (TransientError, UnknownOutcomeError)):
                return Outcome.unknown(str(told))
            return Outcome.failed(text_of(error))

    def _entries(self, branch: str) -> tuple[Session, Entries]:
        target = self.targets.get(branch)
        if target is None:
            raise MissingHandlerError(f"new_{branch}")
        held: Branch[Any, Any] = next(each for each in self.tree.branches if each.name == branch)
        session = session_of(self.tree)
        return session, Entries(session, held, target, self.targets)


def _record(session: Session, target: LdapTarget, entry: Entry, work: Work) -> Any:
    """Return the record that an entry stands for; what is not read of it is as in the work."""
    record = work.right if work.left is None else work.left
    for name, column in target.columns.items():
        if name in target.unwritten:
            continue
        cell = cell_of(session, target, entry, column)
        if cell is None and getattr(record, name) in ("", b""):
            continue  # a directory holds no empty value
        empty = cell is None or (cell == "" and name in target.nulls_as_empty)
        record = with_value(record, name, None if empty else target.types[name].parse(cell))
    return record
