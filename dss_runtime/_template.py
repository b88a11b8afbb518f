"""A template: the class whose methods carry out the actions on the right side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar, cast

from dss_runtime._actions import Action, Phase, RecordChange
from dss_runtime._errors import DssError
from dss_runtime._examining import Check
from dss_runtime._outcomes import Outcome, worst
from dss_runtime._routes import Route, values_of
from dss_runtime._typing import override
from dss_runtime._unclaimed import Unclaimed
from dss_runtime._unguarded import unguarded

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree

F = TypeVar("F", bound=Callable[..., Any])

Answer: TypeAlias = Outcome | Iterable[Outcome] | None
"""What a handler returns: None is "applied", several outcomes count as the worst of them."""

Transactions: TypeAlias = Literal["phase", "record", "none"]
"""What a system keeps or undoes as one: a phase, the work on one record, or nothing."""


class MissingHandlerError(DssError):
    """The template has no method for an action."""

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self.method = method

    @override
    def __str__(self) -> str:
        return f"not implemented: {self.method}"


@unguarded(frozen=True, slots=True)
class Work:
    """All actions of one record in one phase: what is written, and what becomes of it, as a unit.

    `number` is the place of its first action in the plan, from 1 on; 0 outside of a run.
    """

    phase: Phase
    branch: str
    key: Hashable = field(repr=False)
    actions: tuple[Action, ...]
    number: int = field(default=0, compare=False)

    @property
    def left(self) -> Any:
        """The left record; None in the old phase."""
        return self.actions[0].left

    @property
    def right(self) -> Any:
        """The right record; None in the new phase."""
        return self.actions[0].right

    @property
    def adopts(self) -> Unclaimed | None:
        """The record of the target that a new one adopts; None where it is created."""
        first = self.actions[0]
        return first.adopts if first.kind == "new" else None

    @property
    def final(self) -> bool:
        """Whether a record is deleted that was set aside before."""
        first = self.actions[0]
        return first.kind == "old" and first.final

    @property
    def records(self) -> tuple[object, ...]:
        """All records that the work is about: what may be told of it has to be masked by them."""
        return self.left, self.right, self.adopts

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that differ, each once, in order; empty in the new and old phases."""
        if len(self.actions) == 1:
            attribute: str | None = self.actions[0].attribute
            return () if attribute is None else (attribute,)
        return tuple(dict.fromkeys(str(each.attribute) for each in self.actions if each.attribute))


def adapter_writes(method: F) -> F:
    """Mark a generated method whose body leaves the action to the adapter, which can write many at once."""
    method.__adapter_writes__ = True  # type: ignore[attr-defined]
    return method


class DefaultTemplate:
    """Finds the method for an action by name: `new_students`, `old_students`, `changed_students_email`.

    For a difference inside a record, `changed_students` is tried after the method of the attribute. A
    method takes the action; returning None means that it was applied, raising that it was not. What no
    method is found for is reported and left as it is.

    A generated subclass says in `__routes__`, by branch, that its methods are typed: they take the values of
    the action too, and there is one for each difference that the tree is asked to carry out.
    """

    __routes__: ClassVar[Mapping[str, Route]] = {}

    transactions: Transactions = "none"
    """What is kept or undone as one. With "record" no batch holds more than one."""
    batch_size: ClassVar[int] = 1000
    """How many works a `write` gets at a time at most, where the policy says nothing else."""
    atomic_writes: ClassVar[bool] = False
    """Whether a `write` that raises has left nothing behind, so that its works may be tried in parts."""
    concurrent: ClassVar[bool] = False
    """Whether handlers, `write` and `look` may run at once in several threads, each for other records.

    Only with `transactions` "none": threads cannot share a transaction.
    """

    def __init__(self, tree: DataStoreTree) -> None:
        self.tree = tree

    # -- carrying out ---------------------------------------------------------------------------------

    def __call__(self, action: Action, /) -> Outcome:
        """Carry out one action and return its outcome; what the handler raises passes through."""
        return outcome_of(self.perform(action))

    def perform(self, action: Action, /) -> Answer:
        """Call the method for *action* (MissingHandlerError when there is none)."""
        route = self.__routes__.get(action.branch)
        if route is not None:
            return self._perform_typed(action, route)
        names = [action.method] if action.attribute is None else [action.method, f"changed_{action.branch}"]
        for name in names:
            handler: Callable[[Action], Answer] | None = getattr(self, name, None)
            if callable(handler):
                return handler(action)
        raise MissingHandlerError(action.method)

    def _perform_typed(self, action: Action, route: Route) -> Answer:
        """Call the generated method for *action*, or the project's in its place."""
        if action.method in route.unowned:
            return self.unhandled(action)
        if route.by_record and action.kind != "new" and action.kind != "old":
            return self.perform_record(
                RecordChange(action.branch, action.key, action.left, action.right, (action,))
            )
        self.require_filled(action)
        handler: Callable[..., Answer] | None = getattr(self, action.method, None)
        if handler is None:
            raise MissingHandlerError(action.method)
        return handler(action, **values_of(action))

    def perform_record(self, change: RecordChange[Any, Any, Any], /) -> Answer:
        """Call the method for all attribute changes of one record."""
        if change.branch in self.__routes__:
            self.require_filled(change)
        handler: Callable[..., Answer] | None = getattr(self, change.method, None)
        if not callable(handler):
            raise MissingHandlerError(change.method)
        return handler(change)

    def leaves_to_adapter(self, method: str) -> bool:
        """Return whether the method of that name was generated and not overridden."""
        return getattr(getattr(type(self), method, None), "__adapter_writes__", False) is True

    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase that are left to the adapter; one outcome for each.

        TransientError says that nothing was written and that it may be later, UnknownOutcomeError that nobody
        knows; what else is raised is for good.
        """
        raise MissingHandlerError(works[0].actions[0].method)

    def look(self, work: Work) -> Any:
        """Return the record of *work* as the target holds it now, None when it does not hold it.

        Asked where it is not known whether a work has happened: what has is not done again, what has not is.
        NotImplemented, as here, says that this cannot be told, and leaves the outcome unknown. A disabled
        record counts as not held.
        """
        return NotImplemented

    def write_one(self, action: Action, /) -> Outcome:
        """Write a single action through the adapter, as a handler does that calls the base's method."""
        phase: Phase = action.kind if action.kind == "new" or action.kind == "old" else "changed"
        return self.write([Work(phase, action.branch, action.key, (action,))])[0]

    def write_record(self, change: RecordChange[Any, Any, Any], /) -> Outcome:
        """Write all attribute changes of a record through the adapter."""
        return self.write([Work("changed", change.branch, change.key, change.changes)])[0]

    def unhandled(self, action: Action, /) -> Outcome:
        """Return the outcome of a difference that this tree is not asked to carry out."""
        return Outcome.skipped(f"{self.tree.name} does not own {action.attribute or action.branch}")

    def require_filled(self, item: Action | RecordChange[Any, Any, Any], /) -> None:
        """Raise MissingHandlerError when the handler is a stub that nobody has filled in.

        Such a stub returns None, which from a handler that was written would mean "applied".
        """
        handler = getattr(type(self), item.method, None)
        if _is_stub(handler):
            raise MissingHandlerError(item.method)

    def unfilled(self) -> list[str]:
        """Return the names of the handlers that are stubs, which nobody has filled in."""
        branches = tuple(f"_{name}" for name in self.__routes__)
        return [
            name
            for name in dir(type(self))
            if name.startswith(_KINDS)
            and any(part in name for part in branches)
            and _is_stub(getattr(type(self), name))
        ]

    # -- the run's frame ------------------------------------------------------------------------------

    def begin(self, phase: Phase) -> None:
        """Called before the first action of a phase: where a transaction begins."""

    def end(self, phase: Phase) -> None:
        """Called after the last action of a phase: where it is committed."""

    def abandon(self, phase: Phase) -> None:
        """Called instead of `end` when the phase cannot be finished: where it is rolled back."""

    def single(self) -> AbstractContextManager[object]:
        """Return what a handler's call runs inside, so that one that fails leaves nothing half-done."""
        return nullcontext()

    def examine(self) -> Iterable[Check]:
        """Yield what is found of the system for `dss doctor`, as the importer does: what writing needs."""
        return ()

    # -- hooks ----------------------------------------------------------------------------------------

    def on_success(self, action: Action, outcome: Outcome) -> None:
        """Called for each action that was applied, once its phase has ended."""

    def on_failure(self, action: Action, outcome: Outcome) -> None:
        """Called for each action that ended in any other way, once its phase has ended."""

    def on_exception(self, action: Action, error: Exception) -> None:
        """Called at once when a handler raised, before it is decided whether to try again."""

    def on_not_implemented(self, action: Action) -> None:
        """Called for an action that no method is found for."""


def _stub() -> None:
    """A function of this shape is all that a generated stub is."""


def outcome_of(answer: Answer) -> Outcome:
    """Return the one outcome that a handler's answer stands for (TypeError for any other answer)."""
    if answer is None:
        return Outcome.applied()
    if isinstance(answer, Outcome):
        return answer
    several: list[Any] = list(answer) if isinstance(cast("object", answer), Iterable) else [answer]
    for each in several:
        if not isinstance(each, Outcome):
            raise TypeError(
                f"a handler has returned {type(each).__name__}: return an Outcome, several, or None"
            )
    return worst(several)


_KINDS = ("new_", "old_", "changed_", "added_", "removed_")


def _is_stub(handler: object) -> bool:
    made: object = getattr(handler, "__code__", None)
    return getattr(made, "co_code", b"") == _stub.__code__.co_code
