"""The base of generated templates that write to a Moodle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from dss_runtime import (
    Branch,
    Check,
    DefaultTemplate,
    DssError,
    HeldError,
    Outcome,
    PermanentError,
    Phase,
    SettingsError,
    TransientError,
    UnknownOutcomeError,
    Work,
)
from dss_runtime._cells import same
from dss_runtime._masking import scrub
from dss_runtime._model import with_value
from dss_runtime._template import MissingHandlerError
from dss_runtime._unclaimed import kept_fields
from dss_runtime.adapters.moodle._client import NoRightsError
from dss_runtime.adapters.moodle._encoding import Value
from dss_runtime.adapters.moodle._examining import examine_rights
from dss_runtime.adapters.moodle._moodle import Moodle
from dss_runtime.adapters.moodle._settings import settings_of
from dss_runtime.adapters.moodle._target import MoodleTarget
from dss_runtime.adapters.moodle.resources import RESOURCES
from dss_runtime.adapters.moodle.resources._base import Cells, Resource, Row, waiting
from dss_runtime.codegen import DataStoreTree, override
from dss_runtime.types import FieldType

_LONGEST = 800
"""How much is kept of what Moodle says: while debugging it quotes whole statements."""


class MoodleTemplate(DefaultTemplate):
    """Writes records by the web services of the Moodle that the tree's settings name.

    Most functions do all or nothing: where one refuses a batch, it is halved until the records to blame are
    alone. `targets` says how each branch is written.
    """

    targets: ClassVar[Mapping[str, MoodleTarget]] = {}

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._moodle: Moodle | None = None
        self._held: dict[str, dict[tuple[str, ...], Cells]] = {}

    @override
    def begin(self, phase: Phase) -> None:
        """Begin to remember ids."""
        self.abandon(phase)
        settings = settings_of(self.tree)
        if not settings.url:
            raise SettingsError(
                f"[trees.{self.tree.name}] url in dss.toml: Moodle is written by its web services"
            )
        self._moodle = Moodle(settings)

    @override
    def end(self, phase: Phase) -> None:
        """Forget them: what others do meanwhile may change them."""
        self.abandon(phase)

    @override
    def abandon(self, phase: Phase) -> None:
        """Forget them as well; what was written stays."""
        if self._moodle is not None:
            self._moodle.close()
        self._moodle, self._held = None, {}

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase; where an answer is lost, all are to be looked at."""
        target = self.targets.get(works[0].branch)
        if target is None:
            raise MissingHandlerError(works[0].actions[0].method)
        self._held = {}
        resource, branch = RESOURCES[target.resource], self._branch(works[0].branch)
        writing = _Writing(target, resource, branch)
        rows = [writing.row(work) for work in works]
        for kind in ("create", "change", "remove"):
            chosen = [row for row, how in rows if how == kind and row.outcome is None]
            if not chosen:
                continue
            try:
                getattr(resource, kind)(self._open, chosen)
            except NoRightsError as error:
                # Nothing was let in from here on; what was written before stays as it is told.
                for row in waiting(chosen):
                    row.fail(str(error))
        return [outcome_told(row, work) for (row, _), work in zip(rows, works, strict=True)]

    @override
    def look(self, work: Work) -> Any:
        """Return the record as Moodle holds it now; None when it does not, or holds it set aside.

        All records of the kind are read for the first look after a write, and asked for the others.
        """
        target = self.targets.get(work.branch)
        if target is None or not set(work.attributes) <= target.columns.keys() - target.unwritten:
            return NotImplemented
        resource = RESOURCES[target.resource]
        if work.branch not in self._held:
            try:
                self._held[work.branch] = self._read(resource)
            except (TransientError, UnknownOutcomeError, PermanentError):
                raise
            except (DssError, HeldError) as error:
                raise TransientError(str(error)) from error
        writing = _Writing(target, resource, self._branch(work.branch))
        cells = self._held[work.branch].get(tuple(writing.key(work).values()))
        return None if cells is None or writing.is_disabled(cells) else writing.record(work, cells)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what is found of the right to write."""
        return examine_rights(self.tree, [RESOURCES[each.resource] for each in self.targets.values()])

    @property
    def _open(self) -> Moodle:
        if self._moodle is None:
            raise PermanentError("Moodle is written while a sync carries out a phase: use it in handlers")
        return self._moodle

    def _branch(self, name: str) -> Branch[Any, Any]:
        return next(each for each in self.tree.branches if each.name == name)

    def _read(self, resource: Resource) -> dict[tuple[str, ...], Cells]:
        """Return what Moodle holds of a kind of record now, by key."""
        fresh = Moodle(settings_of(self.tree))
        try:
            if fresh.database is None:
                found = list(resource.read(fresh))
            else:
                with fresh.database.rows(*resource.query(fresh)) as rows:
                    found = [dict(zip(resource.columns, row, strict=True)) for row in rows]
        finally:
            fresh.close()
        return {tuple(str(each[column]) for column in resource.keys): each for each in found}


class _Writing:
    """What a branch's works mean for one kind of record."""

    def __init__(self, target: MoodleTarget, resource: Resource, branch: Branch[Any, Any]) -> None:
        self._target = target
        self._resource = resource
        self._branch = branch

    def key(self, work: Work) -> dict[str, str]:
        """Return the columns by which Moodle knows the record, in the order of the kind's keys."""
        record = work.right if work.right is not None else work.left
        target = self._target
        found = {
            target.columns[name]: target.types[name].format(getattr(record, name)) for name in target.key
        }
        return {column: found.get(column, "") for column in self._resource.keys}

    def row(self, work: Work) -> tuple[Row, str]:
        """Return the row that a work asks for, and the method of the kind that writes it."""
        target, key = self._target, self.key(work)
        if not all(key.values()):
            row = Row(key, {})
            row.fail(f"{', '.join(self._resource.keys)}: a record of this kind needs it as its key")
            return row, ""
        if work.phase == "new":
            existing = self._branch.retired.get(work.key)
            if existing is None:
                row = Row(key, {**_constants(dict(target.insert)), **self._values(work.left, target.columns)})
                return self._checked(row, new=True), "create"
            kept = kept_fields(self._branch, existing, target.create_only)
            names = [name for name in target.columns if name not in kept and name not in target.key]
            row = Row(key, {**self._values(work.left, names), **_constants(target.returns)})
            return self._checked(row, new=False), "change"
        if work.phase == "old":
            if target.old == "set" and not work.final:
                return Row(key, _constants(target.set)), "change"
            row = Row(key, {})
            if target.old == "keep":
                row.outcome = Outcome.skipped("old records of this branch are kept")
            return row, "remove"
        names = [name for name in work.attributes if name not in target.create_only]
        row = Row(key, self._values(work.left, names))
        if not row.values:
            row.outcome = Outcome.skipped(
                f"{', '.join(work.attributes)}: by the schema, this is not written here"
            )
        return self._checked(row, new=False), "change"

    def is_disabled(self, cells: Cells) -> bool:
        """Return whether a record that is there counts as set aside."""
        target = self._target
        return target.old == "set" and all(same(cells[column], value) for column, value in target.set.items())

    def record(self, work: Work, cells: Cells) -> Any:
        """Return the record that *cells* stand for; what is not read is as in the work."""
        target = self._target
        record = work.right if work.left is None else work.left
        for name, column in target.columns.items():
            if name in target.unwritten or column in self._resource.only_written:
                continue
            cell, kind = cells[column], target.types[name]
            # There is no NULL: where a field may have no value, an empty text is none, as when it is read.
            empty = cell is None or (cell == "" and record.__dss__[name].optional)
            record = with_value(record, name, None if empty else kind.parse(cell))
        return record

    def _values(self, record: Any, names: Iterable[str]) -> dict[str, Value]:
        target = self._target
        return {
            target.columns[name]: _value(target.types[name], getattr(record, name))
            for name in names
            if name in target.columns and name not in target.unwritten
        }

    def _checked(self, row: Row, *, new: bool) -> Row:
        """Refuse what Moodle would refuse, or take and then hold something else."""
        if row.outcome is None and (why := self._resource.refusal(row.values, new=new)):
            row.outcome = Outcome.rejected(why)
        return row


def _value(kind: FieldType[Any], value: Any) -> Value:
    """Return a field's value as Moodle takes it: there is no NULL, and flags are numbers."""
    if value is None:
        return ""
    return value if isinstance(value, (bool, int)) else kind.format(value)


def _constants(values: Mapping[str, object]) -> dict[str, Value]:
    return {name: value if isinstance(value, (bool, int)) else str(value) for name, value in values.items()}


def outcome_told(row: Row, work: Work) -> Outcome:
    """Return what became of a row; what Moodle says of it may quote the record."""
    outcome = row.outcome or Outcome.unknown("nothing has become of it")
    if outcome.ok:
        return outcome
    # Masked before anything is cut or tidied up: a value is only found as it is.
    reason = " ".join(scrub(outcome.reason, *work.records).split())
    return Outcome(outcome.status, reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}…")
