"""Writing many records in few statements, so that a record that cannot be written fails alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Branch, Outcome
from dss_runtime._masking import scrub
from dss_runtime._template import Work
from dss_runtime.adapters.sql._choice import Choice
from dss_runtime.adapters.sql._database import driver_text
from dss_runtime.adapters.sql._given import given_by_database
from dss_runtime.adapters.sql._holders import holders_of
from dss_runtime.adapters.sql._ids import KEYS_AT_ONCE
from dss_runtime.adapters.sql._parameters import Column, Statement
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._trouble import REFUSALS, is_transient, savepoint

_APPLIED = Outcome.applied()
"""The outcome of most works: one object for all of them."""


class _Batch(NamedTuple):
    """Works that one statement is executed for, by their places, with the parameters of each."""

    statement: Statement
    places: Sequence[int]
    columns: Sequence[Column]

    def part(self, start: int, end: int) -> _Batch:
        """Return the works from *start* up to *end*."""
        columns = [column[start:end] for column in self.columns]
        return _Batch(self.statement, self.places[start:end], columns)


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
        self._works: Sequence[Work] = ()
        self._holders: Sequence[Any] = ()
        self._outcomes: dict[int, Outcome] = {}

    def write(self, works: Sequence[Work]) -> list[Outcome]:
        """Return the outcome of each work.

        Raises the database's own error, and leaves nothing written, when it may work later, and LostError
        when the transaction is gone.
        """
        self._works = works
        self._holders = holders_of(works, self._branch)
        self._outcomes = {}
        if self._target.lookups:
            with savepoint(self._connection):
                self._statements.ask(self._connection, list(zip(works, self._holders, strict=True)))
        batches = list(self._batches())
        with savepoint(self._connection):
            if len(batches) < 2 or not self._at_once(batches):
                for batch in batches:
                    self._apply(batch)
            self._give()
        return [self._outcomes[place] for place in range(len(works))]

    def _batches(self) -> Iterator[_Batch]:
        """Yield the works by their statements; those that cannot be written have their outcomes then."""
        choice = Choice(self._target, self._statements, self._branch)
        alike: dict[Hashable, list[int]] = {}
        for place, shape in enumerate(choice.shapes(self._works)):
            if shape in alike:
                alike[shape].append(place)
            else:
                alike[shape] = [place]
        for places in alike.values():
            statement = choice.statement(self._works[places[0]])
            if isinstance(statement, Statement):
                yield from self._with_values(statement, places)
            else:
                self._outcomes.update((place, choice.outcome(self._works[place])) for place in places)

    def _with_values(self, statement: Statement, places: Sequence[int]) -> Iterator[_Batch]:
        """Yield works with their parameters; a record that cannot be written fails alone."""
        records: list[Any] = [self._works[place].left for place in places]
        try:
            columns = statement.columns(records, [self._holders[place] for place in places])
        except REFUSALS as error:
            if len(places) == 1:
                self._failed(places[0], str(error))
                return
            middle = len(places) // 2
            yield from self._with_values(statement, places[:middle])
            yield from self._with_values(statement, places[middle:])
        else:
            yield _Batch(statement, places, columns)

    def _give(self) -> None:
        """Tell with the outcomes what the database itself has put into the rows."""
        if not self._statements.given:
            return
        written = {
            place: work
            for place, work in enumerate(self._works)
            if work.left is not None and self._outcomes[place].ok
        }
        given = given_by_database(
            self._connection, self._target, self._statements, [work.left for work in written.values()]
        )
        for place, work in written.items():
            if work.key in given:
                self._outcomes[place] = replace(self._outcomes[place], given=given[work.key])

    def _at_once(self, batches: Sequence[_Batch]) -> bool:
        """Execute all *batches*, and return True; or leave nothing written when one of them fails."""
        try:
            with savepoint(self._connection):
                self._check([place for each in batches if each.statement.exactly for place in each.places])
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
        several, first = len(batch.places) > 1, batch.places[0]
        try:
            with savepoint(self._connection):
                if several and batch.statement.exactly:
                    self._check(batch.places)
                self._execute(batch)
        except _MissedError as error:
            reason = str(error)
        except REFUSALS as error:
            if is_transient(error):
                raise
            reason = driver_text(self._connection.engine, error)
            if isinstance(error, exc.IntegrityError) and not several and not batch.statement.exactly:
                reason += self._hint(self._works[first])
        else:
            self._applied(batch)
            return
        if not several:
            self._failed(first, reason)
            return
        middle = len(batch.places) // 2
        self._apply(batch.part(0, middle))
        self._apply(batch.part(middle, len(batch.places)))

    def _applied(self, batch: _Batch) -> None:
        self._outcomes.update(dict.fromkeys(batch.places, _APPLIED))

    def _execute(self, batch: _Batch) -> None:
        """Execute a statement; _MissedError unless there are as many rows as it should hit."""
        statement = batch.statement
        values: Any
        if len(batch.places) > 1 and self._unique and statement.several:
            sql, values = statement.several, statement.arrays(batch.columns)
        else:
            sql, rows = statement.sql, statement.rows(batch.columns)
            values = rows if len(rows) > 1 else rows[0]
        result = self._connection.exec_driver_sql(sql, values, execution_options={"preserve_rowcount": True})
        if not statement.exactly or result.rowcount == len(batch.places):
            return
        if result.rowcount == 0:
            raise _MissedError("there is no such row any more")
        if self._works[batch.places[0]].adopts is not None:
            raise _MissedError(f"{result.rowcount} rows of the table are like the one to adopt")
        raise _MissedError(f"the key is not unique in the table: {result.rowcount} rows have it")

    def _check(self, places: Iterable[int]) -> None:
        """Raise _MissedError where a key has several rows: the sum of all hits would not tell for sure."""
        if self._unique:
            return
        keys = [
            self._statements.key_values(self._holders[place])
            for place in places
            if self._works[place].adopts is None
        ]
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

    def _failed(self, place: int, reason: str) -> None:
        self._outcomes[place] = Outcome.failed(scrub(reason, *self._works[place].records))
