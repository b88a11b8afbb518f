"""The base of generated templates that write a directory of Google Workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from dss_runtime import Branch, DefaultTemplate, Outcome, Phase, SettingsError, Work
from dss_runtime._examining import Check
from dss_runtime._template import MissingHandlerError
from dss_runtime.adapters.google._client import Directory
from dss_runtime.adapters.google._examining import examined
from dss_runtime.adapters.google._kinds import KINDS, Kind
from dss_runtime.adapters.google._look import look
from dss_runtime.adapters.google._memory import Memory
from dss_runtime.adapters.google._settings import settings_of
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.adapters.google._writer import Writer
from dss_runtime.codegen import DataStoreTree, override


class GoogleTemplate(DefaultTemplate):
    """Writes records to the directory that the tree's settings name; `targets` says how each branch is.

    There are no transactions: each request stands for itself. A lost answer is looked into.
    """

    targets: ClassVar[Mapping[str, GoogleTarget]] = {}

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self._directories: dict[str, Directory] = {}
        self._memory = Memory()

    @override
    def end(self, phase: Phase) -> None:
        """Close the connections."""
        for directory in self._directories.values():
            directory.close()
        if phase == "old":  # the last one
            self._memory = Memory()

    @override
    def abandon(self, phase: Phase) -> None:
        """Close the connections; what was done stays."""
        self.end(phase)

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works of one branch and phase; a record that Google refuses fails alone.

        Raises TransientError where nothing was applied, but may be later.
        """
        target = self.targets.get(works[0].branch)
        if target is None:
            raise MissingHandlerError(works[0].actions[0].method)
        directory = self._directory(target.kind)
        return Writer(directory, target, self._branch(works[0].branch), self._memory).write(works)

    @override
    def look(self, work: Work) -> Any:
        """Return the record as the directory holds it now; NotImplemented where that cannot be told."""
        target = self.targets.get(work.branch)
        if target is None:
            return NotImplemented
        return look(self._directory(target.kind), target, self._branch(work.branch), work)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the account is allowed what writing the branches needs."""
        try:
            settings = settings_of(self.tree)
        except SettingsError as error:
            yield Check("rights", "error", str(error))
            return
        wanted = {target.kind.collection for target in self.targets.values()} - {"members"}
        for collection in sorted(wanted):
            yield from examined(settings, KINDS[collection], write=True)

    def _directory(self, kind: Kind) -> Directory:
        if kind.collection not in self._directories:
            scopes = kind.scopes(write=True)
            self._directories[kind.collection] = Directory(settings_of(self.tree), scopes)
        return self._directories[kind.collection]

    def _branch(self, name: str) -> Branch[Any, Any]:
        return next(each for each in self.tree.branches if each.name == name)
