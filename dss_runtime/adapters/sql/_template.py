"""The base of generated templates that write tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar

from dss_runtime import Check, DefaultTemplate, Outcome, Phase, SettingsError, Work
from dss_runtime._template import Transactions
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.codegen import DataStoreTree, override

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dss_runtime.adapters.sql._carrying import Carrying


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
        self._made: Carrying | None = None

    @property
    def _carrying(self) -> Carrying:
        """What does the work. SQLAlchemy comes with it, which takes as long to import as all the rest."""
        if self._made is None:
            from dss_runtime.adapters.sql._carrying import Carrying

            self._made = Carrying(self)
        return self._made

    @property
    def connection(self) -> sa.Connection:
        """The connection of the phase that is being carried out, for handlers; never commit it yourself.

        What is done with it outside of them does not last: where no record was written yet, the transaction
        may begin anew.
        """
        return self._carrying.phase.connection

    @override
    def begin(self, phase: Phase) -> None:
        """Begin a transaction."""
        self._carrying.begin()

    @override
    def end(self, phase: Phase) -> None:
        """Commit it."""
        self._carrying.end()

    @override
    def abandon(self, phase: Phase) -> None:
        """Roll it back."""
        if self._made is not None:
            self._made.abandon()

    @override
    def single(self) -> AbstractContextManager[sa.Connection]:
        """Undo what a handler did when it raises; an error of the database becomes one of ours."""
        return self._carrying.single()

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase, all in a few statements.

        A record that the database refuses fails alone. Raises TransientError, with nothing written, when
        somebody else has locked what is needed; PermanentError where a handler is under way that may have
        done something elsewhere.
        """
        return self._carrying.write(works)

    @override
    def look(self, work: Work) -> Any:
        """Return the record as the table holds it now; NotImplemented where that cannot be told.

        That is so where no table is mapped, where the work is about something that is not read from it, and
        where the transaction of the phase, not having written the record, sees another one than others do.
        What a handler has done elsewhere the table does not tell: such a project overrides this.
        """
        return self._carrying.look(work)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what writing needs: rights, tables that fit, and a server that takes what is sent."""
        from dss_runtime.adapters.sql._examine import examined_for_writing

        return examined_for_writing(self.tree, self.targets)


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
