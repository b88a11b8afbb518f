"""Writing many records in few statements, so that a record that cannot be written fails alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from dss_runtime.adapters.sql._parameters import Column, Statement
from dss_runtime.adapters.sql._statements import Statements, holder_of
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._trouble import REFUSALS, is_transient, savepoint


class _Due(NamedTuple):
    """A work with its position, and the record by which its row is found."""

    at: int
    work: Work
    holder: Any


class _Batch(NamedTuple):
    """Works that one statement is executed for, with the parameters of each."""

    statement: Statement
    due: Sequence[_Due]
    columns: Sequence[Column]

    def part(self, start: int, end: int) -> _Batch:
        """Return the works from *start* up to *end*."""
        columns = [column[start:end] for column in self.columns]
        return _Batch(self.statement, self.due[start:end], columns)


class _MissedError(Exception):
    """A statement did not hit exactly the rows that it should."""


class Writer:
    """Writes the works of one branch, in the transaction of a connection.

    A batch that the database refuses is halved until the records that are to blame are alone. `unique` says
    that no two rows can have one key: otherwise the database is asked, since the sum of the rows that several
    statements have hit tells only then that each has hit its own.
    """

    def __init__(
        self,
        connection: sa.Connection,
        target: SqlTarget,
        statements: Statements,
        branch: Branch[Any, Any],
        *,
        unique: bool = False,
    ) -> None:
        self._connection = connection
        self._target = target
        self._statements = statements
        self._branch = branch
        self._unique = unique
        self._outcomes: dict[int, Outcome] = {}

    def write(self, works: Sequence[Work]) -> list[Outcome]:
        """Return the outcome of each work.

        Raises the database's own error, and leaves nothing written, when it may work later, and LostError
        when the transaction is gone.
        """
        holders = [holder_of(work, self._branch) for work in works]
        if self._target.lookups:
            with savepoint(self._connection):
                self._statements.ask(self._connection, list(zip(works, holders, strict=True)))
        batches = list(self._batches(works, holders))
        with savepoint(self._connection):
            if len(batches) < 2 or not self._at_once(batches):
                for batch in batches:
                    self._apply(batch)
            self._give(works)
        return [self._outcomes[at] for at in range(len(works))]

    def _batches(self, works: Sequence[Work], holders: Sequence[Any]) -> Iterator[_Batch]:
        """Yield the works by their statements; those that cannot be written have their outcomes then."""
        found: dict[str, tuple[Statement, list[_Due]]] = {}
        for at, (work, holder) in enumerate(zip(works, holders, strict=True)):
            statement = self._statement(work)
            if isinstance(statement, Outcome):
                self._outcomes[at] = statement
                continue
            # A row without a key is found by what it holds: each has to be hit by itself.
            ident = statement.sql if work.adopts is None else f"{at} {statement.sql}"
            due = found.get(ident)
            if due is None:
                due = found[ident] = statement, []
            due[1].append(_Due(at, work, holder))
        for statement, those in found.values():
            yield from self._with_values(statement, those)

    def _with_values(self, statement: Statement, due: Sequence[_Due]) -> Iterator[_Batch]:
        """Yield what is due with its parameters; a record that cannot be written fails alone."""
        try:
            columns = statement.columns([each.work.left for each in due], [each.holder for each in due])
        except REFUSALS as error:
            if len(due) == 1:
                self._outcomes[due[0].at] = self._failed(due[0].work, str(error))
                return
            middle = len(due) // 2
            yield from self._with_values(statement, due[:middle])
            yield from self._with_values(statement, due[middle:])
        else:
            yield _Batch(statement, due, columns)

    def _give(self, works: Sequence[Work]) -> None:
        """Tell with the outcomes what the database itself has put into the rows."""
        if not self._statements.given:
            return
        written = {
            at: work for at, work in enumerate(works) if work.left is not None and self._outcomes[at].ok
        }
        given = given_by_database(
            self._connection, self._target, self._statements, [work.left for work in written.values()]
        )
        for at, work in written.items():
            if work.key in given:
                self._outcomes[at] = replace(self._outcomes[at], given=given[work.key])

    def _statement(self, work: Work) -> Statement | Outcome:
        if work.phase == "changed":
            return self._statements.update(work.attributes) or self._nothing(work)
        if work.phase == "new":
            return self._new(work)
        if work.final:
            return self._statements.delete_disabled()
        if self._target.old == "keep":
            return Outcome.skipped("old records of this branch are kept")
        return self._statements.old()

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

    def _at_once(self, batches: Sequence[_Batch]) -> bool:
        """Execute all *batches*, and return True; or leave nothing written when one of them fails."""
        try:
            with savepoint(self._connection):
                self._check([each for batch in batches for each in batch.due if batch.statement.exactly])
                for batch in batches:
                    self._execute(batch)
        except _MissedError:
            return False
        except REFUSALS as error:
            if is_transient(error):
                raise
            return False
        for batch in batches:
            self._applied(batch)
        return True

    def _apply(self, batch: _Batch) -> None:
        """Execute a batch, or, when that fails, each half of it."""
        several, first = len(batch.due) > 1, batch.due[0]
        try:
            with savepoint(self._connection):
                if several and batch.statement.exactly:
                    self._check(batch.due)
                self._execute(batch)
        except _MissedError as error:
            reason = str(error)
        except REFUSALS as error:
            if is_transient(error):
                raise
            reason = driver_text(self._connection.engine, error)
            if isinstance(error, exc.IntegrityError) and not several and not batch.statement.exactly:
                reason += self._hint(first.work)
        else:
            self._applied(batch)
            return
        if not several:
            self._outcomes[first.at] = self._failed(first.work, reason)
            return
        middle = len(batch.due) // 2
        self._apply(batch.part(0, middle))
        self._apply(batch.part(middle, len(batch.due)))

    def _applied(self, batch: _Batch) -> None:
        self._outcomes.update(dict.fromkeys([each.at for each in batch.due], Outcome.applied()))

    def _execute(self, batch: _Batch) -> None:
        """Execute a statement; _MissedError unless there are as many rows as it should hit."""
        statement = batch.statement
        values: Any
        if len(batch.due) > 1 and self._unique and statement.several:
            sql, values = statement.several, statement.arrays(batch.columns)
        else:
            sql, rows = statement.sql, statement.rows(batch.columns)
            values = rows if len(rows) > 1 else rows[0]
        result = self._connection.exec_driver_sql(sql, values, execution_options={"preserve_rowcount": True})
        if not statement.exactly or result.rowcount == len(batch.due):
            return
        if result.rowcount == 0:
            raise _MissedError("there is no such row any more")
        if batch.due[0].work.adopts is not None:
            raise _MissedError(f"{result.rowcount} rows of the table are like the one to adopt")
        raise _MissedError(f"the key is not unique in the table: {result.rowcount} rows have it")

    def _check(self, due: Sequence[_Due]) -> None:
        """Raise _MissedError where a key has several rows: the sum of all hits would not tell for sure."""
        if self._unique:
            return
        keys = [self._statements.key_values(each.holder) for each in due if each.work.adopts is None]
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
                raise _MissedError

    def _hint(self, work: Work) -> str:
        """Return what to add where the collation of the key is why a new row cannot be had."""
        query = self._statements.others_alike(self._statements.key_values(work.left))
        if query is None or self._connection.execute(query).first() is None:
            return ""
        return "; the column's collation takes for the same what are two keys: give it a binary collation"

    def _failed(self, work: Work, reason: str) -> Outcome:
        return Outcome.failed(scrub(reason, *work.records))
