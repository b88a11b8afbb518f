"""The base of generated templates that write tables."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import DefaultTemplate, Outcome, PermanentError, Phase, TransientError
from dss_runtime._template import MissingHandlerError, Work
from dss_runtime.adapters.sql._columns import real_types
from dss_runtime.adapters.sql._database import driver_text, engine_of
from dss_runtime.adapters.sql._mysql import engine_without_undo
from dss_runtime.adapters.sql._phase import OpenPhase
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._trouble import LostError, is_transient, savepoint
from dss_runtime.adapters.sql._writer import Writer
from dss_runtime.codegen import DataStoreTree, override


class SqlTemplate(DefaultTemplate):
    """Writes records to the database that the tree's settings name, each phase in one transaction.

    `targets` says how each branch is written. Handlers use `connection`; what one did before it raised is
    undone, and what the others did stays.
    """

    targets: ClassVar[Mapping[str, SqlTarget]] = {}

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._phase: OpenPhase | None = None
        self._statements: dict[str, Statements] = {}

    @property
    def connection(self) -> sa.Connection:
        """The connection of the phase that is being carried out, for handlers; never commit it yourself."""
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
        connection = phase.connection
        try:
            with savepoint(connection):
                yield connection
        except LostError as error:
            raise phase.lose(error) from error
        except exc.DBAPIError as error:
            kind = TransientError if is_transient(error) else PermanentError
            raise kind(driver_text(connection.engine, error)) from error
        phase.wrote = True

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase, all in a few statements.

        A record that the database refuses fails alone. Raises TransientError, with nothing written, when
        somebody else has locked what is needed.
        """
        branch = works[0].branch
        target = self.targets.get(branch)
        if target is None:
            raise MissingHandlerError(works[0].actions[0].method)
        phase = self._open_phase
        connection = phase.connection
        held = next(each for each in self.tree.branches if each.name == branch)
        try:
            if branch not in self._statements:
                with savepoint(connection):
                    stuck = engine_without_undo(connection, target.table)
                    types = real_types(connection, target.table)
                if stuck:
                    why = f"{target.table.fullname} is a table of {stuck}, which undoes nothing"
                    return [Outcome.rejected(f"{why}: make it InnoDB")] * len(works)
                self._statements[branch] = Statements(target, connection.dialect, types)
            outcomes = Writer(connection, target, self._statements[branch], held).write(works)
        except LostError as error:
            raise phase.lose(error) from error
        except exc.DBAPIError as error:
            kind = TransientError if is_transient(error) else PermanentError
            raise kind(driver_text(connection.engine, error)) from error
        phase.wrote = phase.wrote or any(outcome.ok for outcome in outcomes)
        return outcomes
