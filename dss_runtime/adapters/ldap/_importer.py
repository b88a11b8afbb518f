"""The base of generated importers that read a directory."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any, TypeVar

from dss_runtime import Branch, Check, DeclarationError, Progress
from dss_runtime._doubtful import doubt
from dss_runtime._importer import Rows
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.ldap._examining import examine
from dss_runtime.adapters.ldap._rows import LdapRows
from dss_runtime.adapters.ldap._session import Directory, session_of
from dss_runtime.adapters.ldap._settings import KNOWN
from dss_runtime.adapters.ldap._source import LdapSource
from dss_runtime.codegen import BadCellError, BranchReading, Cells, DataStoreTree, Importer, override

M = TypeVar("M")
K = TypeVar("K")


class LdapImporter(Importer):
    """Reads branches from the directory that the tree's settings name.

    A branch whose columns hold names of another branch's entries is read after that.
    """

    known_settings = KNOWN

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._under_way: list[str] = []
        self._done: set[str] = set()

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        self._done = set()
        session = session_of(self.tree)
        session.taken.clear()
        session.close()  # rights that were taken away meanwhile count from the next bind on
        try:
            super().run(branches, progress)
        finally:
            session.close()

    @override
    def readin_branch(self, branch: Any) -> Rows | None:
        """Read one branch, unless that was done for the sake of another."""
        if branch.name in self._done:
            return None
        if branch.name in self._under_way:
            raise DeclarationError(f"{self.tree.name}: {branch.name} and another branch refer to each other")
        self._under_way.append(branch.name)
        try:
            rows = super().readin_branch(branch)
        finally:
            self._under_way.remove(branch.name)
        self._done.add(branch.name)
        return rows

    @contextmanager
    def open(self, source: LdapSource) -> Generator[SourceRows]:
        """Give the rows of *source* for the length of a block.

        Iterating over them raises SourceError when the directory, the base or a right is missing, and when
        not all entries are shown; SettingsError is raised for wrong settings.
        """
        names = dict.fromkeys(each for _, several in source.references for each in several)
        for name in names:
            if name not in self._under_way:
                self.readin_branch(next(each for each in self.tree.branches if each.name == name))
        yield LdapRows(session_of(self.tree), source)

    @override
    def read(
        self, branch: Branch[K, M], rows: AbstractContextManager[SourceRows], reading: BranchReading[K, M]
    ) -> None:
        """Make records as every importer does, and note which entries they are."""
        directory = Directory()
        with rows as source:
            if isinstance(source, LdapRows):
                keeps = reading.keep

                def keep(record: M) -> bool:
                    if keeps is not None and not keeps(record):
                        return False
                    directory.see(branch.key_of(record), source.dn)
                    return True

                def parse(cells: Cells) -> M | None:
                    try:
                        return parses(cells)
                    except BadCellError:
                        doubt(branch, reading, cells, lambda key: directory.doubt(key, source.dn))
                        raise

                parses = reading.parse
                reading = replace(reading, keep=keep, parse=parse)
            super().read(branch, nullcontext(source), reading)
        session_of(self.tree).directory(branch.name).replace(directory)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield what is found of the directory: whether it answers, our rights, and its limits."""
        return examine(self.tree)
