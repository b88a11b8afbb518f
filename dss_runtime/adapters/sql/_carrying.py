"""What a template does with the database: phases, each in one transaction, and statements for works."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Branch, DssError, Outcome, PermanentError, TransientError, Work
from dss_runtime._template import MissingHandlerError
from dss_runtime.adapters.sql._arrays import array_types
from dss_runtime.adapters.sql._columns import computed_columns, real_types
from dss_runtime.adapters.sql._database import driver_text, engine_of
from dss_runtime.adapters.sql._ids import Ids
from dss_runtime.adapters.sql._look import look
from dss_runtime.adapters.sql._mysql import engine_without_undo
from dss_runtime.adapters.sql._phase import OpenPhase
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._trouble import LostError, is_transient, savepoint
from dss_runtime.adapters.sql._unique import is_unique
from dss_runtime.adapters.sql._writer import Writer

if TYPE_CHECKING:
    from dss_runtime.adapters.sql._template import SqlTemplate


class Carrying:
    """Carries out what *template* is asked for."""

    def __init__(self, template: SqlTemplate) -> None:
        self._template = template
        self._phase: OpenPhase | None = None
        self._handlers = 0  # how many calls of `single` are under way
        self._statements: dict[str, Statements] = {}

    @property
    def phase(self) -> OpenPhase:
        """The phase that is being carried out (PermanentError where none is)."""
        if self._phase is None:
            raise PermanentError(
                "there is a connection only while a sync carries out a phase: use it in handlers"
            )
        return self._phase

    def begin(self) -> None:
        """Begin the transaction of a phase."""
        self._phase = OpenPhase(engine_of(self._template.tree))

    def end(self) -> None:
        """Commit it."""
        phase = self.phase
        phase.commit()
        phase.close()
        self._phase = None

    def abandon(self) -> None:
        """Roll it back."""
        if self._phase is not None:
            phase, self._phase = self._phase, None
            phase.close()

    @contextmanager
    def single(self) -> Generator[sa.Connection]:
        """Give a handler the connection; see `SqlTemplate.single`."""
        phase = self.phase
        connection, wrote = phase.connection, phase.wrote
        with self._told(phase, final=not self._template.atomic_handlers):
            self._handlers += 1
            try:
                with savepoint(connection):
                    yield connection
            except BaseException:
                phase.wrote = wrote
                raise
            finally:
                self._handlers -= 1
        phase.wrote = True
        self._keep(phase)

    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase; see `SqlTemplate.write`."""
        target = self._template.targets.get(works[0].branch)
        if target is None:
            raise MissingHandlerError(works[0].actions[0].method)
        phase = self.phase
        branch = works[0].branch
        with self._told(phase, final=self._handlers > 0 and not self._template.atomic_handlers):
            connection = phase.connection
            if branch not in self._statements:
                with savepoint(connection):
                    stuck = engine_without_undo(connection, target.table)
                if stuck:
                    why = f"{target.table.fullname} is a table of {stuck}, which undoes nothing"
                    return [Outcome.rejected(f"{why}: make it InnoDB")] * len(works)
            statements = self._of(branch, target)
            writer = Writer(connection, target, *statements, unique=self._is_unique(branch, target))
            outcomes = writer.write(works)
        done = [work for work, outcome in zip(works, outcomes, strict=True) if outcome.ok]
        phase.wrote = phase.wrote or bool(done)
        if not self._handlers:  # What a handler has written may yet be undone.
            phase.note(done)
        self._keep(phase)
        return outcomes

    def look(self, work: Work) -> Any:
        """Return a record as the table holds it; see `SqlTemplate.look`."""
        target = self._template.targets.get(work.branch)
        if target is None:
            return NotImplemented
        phase = self.phase
        phase.renew()
        with self._told(phase):
            statements, branch = self._of(work.branch, target)
            with phase.views(work.branch, work.key) as connections:
                return look(connections, target, statements, branch, work)

    def _keep(self, phase: OpenPhase) -> None:
        """Commit what was done for one record, unless a handler is still at it."""
        if self._template.transactions == "record" and not self._handlers:
            phase.keep()

    @contextmanager
    def _told(self, phase: OpenPhase, *, final: bool = False) -> Generator[None]:
        """Turn an error of the database into one of ours; after a *final* one nothing is tried again."""
        try:
            yield
        except (LostError, exc.DBAPIError, DssError) as error:
            told = _ours(phase, error, final=final)
            if not self._handlers:
                phase.renew()  # What was locked for this transaction may not be for another one.
            if told is error:
                raise
            raise told from error

    def _is_unique(self, branch: str, target: SqlTarget) -> bool:
        """Return whether no two rows can have one key in a branch's table, asked once for each phase."""
        phase = self.phase
        if branch not in phase.unique:
            key = {target.columns[name] for name in target.key}
            with savepoint(phase.connection):
                phase.unique[branch] = is_unique(phase.connection, target.table, key)
        return phase.unique[branch]

    def _of(self, branch: str, target: SqlTarget) -> tuple[Statements, Branch[Any, Any]]:
        """Return the statements for a branch, made once, and the branch itself."""
        if branch not in self._statements:
            connection = self.phase.connection
            with savepoint(connection):
                types = real_types(connection, target.table)
                ids = {
                    name: Ids(
                        name, each, target.types[name], connection.dialect, real_types(connection, each.table)
                    )
                    for name, each in target.lookups.items()
                }
                computed = computed_columns(connection, target.table)
                arrays = array_types(connection, target.table)
            self._statements[branch] = Statements(target, connection.dialect, types, ids, computed, arrays)
        branches = self._template.tree.branches
        return self._statements[branch], next(each for each in branches if each.name == branch)


def _ours(phase: OpenPhase, error: LostError | exc.DBAPIError | DssError, *, final: bool) -> DssError:
    """Return what to raise for *error*: TransientError, unless *final*, where trying again can help."""
    if isinstance(error, DssError):
        return error
    if isinstance(error, LostError):
        told: DssError = phase.lose(error)
    else:
        kind = TransientError if is_transient(error) else PermanentError
        told = kind(driver_text(phase.engine, error))
    if final and isinstance(told, TransientError):
        return PermanentError(f"{told}; a handler is not called again for that without `atomic_handlers`")
    return told
