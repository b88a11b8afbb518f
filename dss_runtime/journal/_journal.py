"""The journal: every run, what it meant to do before it did it, and what became of it."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dss_runtime._errors import DssError
from dss_runtime.journal._schema import STATEMENTS, VERSION
from dss_runtime.journal._values import Bounds, LoggedWork, NewRun, Run, RunState, WorkState

_RUN = (
    'id, command, "left", "right", branches, started, ended, state, plan, undoes, schema, target, versions, '
    "summary"
)

_PRUNABLE = (
    "state != 'running' "
    "AND NOT EXISTS (SELECT 1 FROM works WHERE run = id AND works.state IN ('intended', 'written')) "
    "AND id NOT IN (SELECT max(runs.id) FROM runs, json_each(runs.branches) "
    "WHERE state IN ('applied', 'incomplete') GROUP BY target, \"left\", command = 'undo', value)"
)


class JournalError(DssError):
    """The journal cannot be read or written; a run that cannot be journalled does not write."""


class Journal:
    """The journal in one file: an SQLite database in WAL mode, whose every commit reaches the disk.

    A process that is killed loses nothing that it has noted. One process writes at a time; others wait.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._errors():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._prepare()

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA auto_vacuum = INCREMENTAL")  # counts before there is a table; so a pruned journal shrinks
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA foreign_keys = ON")
        with self.transaction():
            (found,) = run("PRAGMA user_version").fetchone()
            if found == 0:
                for statement in STATEMENTS:
                    run(statement)
                run(f"PRAGMA user_version = {VERSION}")
            elif found != VERSION:
                raise JournalError(
                    f"{self.path}: is a journal of version {found}, this version of dss writes {VERSION}: "
                    "use the version that has written it, or move the file away"
                )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(f"{self.path}: the journal cannot be used: {error}") from error

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Give the connection within one transaction (JournalError when it cannot be committed)."""
        with self._errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    # -- runs -----------------------------------------------------------------------------------------

    def begin(self, run: NewRun, versions: Mapping[str, str]) -> int:
        """Note that a run begins, and return its number.

        Runs on the same target that never ended were killed: they are marked as abandoned.
        """
        known = {"python": platform.python_version(), **versions}
        with self.transaction() as connection:
            connection.execute(
                "UPDATE runs SET state = 'abandoned', ended = ? WHERE target = ? AND state = 'running'",
                (_now(), run.target),
            )
            cursor = connection.execute(
                'INSERT INTO runs (command, "left", "right", branches, started, state, plan, undoes, schema, '
                "target, versions) VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?)",
                (
                    run.command,
                    run.left,
                    run.right,
                    json.dumps(run.branches),
                    _now(),
                    run.plan,
                    run.undoes,
                    run.schema,
                    run.target,
                    json.dumps(known),
                ),
            )
            number = cursor.lastrowid or 0
            if run.plan is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO plans VALUES (?, ?, ?)", (run.plan, number, _now())
                )
        return number

    def running(self, target: str) -> tuple[int, ...]:
        """Return the numbers of the runs on *target* that never ended: alive, or killed."""
        runs = self._runs("WHERE target = ? AND state = 'running' ORDER BY id", target)
        return tuple(run.id for run in runs)

    def end(self, run: int, state: RunState, summary: Mapping[str, Any]) -> None:
        """Note how a run has ended; the plan of one that has tried nothing may still be applied."""
        with self.transaction() as connection:
            if state not in ("applied", "incomplete"):
                _give_back_plan(connection, run)
            connection.execute(
                "UPDATE runs SET state = ?, ended = ?, summary = ? WHERE id = ?",
                (state, _now(), json.dumps(summary), run),
            )

    def note(self, run: int, more: Mapping[str, Any]) -> None:
        """Add to what is known of a run, whether or not it has ended."""
        with self.transaction() as connection:
            row = connection.execute("SELECT summary FROM runs WHERE id = ?", (run,)).fetchone()
            if row is not None:
                told = json.dumps({**json.loads(row[0]), **more})
                connection.execute("UPDATE runs SET summary = ? WHERE id = ?", (told, run))

    def runs(self, limit: int = 20) -> list[Run]:
        """Return the latest runs, the newest first."""
        return self._runs("ORDER BY id DESC LIMIT ?", limit)

    def run(self, number: int) -> Run | None:
        """Return the run with this number, None when there is none."""
        return next(iter(self._runs("WHERE id = ?", number)), None)

    def applied(self, plan: str) -> tuple[int, datetime] | None:
        """Return which run has applied the plan with this mark, or begun to, and when; None when none has."""
        with self._errors():
            found = self._connection.execute("SELECT run, at FROM plans WHERE mark = ?", (plan,)).fetchone()
        return None if found is None else (found[0], datetime.fromisoformat(found[1]))

    def wrote_after(self, target: str, run: int) -> int | None:
        """Return the last run on *target* after *run* that has tried something, None when there was none."""
        with self._errors():
            row = self._connection.execute(
                "SELECT max(id) FROM runs WHERE target = ? AND id > ? "
                "AND EXISTS (SELECT 1 FROM works WHERE works.run = id)",
                (target, run),
            ).fetchone()
        return None if row[0] is None else int(row[0])

    def latest(self, target: str) -> int:
        """Return the number of the last run on *target*, 0 when there was none."""
        with self._errors():
            row = self._connection.execute("SELECT max(id) FROM runs WHERE target = ?", (target,)).fetchone()
        return int(row[0] or 0)

    def good(self, target: str) -> list[Run]:
        """Return the runs on *target* that came to their end, newest first."""
        return self._runs("WHERE target = ? AND state IN ('applied', 'incomplete') ORDER BY id DESC", target)

    def created_since(self, target: str, run: int) -> dict[str, int]:
        """Return how many records runs on *target* after the one with the number *run* created, by branch."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT branch, count(*) FROM works JOIN runs ON runs.id = works.run WHERE target = ? "
                "AND runs.id > ? AND phase = 'new' AND works.state IN ('applied', 'written') GROUP BY branch",
                (target, run),
            ).fetchall()
        return dict(rows)

    def unfinished(self, target: str) -> list[Run]:
        """Return the runs on *target* that were killed and whose works nobody has looked at since."""
        return self._runs(
            "WHERE target = ? AND state IN ('running', 'abandoned') AND EXISTS (SELECT 1 FROM works "
            "WHERE run = id AND works.state IN ('intended', 'written')) ORDER BY id",
            target,
        )

    def _runs(self, condition: str, *values: object) -> list[Run]:
        with self._errors():
            rows = self._connection.execute(f"SELECT {_RUN} FROM runs {condition}", values).fetchall()
        return [_run(row) for row in rows]

    # -- works ----------------------------------------------------------------------------------------

    def add_works(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Note works, or note them anew: the columns of the table in its order, `at` left out."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO works VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((*row, _now()) for row in rows),
            )

    def settle_works(self, run: int, found: Iterable[tuple[int, WorkState, str, int]]) -> None:
        """Note what became of works: number, state, reason and attempts of each."""
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE works SET state = ?, reason = ?, attempts = ?, at = ? WHERE run = ? AND number = ?",
                ((state, reason, tries, _now(), run, number) for number, state, reason, tries in found),
            )

    def commit_phase(self, run: int, phase: str) -> None:
        """Note that what was written in *phase* stays."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE works SET state = 'applied', at = ? "
                "WHERE run = ? AND phase = ? AND state = 'written'",
                (_now(), run, phase),
            )

    def works(self, run: int) -> Iterator[LoggedWork]:
        """Yield what a run did or meant to do, in its order."""
        with self._errors():
            rows = self._connection.execute(
                'SELECT number, phase, branch, key, actions, "before", "after", state, reason, attempts '
                "FROM works WHERE run = ? ORDER BY number",
                (run,),
            )
            for row in rows:
                yield _work(row)

    # -- bounds ---------------------------------------------------------------------------------------

    def prune(self, bounds: Bounds) -> int:
        """Forget runs beyond *bounds*, the oldest first; return how many.

        What is going on or was killed and is not resolved stays, and so does the last run that came to its
        end on each target: the next one is compared with it, however long ago it was.
        """
        oldest = (datetime.now(UTC) - timedelta(days=bounds.keep_days)).isoformat(timespec="seconds")
        with self.transaction() as connection:
            found = connection.execute(
                f"DELETE FROM runs WHERE {_PRUNABLE} "
                "AND (started < ? OR id NOT IN (SELECT id FROM runs ORDER BY id DESC LIMIT ?))",
                (oldest, bounds.keep_runs),
            ).rowcount
            while (
                self._size() > bounds.max_size
                and connection.execute(
                    f"DELETE FROM runs WHERE id = (SELECT min(id) FROM runs WHERE {_PRUNABLE})"
                ).rowcount
            ):
                found += 1
        if found:
            with self._errors():
                # Not `execute`, which takes one step of a statement without columns: that frees one page.
                self._connection.executescript("PRAGMA incremental_vacuum")
        return found

    def _size(self) -> int:
        """Return how many bytes of the file hold something."""
        pages, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def _give_back_plan(connection: sqlite3.Connection, run: int) -> None:
    """Note that the plan of *run* is as far as the last run that has tried something of it."""
    connection.execute(
        "UPDATE plans SET run = (SELECT max(id) FROM runs WHERE plan = mark "
        "AND EXISTS (SELECT 1 FROM works WHERE works.run = id)) WHERE run = ? "
        "AND EXISTS (SELECT 1 FROM runs JOIN works ON works.run = id WHERE plan = mark)",
        (run,),
    )
    connection.execute(
        "DELETE FROM plans WHERE run = ? AND NOT EXISTS (SELECT 1 FROM works WHERE works.run = plans.run)",
        (run,),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _run(row: tuple[Any, ...]) -> Run:
    (number, command, left, right, branches, started, ended, state, plan, undoes, schema, target, versions,
     summary) = row  # fmt: skip
    return Run(
        id=number,
        command=command,
        left=left,
        right=right,
        branches=tuple(json.loads(branches)),
        started=datetime.fromisoformat(started),
        ended=None if ended is None else datetime.fromisoformat(ended),
        state=state,
        plan=plan,
        undoes=undoes,
        schema=schema,
        target=target,
        versions=json.loads(versions),
        summary=json.loads(summary),
    )


def _work(row: tuple[Any, ...]) -> LoggedWork:
    number, phase, branch, key, actions, before, after, state, reason, attempts = row
    return LoggedWork(
        number=number,
        phase=phase,
        branch=branch,
        key=json.loads(key),
        actions=tuple((kind, attribute, message) for kind, attribute, message in json.loads(actions)),
        before=None if before is None else json.loads(before),
        after=None if after is None else json.loads(after),
        state=state,
        reason=reason,
        attempts=attempts,
    )
