"""The transaction of one phase of a run."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import DssError, PermanentError, TransientError, UnknownOutcomeError, Work
from dss_runtime.adapters.sql._database import UnreachableError, connect, driver_text
from dss_runtime.adapters.sql._sqlite import prepare_writing
from dss_runtime.adapters.sql._trouble import is_transient, savepoint


class OpenPhase:
    """A connection with its transaction, from the beginning of a phase to its end.

    When the transaction is lost before anything was written in it, another one takes its place; after that
    the phase cannot be completed. `wrote` says whether something was; `unique` says of branches whether no
    two rows of theirs can have one key.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._lost = ""
        self.wrote = False
        self._noted: list[Sequence[Work]] = []
        self._written: set[tuple[str, Hashable]] = set()
        """The records that the adapter itself has written, by branch and key, as far as anybody has asked."""
        self.unique: dict[str, bool] = {}
        self._connection = self._begin()

    @property
    def connection(self) -> sa.Connection:
        """The connection, in its transaction (PermanentError when that is lost)."""
        if self._lost and self.wrote:
            raise PermanentError(self._lost)
        if self._lost:
            self._connection = self._begin()
            self._lost = ""
        return self._connection

    def lose(self, error: BaseException) -> DssError:
        """Take note that the transaction is gone, and return what to raise for it."""
        if not self._lost:
            reason = driver_text(self.engine, error.__cause__ or error)
            self._lost = f"the transaction of this phase is lost: {reason}"
            self.close()
        return PermanentError(self._lost) if self.wrote else TransientError(self._lost)

    def keep(self) -> None:
        """Make permanent what was done for one record, and begin another transaction.

        Raises UnknownOutcomeError when the connection broke meanwhile: it may be permanent all the same.
        """
        connection = self.connection
        try:
            connection.commit()
        except exc.SQLAlchemyError as error:
            reason = f"the commit failed: {driver_text(self.engine, error)}"
            broken = connection.invalidated or connection.closed
            self._drop(reason)
            if broken:
                raise UnknownOutcomeError(reason) from error
            raise (TransientError if is_transient(error) else PermanentError)(reason) from error
        self._forget()
        self._begin_on(connection)

    def renew(self) -> None:
        """Begin anew where nothing was written: what others have done since is seen then."""
        if self.wrote or self._lost:
            return
        try:
            self._connection.rollback()
        except exc.SQLAlchemyError as error:
            self._drop(driver_text(self.engine, error))
        else:
            self._begin_on(self._connection)

    def note(self, works: Sequence[Work]) -> None:
        """Take note of what the adapter itself has written in the transaction."""
        self._noted.append(works)

    def _has_written(self, branch: str, key: Hashable) -> bool:
        for works in self._noted:
            self._written.update((work.branch, work.key) for work in works)
        self._noted.clear()
        return (branch, key) in self._written

    @contextmanager
    def views(self, branch: str, key: Hashable) -> Generator[tuple[sa.Connection, ...]]:
        """Yield the connection, and where that may not be enough to see a record as it is, one beside it.

        A transaction in which something was written goes on, and may see what was there when it began: the
        other connection sees what is there now. A record that it has written itself it alone sees.
        """
        with savepoint(self.connection):
            if not self.wrote or self._has_written(branch, key):
                yield (self.connection,)
                return
            with self._connected() as other:
                yield self.connection, other

    def _begin_on(self, connection: sa.Connection) -> None:
        """Begin another transaction, on the next connection where this one cannot."""
        try:
            connection.begin()
        except exc.SQLAlchemyError as error:
            self._drop(driver_text(self.engine, error))

    def _drop(self, reason: str) -> None:
        """Give the connection back; the next one that is asked for is new."""
        self._lost = reason
        self._forget()
        self.close()

    def _forget(self) -> None:
        self.wrote = False
        self._noted.clear()
        self._written.clear()

    def commit(self) -> None:
        """Make everything permanent (PermanentError when that fails: nothing is, then)."""
        connection = self.connection
        try:
            connection.commit()
        except exc.SQLAlchemyError as error:
            raise PermanentError(f"the commit failed: {driver_text(self.engine, error)}") from error

    def close(self) -> None:
        """Undo what is not committed, and give the connection back."""
        self._connection.close()

    def _begin(self) -> sa.Connection:
        connection = self._connected()
        try:
            connection.begin()
            prepare_writing(connection)
        except exc.SQLAlchemyError as error:
            connection.close()
            raise TransientError(f"no transaction begins: {driver_text(self.engine, error)}") from error
        return connection

    def _connected(self) -> sa.Connection:
        try:
            return connect(self.engine)
        except UnreachableError as error:
            raise TransientError(str(error)) from None
