"""What goes wrong in a run, at which of its points.

A point is where a run touches the world: before and after each statement and commit of the journal and of the
target's database, each request and each answer.
"""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar, Literal, TypeAlias, cast
from weakref import WeakSet

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from dss_runtime import override
from dss_runtime.cli import _apply_settings, _clock
from dss_runtime.journal import _journal

Where: TypeAlias = Literal["journal", "target", "request"]


class Killed(BaseException):
    """The process is dead, as after SIGKILL: from here on each of its points raises this again.

    So nothing is cleaned up but what the operating system cleans up too: locks, and open transactions.
    """


@dataclass
class Faults:
    """What goes wrong in one run: `at` says what happens at the point with that number, from 1 on.

    `full` are systems whose disk takes so many more pages; `passed` is how many points there were.
    """

    at: dict[int, Callable[[Where], None]] = field(default_factory=dict[int, Callable[[Where], None]])
    full: dict[Where, int] = field(default_factory=dict[Where, int])
    dead: bool = False
    passed: int = 0

    def point(self, where: Where, *, done: bool = False) -> None:
        """Pass a point; *done* says that what is between two of them has been done.

        No driver raises an error for what it has done: such a one waits for the next point.
        """
        if self.dead:
            raise Killed
        self.passed += 1
        act = self.at.pop(self.passed, None)
        if act is None:
            return
        if done and act in (fail, busy):
            self.at[self.passed + 1] = act
        else:
            act(where)

    def kill(self, where: Where) -> None:
        """End the process."""
        self.dead = True
        raise Killed


def fail(where: Where) -> None:
    """Raise what the system at a point raises when it is in trouble."""
    if where == "request":
        raise RuntimeError("a handler fails")
    raise sqlite3.OperationalError("disk I/O error")


def busy(where: Where) -> None:
    """Raise what SQLite's driver raises when somebody else is writing."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    raise error


def interrupt(where: Where) -> None:
    """Send what Ctrl-C sends."""
    signal.raise_signal(signal.SIGINT)


class Clock:
    """The clock of the process, which may jump."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def jump(self, by: timedelta) -> Callable[[Where], None]:
        """Return what lets the clock jump."""

        def act(where: Where) -> None:
            self.ahead += by

        return act

    def now(self, zone: tzinfo | None = UTC) -> datetime:
        """Return what the clock shows."""
        return datetime.now(zone) + self.ahead


class _Cursor(sqlite3.Cursor):
    """Passes a point before and after each statement."""

    @property
    def _within(self) -> _Connection:
        return cast("_Connection", self.connection)

    @override
    def execute(self, *arguments: Any) -> Any:
        return self._within.around(super().execute, *arguments)

    @override
    def executemany(self, *arguments: Any) -> Any:
        return self._within.around(super().executemany, *arguments)


class _Connection(sqlite3.Connection):
    """A connection of SQLite whose statements and commits are points."""

    faults: ClassVar[Faults] = Faults()
    opened: ClassVar[WeakSet[_Connection]] = WeakSet()

    def __init__(self, database: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(database, *arguments, **options)
        self.opened.add(self)
        self._cursors: WeakSet[_Cursor] = WeakSet()
        self.where: Where = "journal" if str(database).endswith("journal.sqlite") else "target"
        super().execute("PRAGMA synchronous = OFF")
        pages = self.faults.full.get(self.where)
        if pages is not None:
            (held,) = super().execute("PRAGMA page_count").fetchone()
            super().execute(f"PRAGMA max_page_count = {held + pages}")

    def around(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Do something between two points."""
        self.faults.point(self.where)
        found = act(*arguments)
        self.faults.point(self.where, done=True)
        return found

    @override
    def cursor(self, factory: Any = None) -> Any:
        made = _Cursor(self)
        self._cursors.add(made)
        return made

    @override
    def close(self) -> None:
        """Close cursors first: one that an exception still holds would keep the file locked."""
        for cursor in self._cursors:
            cursor.close()
        self._cursors.clear()
        super().close()

    @override
    def execute(self, statement: str, *arguments: Any) -> Any:
        # What is not on the disk yet is not lost when a process is killed, only when the power is.
        return self.cursor().execute(statement.replace("synchronous = FULL", "synchronous = OFF"), *arguments)

    @override
    def executemany(self, *arguments: Any) -> Any:
        return self.cursor().executemany(*arguments)

    @override
    def commit(self) -> None:
        self.faults.point(self.where)
        super().commit()
        self.faults.point(self.where)  # a commit whose acknowledgement is lost is an error too


class _Driver:
    """What the journal needs of sqlite3."""

    Error = sqlite3.Error

    @staticmethod
    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return sqlite3.connect(*arguments, **options, factory=_Connection)


def _connecting(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
    options["factory"] = _Connection


@contextmanager
def injected(faults: Faults, clock: Clock, requests: Iterable[Any] = ()) -> Generator[None]:
    """Let *faults* happen in the block; *requests* are modules whose `urlopen` makes requests."""

    class Jumping(datetime):
        @override
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now(tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Connection, "faults", faults)
        patch.setattr(_journal, "sqlite3", _Driver)
        patch.setattr(_journal, "datetime", Jumping)
        patch.setattr(_clock, "utc_now", clock.now)
        patch.setattr(_apply_settings, "wait", _at_once)
        for module in requests:
            patch.setattr(module, "urlopen", _asking(faults, module.urlopen))
        event.listen(sa.Engine, "do_connect", _connecting)
        try:
            yield
        finally:
            for connection in _Connection.opened:
                connection.close()
            _Connection.opened.clear()
            event.remove(sa.Engine, "do_connect", _connecting)


def _asking(faults: Faults, urlopen: Callable[..., Any]) -> Callable[..., Any]:
    def ask(*arguments: Any, **options: Any) -> Any:
        faults.point("request")
        answer = urlopen(*arguments, **options)
        try:
            faults.point("request")
        except BaseException:
            answer.close()
            raise
        return answer

    return ask


def _at_once(_attempt: int) -> float:
    """Wait for nothing before the next try."""
    return 0.0
