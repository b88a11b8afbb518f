"""A service without transactions that creates twice when asked twice, and that fails by a schedule."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias

from hypothesis import strategies as st

from dss_runtime import (
    Action,
    DefaultTemplate,
    Model,
    Outcome,
    PermanentError,
    Policy,
    TransientError,
    UnknownOutcomeError,
    Work,
    override,
)
from dss_runtime.codegen import adapter_writes
from tests.runtime.things import Things, things

Fault: TypeAlias = Literal[
    "transient", "throttled", "lost before", "lost after", "unknown before", "unknown after", "permanent"
]
FAULTS: tuple[Fault, ...] = (
    "transient", "throttled", "lost before", "lost after", "unknown before", "unknown after", "permanent"
)  # fmt: skip

Names: TypeAlias = Mapping[str, str]
"""The name of each thing, by its key."""

Schedule: TypeAlias = Mapping[str, Sequence[Fault]]
"""What happens at each try, by the key of the record; after that everything works."""

RETRY_AFTER = 7.0

worlds = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y"]), max_size=5)
schedules = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from(FAULTS), max_size=5))


def always(fault: Fault) -> Sequence[Fault]:
    """Return a schedule of one fault, more often than anybody tries."""
    found: list[Fault] = [fault]
    return found * 99


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def policy(self, **options: Any) -> Policy:
        """Return a policy that lives in this time, and for which a system is never away for its failures."""
        fixed: dict[str, Any] = {"clock": self, "sleep": self.sleep, "guarded": False, "away_after": 10**6}
        given = {**fixed, **options}
        return Policy(**given)


@dataclass
class Service:
    """The service: a list, so that a record can be there twice. `tries` are (key, time), `looked` keys."""

    clock: Clock
    faults: dict[str, list[Fault]]
    rows: list[tuple[str, str]]
    tries: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    looked: list[str] = field(default_factory=list[str])
    mutex: Any = field(default_factory=threading.RLock)

    def carry_out(self, work: Work) -> Outcome:
        """Do a work, unless the schedule has something else in store."""
        key = str(work.key)
        with self.mutex:
            self.tries.append((key, self.clock()))
            fault = self.faults[key].pop(0) if self.faults.get(key) else None
            if fault == "transient":
                raise TransientError("busy")
            if fault == "throttled":
                raise TransientError("slower", RETRY_AFTER)
            if fault == "permanent":
                raise PermanentError("no")
            if fault is None or fault.endswith("after"):
                self._change(work)
            if fault is not None and fault.startswith("lost"):
                raise UnknownOutcomeError("timed out")
            return Outcome.applied() if fault is None else Outcome.unknown("no answer")

    def refuse_busy(self, works: Sequence[Work]) -> None:
        """Raise TransientError before anything is written, where the schedule has that for one of *works*."""
        for work in works:
            due = self.faults.get(str(work.key))
            if due and due[0] in ("transient", "throttled"):
                due.pop(0)
                raise TransientError("busy")

    def _change(self, work: Work) -> None:
        key = str(work.key)
        if work.phase != "new":
            assert key in dict(self.rows), "this was done already"
            self.rows.remove((key, dict(self.rows)[key]))
        if work.phase != "old":
            self.rows.append((key, work.left.name))

    def holds(self, key: str) -> Model | None:
        """Return the record with that key."""
        with self.mutex:
            self.looked.append(key)
            name = dict(self.rows).get(key)
            return None if name is None else Model(key, name=name)

    @contextmanager
    def undone_on_error(self) -> Any:
        """Leave the rows as they were when the block raises."""
        before = list(self.rows)
        try:
            yield
        except BaseException:
            self.rows[:] = before
            raise


def handlers(service: Service, *, looks: bool = True) -> type[DefaultTemplate]:
    """Return a template whose handlers ask the service for one record at a time, several at once."""

    class Handlers(DefaultTemplate):
        concurrent = True

        def new_things(self, action: Action, /) -> Outcome:
            """Make, change or remove a row."""
            phase: Any = action.kind if action.kind in ("new", "old") else "changed"
            return service.carry_out(Work(phase, action.branch, action.key, (action,)))

        changed_things = old_things = new_things

        if looks:

            @override
            def look(self, work: Work) -> Any:
                return service.holds(str(work.key))

    return Handlers


def batches(service: Service, *, atomic: bool = False, looks: bool = True) -> type[DefaultTemplate]:
    """Return a template that writes in batches; one that breaks off is kept in part unless it is *atomic*."""

    def write_one(name: str) -> Callable[[Any, Action], Outcome]:
        @adapter_writes
        def method(self: DefaultTemplate, action: Action, /) -> Outcome:
            return self.write_one(action)

        return method

    class Batches(DefaultTemplate):
        atomic_writes: ClassVar[bool] = atomic
        concurrent = not atomic

        new_things = write_one("new_things")
        old_things = write_one("old_things")
        changed_things_name = write_one("changed_things_name")

        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            if not looks:
                service.refuse_busy(works)
            if not atomic:
                return [service.carry_out(work) for work in works]
            with service.undone_on_error():
                return [service.carry_out(work) for work in works]

        if looks:

            @override
            def look(self, work: Work) -> Any:
                return service.holds(str(work.key))

    return Batches


def target(
    held: Names, schedule: Schedule, make: Callable[[Service], type[DefaultTemplate]]
) -> tuple[Service, Things]:
    """Return a service that holds things of these names, and a tree that has read it."""
    service = Service(Clock(), {key: list(faults) for key, faults in schedule.items()}, list(held.items()))
    return service, source(held, make(service))


def source(names: Names, template: type[DefaultTemplate] = DefaultTemplate) -> Things:
    """Return a tree of things of these names."""
    return things({key: {"name": name} for key, name in names.items()}, template=template)
