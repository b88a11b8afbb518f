"""The base of generated importers that read a SCIM service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from dss_runtime import Branch, DeclarationError, PermanentError, Place, Progress, SourceError, TransientError
from dss_runtime._doubtful import doubt
from dss_runtime._examining import Check
from dss_runtime._importer import Rows
from dss_runtime._naming import leave_out_records
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.scim._examining import examined
from dss_runtime.adapters.scim._rows import ScimRows, check_readable
from dss_runtime.adapters.scim._service import Kind
from dss_runtime.adapters.scim._session import Directory, Session, session_of
from dss_runtime.adapters.scim._settings import KNOWN
from dss_runtime.adapters.scim._source import ScimSource
from dss_runtime.codegen import BadCellError, BranchReading, Cells, DataStoreTree, Importer, override

M = TypeVar("M")
K = TypeVar("K")


class ScimImporter(Importer):
    """Reads branches from the service that the tree's settings name.

    A branch whose columns hold ids of another branch's records is read after that.
    """

    known_settings = KNOWN

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._under_way: list[str] = []
        self._done: set[str] = set()
        # What `ScimRows.values_in` has counted in this run, so that branches of one endpoint ask once.
        self._counts: dict[tuple[str, str], Counter[str]] = {}
        # The sources by branch, while they are only asked for.
        self._noted: dict[str, ScimSource] | None = None

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        self._done, self._counts = set(), {}
        session_of(self.tree).renew()
        super().run(branches, progress)
        leave_out_records(branches)

    @override
    def readin_branch(self, branch: Any) -> Rows | None:
        """Read one branch, unless that was done for the sake of another."""
        if branch.name in self._done or branch.name in self._under_way:
            return None
        self._under_way.append(branch.name)
        try:
            rows = super().readin_branch(branch)
        finally:
            self._under_way.remove(branch.name)
        self._done.add(branch.name)
        return rows

    def open(self, source: ScimSource) -> AbstractContextManager[SourceRows]:
        """Return the rows of *source* for the length of a block.

        Entering it raises SourceError when the service, the resource or an attribute cannot be had, or not
        all of it, and SettingsError for wrong settings.
        """
        if self._noted is not None:
            self._noted[self._under_way[-1]] = source
        return self._rows(source)

    @override
    def read(
        self, branch: Branch[K, M], rows: AbstractContextManager[SourceRows], reading: BranchReading[K, M]
    ) -> None:
        """Make records as every importer does, and note under which ids the service holds them."""
        if self._noted is not None:
            return
        directory = Directory()
        with rows as source:
            if not isinstance(source, ScimRows):
                return super().read(branch, nullcontext(source), reading)
            known = session_of(self.tree).directory(branch.name)
            known.replace(_by_key(source, reading) if source.refers_to(known) else directory)

            def keep(record: M) -> bool:
                if reading.keep is not None and not reading.keep(record):
                    return False
                directory.note(branch.key_of(record), source.held)
                return True

            def parse(cells: Cells) -> M | None:
                try:
                    return reading.parse(cells)
                except BadCellError:
                    doubt(branch, reading, cells, lambda key: directory.doubt(key, source.held))
                    raise

            super().read(branch, nullcontext(source), replace(reading, keep=keep, parse=parse))
            known.replace(directory)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what reading needs: the service, our rights, its clock, the attributes, its limits."""
        self._done, self._noted = set(), {}
        try:
            for branch in self.tree.branches:
                if not branch.derived_from:
                    self.readin_branch(branch)
            sources = self._noted
        finally:
            self._done, self._noted = set(), None
        return examined(self.tree, sources)

    @contextmanager
    def _rows(self, source: ScimSource) -> Generator[SourceRows]:
        session = session_of(self.tree)
        name = f"{self.tree.name} ({session.settings.url}/{source.resource})"
        kind = _checked(session, source, name)
        for branch in dict.fromkeys(each for _, names in source.references for each in names):
            if branch not in self._under_way[-1:]:
                self._read_first(branch)
        fetched = partial(self.progress, "read", f"{self._under_way[-1]}, fetched")
        yield ScimRows(session, kind, source, name, self._counts, fetched)

    def _read_first(self, name: str) -> None:
        """Read the branch that another one refers to."""
        branch = next((each for each in self.tree.branches if each.name == name), None)
        if branch is None:
            raise DeclarationError(f"{self.tree.name} has no branch {name!r}, which another one refers to")
        if name in self._under_way:
            raise DeclarationError(f"{self.tree.name}: {name} and another branch refer to each other by id")
        self.readin_branch(branch)


def _checked(session: Session, source: ScimSource, name: str) -> Kind:
    """Return the kind of resource of *source* (SourceError where the service does not offer what it asks)."""
    try:
        service = session.service
        kind = service.kind(source.resource)
    except (TransientError, PermanentError, ValueError) as error:
        raise SourceError(Place(name), str(error)) from None
    if source.filter and not service.filter:
        raise SourceError(Place(name), "the service announces that it does not filter")
    check_readable(kind, source, name)
    return kind


def _by_key(rows: ScimRows, reading: BranchReading[K, M]) -> Directory:
    """Return where the records are that the rows' own references lead to."""
    found = Directory()
    for cells in rows:
        try:
            found.note(reading.key(cells), rows.held)
        except (BadCellError, ValueError):
            continue
    return found
