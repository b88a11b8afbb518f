"""An importer: reads one system into the branches of its tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from dss_runtime._actions import mask_key
from dss_runtime._branch import Branch
from dss_runtime._errors import DeclarationError, DuplicateKeyError, Place, RowError
from dss_runtime._examining import Check
from dss_runtime._order import parents_first
from dss_runtime._progress import STEP, Progress, silent
from dss_runtime._shown import text_of
from dss_runtime._typing import override
from dss_runtime._unreadable import Unreadable

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree

Row: TypeAlias = Mapping[str, Any] | Sequence[Any]
"""What a reader yields: keywords of `make`, `idnumber` among them, or positional values, the key first."""

_ABSENT = object()

Rows: TypeAlias = Iterable[Row]


class DefaultImporter:
    """Calls `readin_branch` once per branch; a subclass reads there, or gives a `reader`.

    `readin_branch` may call `branch.make` itself, or return (or yield) rows. Rows go through
    `kwargs_preprocessor` and `filter_out`, which take values by name: positional rows go past both. The
    branch's `duplicates` says what becomes of a second row with a key; "merge", the default of branches
    declared by hand, asks `resolve_duplicate`. `settings` of the class are defaults, below those of the tree.
    """

    settings: Mapping[str, Any] = {}
    known_settings: ClassVar[frozenset[str] | None] = None
    """The settings that the adapter reads, whose misspellings `dss doctor` tells; None where nobody knows."""

    def __init__(self, tree: DataStoreTree) -> None:
        self.tree = tree
        self.settings = {**type(self).settings, **tree.settings}
        self.progress: Progress = silent

    # -- what subclasses write ------------------------------------------------------------------------

    def init(self) -> None:
        """Called before the first branch is read."""

    def readin_branch(self, branch: Any) -> Rows | None:
        """Read one branch: return its rows, or make the records and return None."""
        source = self.reader(branch)
        if isinstance(source, AbstractContextManager):
            with source as rows:
                self.make_all(branch, rows)
            return None
        return source

    def reader(self, branch: Any) -> Rows | AbstractContextManager[Rows]:
        """Return the rows of *branch*, or a context manager that gives them."""
        raise DeclarationNeededError(type(self).__name__, branch.name)

    def filter_out(self, **row: Any) -> bool:
        """Return whether a row takes no part."""
        return False

    def kwargs_preprocessor(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """Return the row as it is to be used, None to drop it."""
        return row

    def resolve_duplicate(self, existing: Any, **row: Any) -> Any:
        """Return the record that stands for *existing* and a second row with its key.

        Unless overridden, lists and sets of the row are merged into those of the record; a row without any,
        or with another value that differs from the record's, raises DuplicateKeyError.
        """
        collections: dict[str, Any] = {name: row[name] for name in row if isinstance(row[name], (list, set))}
        rest = [name for name in row if name not in collections]
        differing = [name for name in rest if getattr(existing, name, _ABSENT) != row[name]]
        if not collections or differing:
            why = f"the rows differ in {', '.join(differing)}; " if differing else ""
            raise DuplicateKeyError(
                *self._place_of(existing), f"{why}override resolve_duplicate to merge rows"
            )
        for name, value in collections.items():
            held: Any = getattr(existing, name)
            fresh: list[Any] = [member for member in value if member not in held]
            setattr(existing, name, held | set(fresh) if isinstance(held, set) else held + fresh)
        return existing

    def _place_of(self, record: Any) -> tuple[str, object]:
        """Return the branch and the key of *record*, for an error: as far as anybody can tell."""
        for branch in self.tree.branches:
            for key, each in branch.items():
                if each is record:
                    return branch.fullname, mask_key(branch.info, key)
        return self.tree.name, getattr(record, "idnumber", None)

    def on_import_complete(self) -> None:
        """Called after the last branch was read."""

    def examine(self) -> Iterable[Check]:
        """Yield what is found of the system, for `dss doctor`: nothing is written, and little is read.

        What cannot be reached is a Check and no error. An adapter says here what reading needs; nothing, as
        here, says that nobody has looked.
        """
        return ()

    def last_written(self) -> Mapping[str, datetime]:
        """Return when the source of each branch was written, where that can be told without reading it."""
        return {}

    # -- what the tree calls --------------------------------------------------------------------------

    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        """Read every branch, those that others are derived from first."""
        self.progress = progress
        by_name = {branch.name: branch for branch in branches}
        self.init()
        for name in parents_first(list(by_name), lambda name: by_name[name].derived_from):
            rows = self.readin_branch(by_name[name])
            if rows is not None:
                self.make_all(by_name[name], rows)
            read = len(by_name[name].held)  # and no more: a sieve may have the rest
            self.progress("read", name, read, read)
        self.on_import_complete()

    def make_all(self, branch: Branch[Any, Any], rows: Rows) -> None:
        """Make a record of *branch* from each row (RowError for one without a key)."""
        banned: set[Any] = set()
        total = len(rows) if isinstance(rows, Sized) else 0
        for done, row in enumerate(rows):
            if done % STEP == 0:
                self.progress("read", branch.name, done, total)
            if isinstance(row, Mapping):
                prepared = self.kwargs_preprocessor(dict(row))
                if prepared is None or self.filter_out(**prepared):
                    continue
                values: Sequence[Any] = [prepared["idnumber"]] if "idnumber" in prepared else []
                fields = {name: value for name, value in prepared.items() if name != "idnumber"}
            else:
                values, fields = row, {}
            if not values:
                raise RowError(_place(branch, done), "has no 'idnumber', and a record needs its key")
            existing = branch.existing(values[0])
            if existing is None and values[0] not in banned:
                branch.make(*values, **fields)
            else:
                self._second(branch, existing, values, fields, _place(branch, done), banned)

    def _second(
        self,
        branch: Branch[Any, Any],
        existing: Any,
        values: Sequence[Any],
        fields: dict[str, Any],
        place: Place,
        banned: set[Any],
    ) -> None:
        """Do with a row whose key is taken, or banned where nothing exists, what the branch asks for."""
        key, shown = values[0], mask_key(branch.info, values[0])
        policy = branch.duplicates
        if policy == "quarantine" or existing is None:
            if existing is not None:
                branch.delete(key)
                banned.add(key)
            reason = f"the key {text_of(shown)} is there twice"
            branch.quarantine(Unreadable(branch.fullname, place, reason, (key,)))
        elif policy == "error":
            advice = "set `duplicates` to first, last, merge or quarantine"
            raise DuplicateKeyError(branch.fullname, shown, f"{place}; {advice}")
        elif policy == "last":
            branch.replace(key, branch.build(*values, **fields))
        elif policy == "merge":
            branch.replace(key, self.resolve_duplicate(existing, **fields))


def _place(branch: Branch[Any, Any], done: int) -> Place:
    return Place(f"row {done + 1} of {branch.fullname}")


class DeclarationNeededError(DeclarationError):
    """An importer reads nothing: it overrides neither `readin_branch` nor `reader`."""

    def __init__(self, importer: str, branch: str) -> None:
        super().__init__(importer, branch)
        self.importer = importer
        self.branch = branch

    @override
    def __str__(self) -> str:
        return f"{self.importer} cannot read the branch {self.branch}: define readin_branch or reader"
