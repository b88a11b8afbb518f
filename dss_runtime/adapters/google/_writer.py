"""Writing many records in few requests, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dss_runtime import Branch, Outcome, TransientError, Work
from dss_runtime._masking import scrub
from dss_runtime.adapters.google._client import Answer, Call, Directory
from dss_runtime.adapters.google._deleted import deleted_users, key_of
from dss_runtime.adapters.google._identity import is_holders, is_in_scope, names_of
from dss_runtime.adapters.google._look import fetched, has_values
from dss_runtime.adapters.google._memory import Memory
from dss_runtime.adapters.google._paths import Json
from dss_runtime.adapters.google._requests import Requests
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.adapters.google._trouble import Refusal
from dss_runtime.adapters.google._values import UnfitError


class Writer:
    """Writes the works of one branch and phase, once."""

    def __init__(
        self, directory: Directory, target: GoogleTarget, branch: Branch[Any, Any], memory: Memory
    ) -> None:
        self._directory = directory
        self._target = target
        self._kind = target.kind
        self._memory = memory
        self._branch = branch
        self._requests = Requests(target, branch, directory.settings)
        self._works: Sequence[Work] = ()
        self._outcomes: dict[int, Outcome] = {}
        self._later: dict[int, Refusal] = {}

    def write(self, works: Sequence[Work]) -> list[Outcome]:
        """Return the outcome of each work (TransientError where none was applied, but may be later)."""
        self._works = works
        for at, work in enumerate(works):
            outcome = self._requests.early(work)
            if outcome is not None:
                self._outcomes[at] = outcome
        calls = self._calls(self._current())
        while calls:
            calls = self._carried_out(calls)
        if self._later and not any(outcome.ok for outcome in self._outcomes.values()):
            self._raise_later()
        for at, refusal in self._later.items():
            self._outcomes[at] = Outcome.unknown(self._masked(at, refusal.text))
        return [self._outcomes[at] for at in range(len(works))]

    def _current(self) -> dict[int, Json]:
        """Return the resources as they are now that works are about."""
        calls: dict[int, Call] = {}
        for at in self._undecided():
            work = self._works[at]
            restored = self._memory.restored.get((work.branch, work.key))
            try:
                if self._requests.needs_current(work):
                    calls[at] = self._requests.get(work)
                elif restored is not None:
                    calls[at] = Call("get", {"userKey": restored})
            except UnfitError as error:
                self._reject(at, error)
        found: dict[int, Json] = {}
        ids: set[str] = set()
        for at, answer in zip(calls, fetched(self._directory, self._target, calls.values()), strict=True):
            if isinstance(answer, Refusal):
                self._refused(at, calls[at], answer.as_read())
                continue
            same = str(answer.get("id", ""))
            if same and same in ids and self._kind.collection != "members":
                self._outcomes[at] = Outcome.failed(f"another record is this {self._kind.noun} too")
            else:
                ids.add(same)
                found[at] = answer
        return found

    def _calls(self, current: Mapping[int, Json]) -> dict[int, Call]:
        """Return the first request of each work, parents before children where they are of one kind."""
        calls: dict[int, Call] = {}
        for at in self._undecided():
            try:
                call = self._call(self._works[at], current.get(at))
            except UnfitError as error:
                self._reject(at, error)
                continue
            if isinstance(call, Outcome):
                self._outcomes[at] = call
            else:
                calls[at] = call
        if not self._kind.ordered:
            return calls
        down = {at: self._depth(self._works[at]) for at in calls}
        is_old = any(work.phase == "old" for work in self._works)
        return {at: calls[at] for at in sorted(calls, key=down.__getitem__, reverse=is_old)}

    def _call(self, work: Work, current: Json | None) -> Call | Outcome:
        requests = self._requests
        if (work.branch, work.key) in self._memory.restored and current is not None:
            return requests.restore(work, current).then or Outcome.applied()
        if current is not None:
            return requests.change(work, current)
        deleted = self._deleted(work)
        return requests.create(work) if deleted is None else requests.restore(work, deleted)

    def _deleted(self, work: Work) -> Json | None:
        """Return the deleted user that *work* brings back."""
        if self._kind.collection != "users":
            return None
        if work.branch not in self._memory.deleted:
            self._memory.deleted[work.branch] = deleted_users(self._directory, self._target)
        return self._memory.deleted[work.branch].get(key_of(self._target, work.left))

    def _carried_out(self, calls: Mapping[int, Call]) -> dict[int, Call]:
        """Send *calls*, note what became of them, and return those that follow."""
        answers = self._directory.send(
            self._kind.collection, list(calls.values()), in_order=self._kind.ordered
        )
        follow: dict[int, Call] = {}
        for (at, call), answer in zip(calls.items(), answers, strict=True):
            if isinstance(answer, Refusal):
                self._refused(at, call, answer)
                continue
            self._note(at, call)
            if call.then is not None:
                follow[at] = call.then
            else:
                self._outcomes[at] = Outcome.applied()
        return follow

    def _note(self, at: int, call: Call) -> None:
        """Remember what *call* has made: it may take a while until Google knows it everywhere."""
        work = self._works[at]
        if call.method == "undelete":
            self._memory.restored[work.branch, work.key] = str(call.arguments["userKey"])
            self._memory.note([str(call.arguments["userKey"])])
        if call.method in ("insert", "undelete"):
            self._memory.note(names_of(self._target, work.left))

    def _refused(self, at: int, call: Call, refusal: Refusal) -> None:
        if refusal.meaning == "final" and call.method == "insert" and refusal.status == 409:
            self._conflict(at, refusal)
        elif refusal.meaning == "final" and call.method == "delete" and refusal.status == 404:
            self._outcomes[at] = Outcome.applied("it was gone")
        elif refusal.meaning == "transient" or self._memory.may_be_late(call, refusal):
            self._later[at] = refusal
        elif refusal.meaning == "unknown":
            self._outcomes[at] = Outcome.unknown(self._masked(at, refusal.text))
        elif call.method == "get" and refusal.status == 404:
            self._outcomes[at] = Outcome.failed(f"there is no such {self._kind.noun} any more")
        else:
            self._outcomes[at] = Outcome.failed(self._masked(at, refusal.text))

    def _conflict(self, at: int, refusal: Refusal) -> None:
        """Tell whether what is there already is what was to be made: the first answer may have been lost."""
        record = self._works[at].left
        call = Call("get", self._requests.found_by(names_of(self._target, record)))
        answer: Answer = fetched(self._directory, self._target, [call])[0]
        if isinstance(answer, Refusal):
            if answer.status != 404:
                self._later[at] = answer.as_read()
                return
        elif (
            is_holders(self._target, answer, record)
            and is_in_scope(self._target, answer)
            and has_values(self._target, answer, record)
        ):
            self._outcomes[at] = Outcome.applied("it was there already")
            return
        taken = f"{refusal.text}; another {self._kind.noun}, an alias or a group has this address"
        self._outcomes[at] = Outcome.failed(self._masked(at, taken))

    def _raise_later(self) -> None:
        """Nothing was applied: all may be tried again, when the last of them may."""
        waits = [each.retry_after for each in self._later.values() if each.retry_after]
        at, refusal = next(iter(self._later.items()))
        errors = [TransientError(self._masked(at, refusal.text), wait) for wait in (None, *waits)]
        raise max(errors, key=lambda error: error.retry_after or 0.0)

    def _depth(self, work: Work) -> int:
        """Return how far down in the tree of org units that of *work* is."""
        record = work.right if work.left is None else work.left
        return names_of(self._target, record)[0].count("/")

    def _undecided(self) -> list[int]:
        return [at for at in range(len(self._works)) if at not in self._outcomes and at not in self._later]

    def _reject(self, at: int, error: UnfitError) -> None:
        self._outcomes[at] = Outcome.rejected(self._masked(at, str(error)))

    def _masked(self, at: int, text: str) -> str:
        return scrub(text, *self._works[at].records)
