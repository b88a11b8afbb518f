"""Writing many records in few statements, so that a record that cannot be written fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Branch, Outcome
from dss_runtime._masking import scrub
from dss_runtime._template import Work
from dss_runtime._unclaimed import kept_fields
from dss_runtime.adapters.sql._database import driver_text
from dss_runtime.adapters.sql._given import given_by_database
from dss_runtime.adapters.sql._ids import KEYS_AT_ONCE
from dss_runtime.adapters.sql._statements import Statement, Statements, Values, holder_of
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._trouble import REFUSALS, is_transient, savepoint


class _Row(NamedTuple):
    """A work with its position, its parameters and its key as the columns hold it."""

    at: int
    work: Work
    values: Values
    key: tuple[Any, ...]


class _MissedError(Exception):
    """A statement did not hit exactly the rows that it should."""


class Writer:
    """Writes the works of one branch, in the transaction of a connection.

    A batch that the database refuses is halved until the records that are to blame are alone.
    """

    def __init__(
        self,
        connection: sa.Connection,
        target: SqlTarget,
        statements: Statements,
        branch: Branch[Any, Any],
    ) -> None:
        self._connection = connection
        self._target = target
        self._statements = statements
        self._branch = branch
        self._outcomes: dict[int, Outcome] = {}

    def write(self, works: Sequence[Work]) -> list[Outcome]:
        """Return the outcome of each work.

        Raises the database's own error, and leaves nothing written, when it may work later, and LostError
        when the transaction is gone.
        """
        with savepoint(self._connection):
            self._statements.ask(self._connection, [(work, holder_of(work, self._branch)) for work in works])
        groups: dict[tuple[str, int], tuple[Statement, list[_Row]]] = {}
        for at, work in enumerate(works):
            found = self._prepare(at, work)
            if isinstance(found, Outcome):
                self._outcomes[at] = found
            else:
                statement, row = found
                # A row without a key is found by what it holds: each has to be hit by itself.
                alone = -1 if work.adopts is None else at
                groups.setdefault((statement.sql, alone), (statement, []))[1].append(row)
        with savepoint(self._connection):
            for statement, rows in groups.values():
                self._apply(statement, rows)
            self._give(works)
        return [self._outcomes[at] for at in range(len(works))]

    def _give(self, works: Sequence[Work]) -> None:
        """Tell with the outcomes what the database itself has put into the rows."""
        written = {
            at: work for at, work in enumerate(works) if work.left is not None and self._outcomes[at].ok
        }
        given = given_by_database(
            self._connection, self._target, self._statements, [work.left for work in written.values()]
        )
        for at, work in written.items():
            if work.key in given:
                self._outcomes[at] = replace(self._outcomes[at], given=given[work.key])

    def _prepare(self, at: int, work: Work) -> Outcome | tuple[Statement, _Row]:
        """Return the statement for a work with its parameters, or why there is none."""
        holder = holder_of(work, self._branch)
        statement = self._statement(work)
        if isinstance(statement, Outcome):
            return statement
        try:
            by_key = statement.exactly and work.adopts is None
            key = self._statements.key_values(holder) if by_key else ()
            return statement, _Row(at, work, statement.values(work.left, holder), key)
        except REFUSALS as error:
            return self._failed(work, str(error))

    def _statement(self, work: Work) -> Statement | Outcome:
        if work.phase == "new":
            return self._new(work)
        if work.final:
            return self._statements.delete_disabled()
        if work.phase == "old":
            if self._target.old == "keep":
                return Outcome.skipped("old records of this branch are kept")
            return self._statements.old()
        return self._statements.update(work.attributes) or self._nothing(work)

    def _new(self, work: Work) -> Statement | Outcome:
        """Return what makes a new record: its row is made, or one that is there already becomes it."""
        existing = work.adopts or self._branch.retired.get(work.key)
        if existing is None:
            made = [name for name in self._target.key if name in self._statements.computed]
            if made:
                return Outcome.rejected(f"{', '.join(made)}: the database gives this key, and takes none")
            return self._statements.insert()
        kept = kept_fields(self._branch, existing, self._target.create_only)
        if work.adopts is not None:
            return self._statements.adopt(work.adopts, kept)
        return self._statements.revive(kept)

    def _nothing(self, work: Work) -> Outcome:
        """Return the outcome of a work none of whose attributes the adapter writes."""
        computed = [name for name in work.attributes if name in self._statements.computed]
        known = [name for name in work.attributes if name in self._target.columns and name not in computed]
        if known:
            return Outcome.skipped(f"{', '.join(known)}: by the schema, this is not written here")
        now = self._branch.get(work.key)
        if all(getattr(now, name, None) == getattr(work.left, name) for name in work.attributes):
            return Outcome.applied("follows from the other fields")
        if computed:
            why = f"the database computes this; say `sync: {{{computed[0]}: never}}` in the schema"
            return Outcome.rejected(f"{', '.join(computed)}: {why}")
        return Outcome.rejected(
            f"{', '.join(work.attributes)}: the table has no column for it; write a handler"
        )

    def _apply(self, statement: Statement, rows: Sequence[_Row]) -> None:
        """Execute *statement* for all *rows*, or, when that fails, for each half of them."""
        try:
            with savepoint(self._connection):
                self._execute(statement, rows)
        except _MissedError as error:
            reason = str(error)
        except REFUSALS as error:
            if is_transient(error):
                raise
            reason = driver_text(self._connection.engine, error)
            if isinstance(error, exc.IntegrityError) and len(rows) == 1 and not statement.exactly:
                reason += self._hint(rows[0].work)
        else:
            self._outcomes.update((row.at, Outcome.applied()) for row in rows)
            return
        if len(rows) == 1:
            self._outcomes[rows[0].at] = self._failed(rows[0].work, reason)
            return
        middle = len(rows) // 2
        self._apply(statement, rows[:middle])
        self._apply(statement, rows[middle:])

    def _execute(self, statement: Statement, rows: Sequence[_Row]) -> None:
        """Execute a statement; _MissedError unless every row is hit exactly once."""
        several = len(rows) > 1
        if several and statement.exactly and self._is_ambiguous([row.key for row in rows]):
            raise _MissedError
        values: Any = [row.values for row in rows] if several else rows[0].values
        result = self._connection.exec_driver_sql(
            statement.sql, values, execution_options={"preserve_rowcount": True}
        )
        if not statement.exactly or result.rowcount == len(rows):
            return
        if result.rowcount == 0:
            raise _MissedError("there is no such row any more")
        if rows[0].work.adopts is not None:
            raise _MissedError(f"{result.rowcount} rows of the table are like the one to adopt")
        raise _MissedError(f"the key is not unique in the table: {result.rowcount} rows have it")

    def _is_ambiguous(self, keys: Sequence[tuple[Any, ...]]) -> bool:
        """Return whether one of *keys* has several rows: the sum of all hits would not tell for sure."""
        for start in range(0, len(keys), KEYS_AT_ONCE):
            asked = self._statements.among(keys[start : start + KEYS_AT_ONCE])
            found = self._connection.execute(
                sa.select(sa.literal(1))
                .where(asked, *self._statements.scope())
                .group_by(*self._statements.key_columns())
                .having(sa.func.count() > 1)
                .limit(1)
            )
            if found.first() is not None:
                return True
        return False

    def _hint(self, work: Work) -> str:
        """Return what to add where the collation of the key is why a new row cannot be had."""
        query = self._statements.others_alike(self._statements.key_values(work.left))
        if query is None or self._connection.execute(query).first() is None:
            return ""
        return "; the column's collation takes for the same what are two keys: give it a binary collation"

    def _failed(self, work: Work, reason: str) -> Outcome:
        return Outcome.failed(scrub(reason, *work.records))
