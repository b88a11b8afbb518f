"""Templates that fail as they are told: by an exception, a wrong answer, or no method at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hypothesis import strategies as st

from dss_runtime import (
    Action,
    DataStoreTree,
    DefaultTemplate,
    Outcome,
    Phase,
    Status,
    TransientError,
    override,
)
from dss_runtime._template import MissingHandlerError, Work
from dss_runtime.codegen import Answer, adapter_writes


class CustomError(Exception):
    """An exception of nobody's library."""


@dataclass(frozen=True)
class Fault:
    """What a handler does: `act` is called at each try, with its number, and `expected` comes of it."""

    name: str
    act: Callable[[Action, int], Any]
    expected: Status
    attempts: int = 1


def _raises(error: BaseException) -> Callable[[Action, int], Any]:
    def act(action: Action, attempt: int) -> Any:
        raise error

    return act


def _transient(times: int) -> Callable[[Action, int], Any]:
    def act(action: Action, attempt: int) -> Any:
        if attempt <= times:
            raise TransientError("busy")

    return act


def _missing(action: Action, attempt: int) -> Any:
    raise MissingHandlerError(action.method)


def _generator(action: Action, attempt: int) -> Any:
    yield Outcome.applied()
    raise CustomError("half-way")


def _returns(value: object) -> Callable[[Action, int], Any]:
    return lambda action, attempt: value


FAULTS: tuple[Fault, ...] = (
    Fault("none", _returns(None), Status.APPLIED),
    Fault("applied", _returns(Outcome.applied("by hand")), Status.APPLIED),
    Fault("several applied", _returns([Outcome.applied(), Outcome.applied()]), Status.APPLIED),
    Fault("no outcomes at all", _returns([]), Status.APPLIED),
    Fault("skipped", _returns(Outcome.skipped("not now")), Status.SKIPPED),
    Fault("failed", _returns(Outcome.failed("no")), Status.FAILED),
    Fault("blocked", _returns(Outcome.blocked("no")), Status.BLOCKED),
    Fault("rejected", _returns(Outcome.rejected("no")), Status.REJECTED),
    Fault("unknown", _returns(Outcome.unknown("no answer")), Status.UNKNOWN),
    Fault("several", _returns((Outcome.applied(), Outcome.failed("no"))), Status.FAILED),
    Fault("true", _returns(True), Status.FAILED),
    Fault("text", _returns("applied"), Status.FAILED),
    Fault("number", _returns(1), Status.FAILED),
    Fault("a list of nothing", _returns([None]), Status.FAILED),
    Fault("generator", _generator, Status.FAILED),
    Fault("value error", _raises(ValueError("no")), Status.FAILED),
    Fault("custom error", _raises(CustomError()), Status.FAILED),
    Fault("stop iteration", _raises(StopIteration()), Status.FAILED),
    Fault("memory error", _raises(MemoryError()), Status.FAILED),
    Fault("recursion error", _raises(RecursionError("deep")), Status.FAILED),
    Fault("assertion error", _raises(AssertionError()), Status.FAILED),
    Fault("group", _raises(ExceptionGroup("two", [ValueError(), KeyError()])), Status.FAILED),
    Fault("missing", _missing, Status.SKIPPED),
    Fault("transient once", _transient(1), Status.APPLIED, 2),
    Fault("transient twice", _transient(2), Status.APPLIED, 3),
    Fault("transient for ever", _transient(99), Status.FAILED, 3),
)

Faults: TypeAlias = "dict[str, Fault]"
"""The fault of each action, by its message."""


def faults_of(actions: Sequence[Action]) -> st.SearchStrategy[Faults]:
    """Return a strategy of a fault for each of *actions*; most of them are none."""
    each = st.sampled_from(FAULTS) | st.just(FAULTS[0])
    return st.fixed_dictionaries({action.message: each for action in actions})


@dataclass
class Journal:
    """What was called, in order."""

    tried: list[str] = field(default_factory=list[str])
    hooks: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    phases: list[tuple[str, Phase]] = field(default_factory=list[tuple[str, Phase]])
    attempts: dict[str, int] = field(default_factory=dict[str, int])


def failing(
    faults: Faults,
    journal: Journal | None = None,
    frame: dict[tuple[str, Phase], BaseException] | None = None,
) -> type[DefaultTemplate]:
    """Return a template that does *faults*, raises at the frames in *frame*, and keeps a *journal*."""
    kept = journal or Journal()
    raised = frame or {}

    class Failing(DefaultTemplate):
        """Does as it is told."""

        def __init__(self, tree: DataStoreTree) -> None:
            super().__init__(tree)

        @override
        def perform(self, action: Action, /) -> Answer:
            message = action.message
            kept.tried.append(message)
            attempt = kept.attempts[message] = kept.attempts.get(message, 0) + 1
            fault = faults.get(message, FAULTS[0])
            answer: Answer = fault.act(action, attempt)
            return answer

        def frame(self, name: str, phase: Phase) -> None:
            """Note the frame and raise what was asked for."""
            kept.phases.append((name, phase))
            if (name, phase) in raised:
                raise raised[name, phase]

        @override
        def begin(self, phase: Phase) -> None:
            self.frame("begin", phase)

        @override
        def end(self, phase: Phase) -> None:
            self.frame("end", phase)

        @override
        def abandon(self, phase: Phase) -> None:
            self.frame("abandon", phase)

        @override
        def on_success(self, action: Action, outcome: Outcome) -> None:
            kept.hooks.append(("success", action.message))

        @override
        def on_failure(self, action: Action, outcome: Outcome) -> None:
            kept.hooks.append(("failure", action.message))

        @override
        def on_exception(self, action: Action, error: Exception) -> None:
            kept.hooks.append(("exception", action.message))

        @override
        def on_not_implemented(self, action: Action) -> None:
            kept.hooks.append(("not implemented", action.message))

    return Failing


def writing(wrote: Callable[[Sequence[Work]], Sequence[Outcome]], *methods: str) -> type[DefaultTemplate]:
    """Return a template that leaves *methods* to its adapter, which does *wrote*; handlers do the rest."""

    class Writing(DefaultTemplate):
        """Writes in batches."""

        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            return wrote(works)

        @override
        def perform(self, action: Action, /) -> Answer:
            return None

    def left_to_adapter(self: DefaultTemplate, action: Action, /) -> Outcome:
        return self.write_one(action)

    for method in methods:
        # One function each: the mark is set on the function.
        setattr(Writing, method, adapter_writes(_copy(left_to_adapter)))
    return Writing


def _copy(function: Callable[[Any, Action], Outcome]) -> Callable[[Any, Action], Outcome]:
    return lambda self, action, /: function(self, action)
