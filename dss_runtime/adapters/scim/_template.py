"""The base of generated templates that write to a SCIM service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, ClassVar

from dss_runtime import DefaultTemplate, Outcome, PermanentError, TransientError, UnknownOutcomeError, Work
from dss_runtime._examining import Check
from dss_runtime._masking import scrub
from dss_runtime._template import MissingHandlerError
from dss_runtime.adapters.scim._http import RefusedError
from dss_runtime.adapters.scim._looking import look
from dss_runtime.adapters.scim._mapping import Mapped
from dss_runtime.adapters.scim._operations import Operation, Operations
from dss_runtime.adapters.scim._sending import NotDoneError, Result, groups, outcome_of, sent
from dss_runtime.adapters.scim._session import Held, Session, session_of
from dss_runtime.adapters.scim._target import ScimTarget
from dss_runtime.adapters.scim._writable import writable
from dss_runtime.codegen import DataStoreTree, override

_CHANGED = 412


class ScimTemplate(DefaultTemplate):
    """Writes records to the service that the tree's settings name; each request stands for itself.

    `targets` says how each branch is written. Many records go into one request where the service takes that.
    """

    targets: ClassVar[Mapping[str, ScimTarget]] = {}
    concurrent = True

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._unsent: set[tuple[str, str, object]] = set()
        self._guard = Lock()

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase.

        Raises TransientError where nothing was written. Where some were, those that were not are unknown
        until `look` says that they were never sent.
        """
        session = session_of(self.tree)
        with self._guard:
            self._unsent.difference_update(map(_ident, works))
        operations = self._operations(session, works[0].branch)
        found: dict[int, Outcome] = {}
        due: dict[int, Operation] = {}
        for at, work in enumerate(works):
            made = operations.of(work)
            if isinstance(made, Outcome):
                found[at] = made
            else:
                due[at] = made
        self._send(session, operations, due, found)
        return [_scrubbed(found[at], work) for at, work in enumerate(works)]

    @override
    def look(self, work: Work) -> Any:
        """Return the record as the service holds it now; NotImplemented where no resource is mapped."""
        with self._guard:
            if _ident(work) in self._unsent:
                self._unsent.discard(_ident(work))
                return work.right
        if work.branch not in self.targets:
            return NotImplemented
        session = session_of(self.tree)
        return look(session, self._mapped(session, work.branch), self._branch(work.branch), work)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what writing needs: that the service lets each column be written."""
        return writable(session_of(self.tree), self.targets)

    def _send(
        self, session: Session, operations: Operations, due: dict[int, Operation], found: dict[int, Outcome]
    ) -> None:
        """Send what is *due*, and note the outcomes in *found*."""
        numbers = {id(operation): at for at, operation in due.items()}
        begun, said = False, ""
        for group in groups(session, list(due.values())):
            results: list[Result] = [NotDoneError(said)] * len(group)
            if not said:
                try:
                    results = sent(session, group)
                except UnknownOutcomeError as error:
                    results = [error] * len(group)
                except TransientError as error:
                    if not begun:
                        raise
                    said = f"not sent: {error}"
                    results = [NotDoneError(said)] * len(group)
                begun = True
            for operation, result in zip(group, results, strict=True):
                found[numbers[id(operation)]] = self._settled(session, operations, operation, result)

    def _settled(
        self, session: Session, operations: Operations, operation: Operation, result: Result
    ) -> Outcome:
        """Return the outcome of an operation; what somebody else has changed meanwhile is looked at once."""
        if isinstance(result, RefusedError) and result.status == _CHANGED:
            try:
                again = operations.again(operation)
                if isinstance(again, Outcome):
                    return again
                (result,) = sent(session, [again])
            except UnknownOutcomeError as error:
                result = error
            except TransientError as error:
                result = NotDoneError(str(error))
        if isinstance(result, NotDoneError):
            with self._guard:
                self._unsent.add(_ident(operation.work))
        outcome = outcome_of(result)
        if outcome.ok:
            self._note(session, operation.work, result)
        return outcome

    def _note(self, session: Session, work: Work, result: Result) -> None:
        directory = session.directory(work.branch)
        if work.adopts is not None and work.adopts.key is not None:
            directory.forget(work.adopts.key)
        if isinstance(result, Held):
            directory.note(work.key, result)
        elif work.phase == "old":
            directory.forget(work.key)

    def _operations(self, session: Session, branch: str) -> Operations:
        mapped = self._mapped(session, branch)
        return Operations(session, mapped, self._branch(branch), session.directory(branch))

    def _mapped(self, session: Session, branch: str) -> Mapped:
        target = self.targets.get(branch)
        if target is None:
            raise MissingHandlerError(f"new_{branch}")
        names = [each for _, several in target.references for each in several]
        try:
            kind = session.service.kind(target.resource)
        except ValueError as error:
            raise PermanentError(str(error)) from None
        return Mapped(target, kind, {name: session.directory(name) for name in names})

    def _branch(self, name: str) -> Any:
        return next(each for each in self.tree.branches if each.name == name)


def _ident(work: Work) -> tuple[str, str, object]:
    return work.branch, work.phase, work.key


def _scrubbed(outcome: Outcome, work: Work) -> Outcome:
    return Outcome(outcome.status, scrub(outcome.reason, *work.records))
