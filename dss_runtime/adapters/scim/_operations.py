"""What is asked of the service for each work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dss_runtime import Branch, Outcome, PermanentError, Work
from dss_runtime._blank import blank
from dss_runtime._unclaimed import kept_fields
from dss_runtime.adapters.scim import _finding
from dss_runtime.adapters.scim._changes import Change, Members, Setting, created, patch, put
from dss_runtime.adapters.scim._mapping import Mapped
from dss_runtime.adapters.scim._paths import Path, Resource
from dss_runtime.adapters.scim._rows import held_of
from dss_runtime.adapters.scim._session import Directory, Held, Session
from dss_runtime.types import ListType, SetType

GONE = "there is no such record any more"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that carries out a work. `held` is where its record is, None where it is created."""

    work: Work
    method: str
    place: str
    body: Resource | None
    held: Held | None


class Operations:
    """Makes the operations of one branch. What is wrong with a work is an outcome in place of one.

    Nothing is written here. What is read is read to know where a record is, or what it holds.
    """

    def __init__(
        self, session: Session, mapped: Mapped, branch: Branch[Any, Any], directory: Directory
    ) -> None:
        self._session = session
        self._mapped = mapped
        self._target = mapped.target
        self._branch = branch
        self._directory = directory

    def of(self, work: Work) -> Operation | Outcome:
        """Return what carries out *work*; TransientError where the service does not answer now."""
        try:
            return self._of(work)
        except (ValueError, LookupError, PermanentError) as error:
            return Outcome.failed(str(error))

    def again(self, operation: Operation) -> Operation | Outcome:
        """Return what carries out a work whose record somebody else has changed since it was read.

        Where what the work goes by is as it was, it is done to the record as it is now.
        """
        try:
            return self._again(operation)
        except (ValueError, LookupError, PermanentError) as error:
            return Outcome.failed(str(error))

    def _again(self, operation: Operation) -> Operation | Outcome:
        work = operation.work
        resource = None if operation.held is None else self._at(operation.held)
        if resource is None:
            return Outcome.failed(GONE)
        if work.right is not None:
            names = work.attributes or tuple(self._mapped.paths)
            single = [name for name in names if work.phase == "old" or not self._by_member(name)]
            if not self._mapped.is_like(work.right, resource, single):
                return Outcome.rejected(
                    "somebody else has changed the record since it was read; the next run looks at it again"
                )
        self._directory.note(work.key, held_of(resource))
        return self._of(work)

    def _of(self, work: Work) -> Operation | Outcome:
        if work.phase == "new":
            return self._new(work)
        if work.final:
            return self._final(work)
        if work.phase == "changed":
            return self._changed(work)
        if self._target.old == "keep":
            return Outcome.skipped("old records of this branch are kept")
        held = self._located(work)
        if held is None:
            return Outcome.failed(GONE)
        if self._target.old == "delete":
            return Operation(work, "DELETE", self._place(held), None, held)
        settings = self._constant(self._target.set)
        self._check((each.path for each in settings), creating=False)
        return self._altered(work, held, settings)

    def _new(self, work: Work) -> Operation | Outcome:
        """Return what makes a new record, or what makes one that is there into it."""
        existing = work.adopts or self._branch.retired.get(work.key)
        if existing is None:
            return self._created(work)
        kept = self._target.unwritten | kept_fields(self._branch, existing, self._target.create_only)
        if work.adopts is not None and work.adopts.key is None:
            resource: Resource | None = _finding.unclaimed(self._session, self._mapped, work.adopts)
        else:
            key = work.key if work.adopts is None else work.adopts.key
            known = self._directory.get(key)
            resource = _finding.by_key(self._session, self._mapped, key) if known is None else self._at(known)
        if resource is None:
            return Outcome.failed(GONE)
        if work.adopts is None:
            kept |= frozenset(self._target.key)
        settings = [self._setting(name, work.left) for name in self._target.columns if name not in kept]
        taken = {each.path for each in settings}
        settings += [each for each in self._constant(self._target.returns) if each.path not in taken]
        due = [each for each in settings if not each.is_in(resource)]
        for each in due:
            self._check([each.path], creating=each.path.read(resource) is None)
        if not due:
            return Outcome.applied("the service holds it already")
        return self._altered(work, held_of(resource), due, resource)

    def _created(self, work: Work) -> Operation | Outcome:
        target = self._target
        names = [name for name in target.columns if name not in target.unwritten]
        values = {
            self._mapped.paths[name]: self._mapped.encoded(name, getattr(work.left, name)) for name in names
        }
        constants = {**target.scope, **dict(target.insert)}
        for path, value in self._mapped.constants(constants.items()):
            if values.get(path) is None:
                values[path] = value
        given = [(path, value) for path, value in values.items() if value is not None]
        self._check((path for path, _ in given), creating=True)
        kind = self._mapped.kind
        body = created(kind.schema, given)
        missing = [each.name for each in kind.required() if each.name not in body]
        if missing:
            text = f"the service requires {', '.join(missing)}: give it a column, or a constant in `insert`"
            return Outcome.rejected(text)
        return Operation(work, "POST", target.resource, body, None)

    def _final(self, work: Work) -> Operation | Outcome:
        """Return what deletes a record that is set aside, where it still is."""
        held = self._located(work)
        resource = None if held is None else self._at(held)
        if resource is None or not self._mapped.holds(resource, self._target.set.items()):
            return Outcome.failed("it is not set aside any more")
        now = held_of(resource)
        return Operation(work, "DELETE", self._place(now), None, now)

    def _changed(self, work: Work) -> Operation | Outcome:
        target = self._target
        fixed = {*target.unwritten, *target.create_only, *target.key}
        changes = [
            self._change(work, name)
            for name in work.attributes
            if name in target.columns and name not in fixed
        ]
        if not changes:
            return self._nothing(work)
        held = self._located(work)
        return Outcome.failed(GONE) if held is None else self._altered(work, held, changes)

    def _nothing(self, work: Work) -> Outcome:
        """Return the outcome of a work none of whose attributes is written here."""
        known = [name for name in work.attributes if name in self._target.columns]
        if known:
            return Outcome.skipped(f"{', '.join(known)}: by the schema, this is not written here")
        now = self._branch.get(work.key)
        if all(getattr(now, name, None) == getattr(work.left, name) for name in work.attributes):
            return Outcome.applied("follows from the other fields")
        return Outcome.rejected(f"{', '.join(work.attributes)}: no column holds it; write a handler")

    def _change(self, work: Work, name: str) -> Change:
        """Return what differs in a field: single members where the service tells them apart."""
        if not self._by_member(name):
            self._check([self._mapped.paths[name]], creating=False)
            held = not blank(getattr(work.right, name, None))
            return self._setting(name, work.left, held=held)
        added: list[Any] = []
        removed: list[Any] = []
        for each in work.actions:
            if each.attribute == name and each.kind == "added":
                added.append(self._mapped.encoded_member(name, each.item))
            elif each.attribute == name and each.kind == "removed":
                removed.append(self._mapped.encoded_member(name, each.item))
        path = self._mapped.paths[name]
        self._check([path], creating=False)
        return Members(path, tuple(added), tuple(removed))

    def _by_member(self, name: str) -> bool:
        return isinstance(self._target.types[name], SetType) and bool(self._mapped.paths[name].sub)

    def _setting(self, name: str, record: Any, *, held: bool = False) -> Setting:
        value = self._mapped.encoded(name, getattr(record, name))
        several = isinstance(self._target.types[name], (SetType, ListType))
        return Setting(self._mapped.paths[name], () if several and value is None else value, held)

    def _constant(self, pairs: Any) -> list[Setting]:
        return [Setting(path, value) for path, value in self._mapped.constants(pairs.items())]

    def _check(self, paths: Iterable[Path], *, creating: bool) -> None:
        """Raise ValueError for what the service lets nobody write."""
        refused = [reason for path in paths if (reason := self._mapped.refusal(path, creating=creating))]
        if refused:
            raise ValueError("; ".join(refused))

    def _altered(
        self, work: Work, held: Held, changes: Sequence[Change], resource: Resource | None = None
    ) -> Operation | Outcome:
        """Return a PATCH where the service knows it, otherwise a PUT of all that it holds."""
        patches = self._session.service.patch
        if resource is None and (not patches or any(each.hangs for each in changes)):
            resource = self._at(held)
            if resource is None:
                return Outcome.failed(GONE)
        if resource is not None and not held.version:
            held = held_of(resource)
        if patches:
            body = patch(changes, resource)
            if not body["Operations"]:
                return Outcome.applied("the service holds it already")
            return Operation(work, "PATCH", self._place(held), body, held)
        return Operation(work, "PUT", self._place(held), put(changes, resource or {}), held)

    def _located(self, work: Work) -> Held | None:
        """Return where the record of *work* is, None where the service has none."""
        known = self._directory.get(work.key)
        if known is not None:
            return known
        found = _finding.by_key(self._session, self._mapped, work.key)
        return None if found is None else held_of(found)

    def _at(self, held: Held) -> Resource | None:
        return _finding.at(self._session, self._target.resource, held.id)

    def _place(self, held: Held) -> str:
        return f"{self._target.resource}/{held.id}"
