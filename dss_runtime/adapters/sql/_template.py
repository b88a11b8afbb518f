"""The base of generated templates that write tables."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import (
    Branch,
    Check,
    DefaultTemplate,
    DssError,
    Outcome,
    PermanentError,
    Phase,
    SettingsError,
    TransientError,
    Work,
)
from dss_runtime._template import MissingHandlerError, Transactions
from dss_runtime.adapters.sql._arrays import array_types
from dss_runtime.adapters.sql._columns import computed_columns, real_types
from dss_runtime.adapters.sql._database import driver_text, engine_of
from dss_runtime.adapters.sql._examine import examined_for_writing
from dss_runtime.adapters.sql._ids import Ids
from dss_runtime.adapters.sql._look import look
from dss_runtime.adapters.sql._mysql import engine_without_undo
from dss_runtime.adapters.sql._phase import OpenPhase
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._trouble import LostError, is_transient, savepoint
from dss_runtime.adapters.sql._unique import is_unique
from dss_runtime.adapters.sql._writer import Writer
from dss_runtime.codegen import DataStoreTree, override


class SqlTemplate(DefaultTemplate):
    """Writes records to the database that the tree's settings name, each phase in one transaction.

    With `transactions = "record"` in the settings each record has its own: slower, but nothing is locked
    for long. `targets` says how each branch is written. Handlers use `connection`; what one did before it
    raised is undone, and what the others did stays.

    `atomic_handlers = True` says that handlers do nothing outside of the database: all that one did is
    undone then, so that a lock or a lost connection lets it be tried again. Otherwise that fails its action.
    """

    targets: ClassVar[Mapping[str, SqlTarget]] = {}
    batch_size = 5000
    atomic_writes = True
    atomic_handlers = False

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self.transactions = _transactions(tree)
        self._phase: OpenPhase | None = None
        self._handlers = 0  # how many calls of `single` are under way
        self._statements: dict[str, Statements] = {}

    @property
    def connection(self) -> sa.Connection:
        """The connection of the phase that is being carried out, for handlers; never commit it yourself.

        What is done with it outside of them does not last: where no record was written yet, the transaction
        may begin anew.
        """
        return self._open_phase.connection

    @property
    def _open_phase(self) -> OpenPhase:
        if self._phase is None:
            raise PermanentError(
                "there is a connection only while a sync carries out a phase: use it in handlers"
            )
        return self._phase

    @override
    def begin(self, phase: Phase) -> None:
        """Begin a transaction."""
        self._phase = OpenPhase(engine_of(self.tree))

    @override
    def end(self, phase: Phase) -> None:
        """Commit it."""
        open_phase = self._open_phase
        open_phase.commit()
        open_phase.close()
        self._phase = None

    @override
    def abandon(self, phase: Phase) -> None:
        """Roll it back."""
        if self._phase is not None:
            open_phase, self._phase = self._phase, None
            open_phase.close()

    @contextmanager
    @override
    def single(self) -> Generator[sa.Connection]:
        """Undo what a handler did when it raises; an error of the database becomes one of ours."""
        phase = self._open_phase
        connection, wrote = phase.connection, phase.wrote
        with self._told(phase, final=not self.atomic_handlers):
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

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase, all in a few statements.

        A record that the database refuses fails alone. Raises TransientError, with nothing written, when
        somebody else has locked what is needed; PermanentError where a handler is under way that may have
        done something elsewhere.
        """
        target = self.targets.get(works[0].branch)
        if target is None:
            raise MissingHandlerError(works[0].actions[0].method)
        phase = self._open_phase
        branch = works[0].branch
        with self._told(phase, final=self._handlers > 0 and not self.atomic_handlers):
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

    @override
    def look(self, work: Work) -> Any:
        """Return the record as the table holds it now; NotImplemented where that cannot be told.

        That is so where no table is mapped, where the work is about something that is not read from it, and
        where the transaction of the phase, not having written the record, sees another one than others do.
        What a handler has done elsewhere the table does not tell: such a project overrides this.
        """
        target = self.targets.get(work.branch)
        if target is None:
            return NotImplemented
        phase = self._open_phase
        phase.renew()
        with self._told(phase):
            statements, branch = self._of(work.branch, target)
            with phase.views(work.branch, work.key) as connections:
                return look(connections, target, statements, branch, work)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what writing needs: rights, tables that fit, and a server that takes what is sent."""
        return examined_for_writing(self.tree, self.targets)

    def _keep(self, phase: OpenPhase) -> None:
        """Commit what was done for one record, unless a handler is still at it."""
        if self.transactions == "record" and not self._handlers:
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
        phase = self._open_phase
        if branch not in phase.unique:
            key = {target.columns[name] for name in target.key}
            with savepoint(phase.connection):
                phase.unique[branch] = is_unique(phase.connection, target.table, key)
        return phase.unique[branch]

    def _of(self, branch: str, target: SqlTarget) -> tuple[Statements, Branch[Any, Any]]:
        """Return the statements for a branch, made once, and the branch itself."""
        if branch not in self._statements:
            connection = self._open_phase.connection
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
        return self._statements[branch], next(each for each in self.tree.branches if each.name == branch)


def _transactions(tree: DataStoreTree) -> Transactions:
    """Return what the settings say of transactions (SettingsError for what there is not)."""
    found = tree.settings.get("transactions", "phase")
    if found == "phase":
        return "phase"
    if found == "record":
        return "record"
    raise SettingsError(
        f'[trees.{tree.name}] transactions in dss.toml: expected "phase" or "record", found {found!r}'
    )


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
