"""The journal: every run, what it meant to do before it did it, and what became of it."""

from __future__ import annotations

import json
import platform
import secrets
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dss_runtime.journal._opening import JournalError, opened
from dss_runtime.journal._plans import give_back_plan
from dss_runtime.journal._pruning import OPEN, forget
from dss_runtime.journal._rows import RUN, WORK, run_of, work_of
from dss_runtime.journal._values import Bounds, LoggedWork, NewRun, Run, RunState, WorkState


class Journal:
    """The journal in one file: an SQLite database in WAL mode, whose every commit reaches the disk.

    A process that is killed loses nothing that it has noted. One process writes at a time; others wait.
    *key* is a mark of the key that values and targets are marked with (JournalError where it was another
    one). With *read_only* the file has to be there.
    """

    def __init__(self, path: Path, *, key: str = "", read_only: bool = False) -> None:
        self.path = path
        with self._errors():
            self._connection = opened(path, read_only=read_only)
        try:
            self._refuse_other_key(key, note=not read_only)
        except BaseException:
            self.close()
            raise

    def _refuse_other_key(self, key: str, *, note: bool) -> None:
        with self._errors():
            found = self._connection.execute("SELECT key FROM identity").fetchone()
        if found is None and key and note:
            with self.transaction() as connection:
                connection.execute("INSERT INTO identity VALUES (?, ?)", (key, secrets.token_hex(16)))
        elif found is not None and key and found[0] != key:
            raise JournalError(
                f"{self.path}: was written with another key, so that nothing in it would be known again: "
                "put the key back from a backup, or move the journal away and begin a new history"
            )

    @property
    def birth(self) -> str:
        """By which this journal is told from every other, as from one that was made when it was lost."""
        with self._errors():
            found = self._connection.execute("SELECT birth FROM identity").fetchone()
        return "" if found is None else str(found[0])

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
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def look_up(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that *question*, a SELECT, asks for; this writes nothing and waits for nobody."""
        with self._errors():
            return self._connection.execute(question, values).fetchall()

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
        """Note how a run has ended.

        The plan of one that has tried nothing may still be applied; the override of a good one is used.
        """
        with self.transaction() as connection:
            good = state in ("applied", "incomplete")
            if not good:
                give_back_plan(connection, run)
            connection.execute(
                "UPDATE runs SET state = ?, ended = ?, summary = ? WHERE id = ?",
                (state, _now(), json.dumps(summary), run),
            )
            if good and (override := summary.get("override")):
                connection.execute(
                    "INSERT OR IGNORE INTO overrides SELECT target, ?, id, started FROM runs WHERE id = ?",
                    (json.dumps(override, sort_keys=True), run),
                )

    def note(self, run: int, more: Mapping[str, Any]) -> None:
        """Add to what is known of a run, whether or not it has ended."""
        with self.transaction() as connection:
            row = connection.execute("SELECT summary FROM runs WHERE id = ?", (run,)).fetchone()
            if row is not None:
                told = json.dumps({**json.loads(row[0]), **more})
                connection.execute("UPDATE runs SET summary = ? WHERE id = ?", (told, run))

    def runs(self, limit: int = 20) -> list[Run]:
        """Return the latest runs, the newest first; all of them where *limit* is -1."""
        return self._runs("ORDER BY id DESC LIMIT ?", limit)

    def run(self, number: int) -> Run | None:
        """Return the run with this number, None when there is none."""
        return next(iter(self._runs("WHERE id = ?", number)), None)

    def applied(self, plan: str) -> tuple[int, datetime] | None:
        """Return which run has applied the plan with this mark, or begun to, and when; None when none has."""
        return self._used("SELECT run, at FROM plans WHERE mark = ?", plan)

    def overridden(self, target: str, override: Mapping[str, Any]) -> tuple[int, datetime] | None:
        """Return which run on *target* that came to its end had *override*, and when; None when none had."""
        told = json.dumps(override, sort_keys=True)
        return self._used("SELECT run, at FROM overrides WHERE target = ? AND told = ?", target, told)

    def _used(self, question: str, *values: str) -> tuple[int, datetime] | None:
        found = self.look_up(question, *values)
        return (found[0][0], datetime.fromisoformat(found[0][1])) if found else None

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

    def created_since(self, target: str, run: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield branch and key of what runs on *target* after the one with the number *run* created."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT DISTINCT branch, key FROM works JOIN runs ON runs.id = works.run WHERE target = ? "
                "AND runs.id > ? AND phase = 'new' AND remark = '' AND works.state IN ('applied', 'written')",
                (target, run),
            )
            for branch, key in rows:
                yield branch, json.loads(key)

    def unfinished(self, target: str) -> list[Run]:
        """Return the runs on *target* that nobody has settled yet, oldest first.

        They were killed, or it is not known of some of their works what became of them, however they ended.
        """
        return self._runs(
            f"WHERE target = ? AND ({OPEN} OR (settled IS NULL AND state = 'abandoned')) ORDER BY id",
            target,
        )

    def _runs(self, condition: str, *values: object) -> list[Run]:
        with self._errors():
            rows = self._connection.execute(f"SELECT {RUN} FROM runs {condition}", values).fetchall()
        return [run_of(row) for row in rows]

    # -- works ----------------------------------------------------------------------------------------

    def add_works(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Note works, or note them anew: the columns of the table in its order, but for the last two."""
        now = _now()
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO works VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                ((*row, now) for row in rows),
            )

    def settle_works(self, run: int, found: Iterable[tuple[int, WorkState, str, int, float | None]]) -> None:
        """Note what became of works: number, state, reason, attempts and, where they are known, seconds."""
        now = _now()
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE works SET state = ?, reason = ?, attempts = ?, at = ?, "
                "seconds = coalesce(?, seconds) WHERE run = ? AND number = ?",
                (
                    (state, reason, tries, now, seconds, run, number)
                    for number, state, reason, tries, seconds in found
                ),
            )

    def settled(self, run: int, by: int) -> None:
        """Note that the run *by* has looked at what became of the works of *run*."""
        with self.transaction() as connection:
            connection.execute("UPDATE runs SET settled = ? WHERE id = ?", (by, run))

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
            rows = self._connection.execute(f"SELECT {WORK} FROM works WHERE run = ? ORDER BY number", (run,))
            for row in rows:
                yield work_of(row)

    def last_clock(self, target: str, before: int | None = None) -> datetime | None:
        """Return what the clock told the last run on *target*, of those *before* a run; None for none."""
        found = self._runs(
            "WHERE target = ? AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT 1", target, before, before
        )
        return found[0].started if found else None

    # -- what is set aside ----------------------------------------------------------------------------

    def aside(self, target: str, branch: str) -> dict[str, tuple[datetime, int | None]]:
        """Return by key since when records are set aside, and the first run that found each due."""
        with self._errors():
            rows = self._connection.execute(
                "SELECT key, since, due FROM aside WHERE target = ? AND branch = ?", (target, branch)
            ).fetchall()
        return {key: (datetime.fromisoformat(since), due) for key, since, due in rows}

    def note_aside(self, target: str, branch: str, found: Iterable[tuple[str, datetime, int | None]]) -> None:
        """Note all that is set aside in a branch; what was and is not any more is forgotten."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM aside WHERE target = ? AND branch = ?", (target, branch))
            connection.executemany(
                "INSERT INTO aside VALUES (?, ?, ?, ?, ?)",
                ((target, branch, key, since.isoformat(), due) for key, since, due in found),
            )

    # -- bounds ---------------------------------------------------------------------------------------

    def prune(self, bounds: Bounds) -> int:
        """Forget runs beyond *bounds*, the oldest first, as `forget` does; return how many."""
        with self.transaction() as connection:
            found = forget(connection, bounds)
        if found:
            with self._errors():
                # Not `execute`, which takes one step of a statement without columns: that frees one page.
                self._connection.executescript("PRAGMA incremental_vacuum")
        return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
