"""The base of generated importers that read a directory of Google Workspace."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

from dss_runtime import Branch, Progress, SettingsError
from dss_runtime._examining import Check
from dss_runtime._naming import leave_out_records
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.google._client import Directory
from dss_runtime.adapters.google._examining import examined
from dss_runtime.adapters.google._kinds import KINDS, Kind
from dss_runtime.adapters.google._listing import Listing
from dss_runtime.adapters.google._rows import GoogleRows
from dss_runtime.adapters.google._settings import KNOWN, settings_of
from dss_runtime.adapters.google._source import GoogleSource
from dss_runtime.codegen import Importer, override


class GoogleImporter(Importer):
    """Reads branches from the directory that the tree's settings name.

    Several branches of one kind are read from one listing: a user who is moved meanwhile is in one of them.
    """

    known_settings = KNOWN
    _listings: dict[str, tuple[Directory, Listing]] | None = None

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        self._listings = {}
        try:
            super().run(branches, progress)
            leave_out_records(branches)
        finally:
            for directory, _ in self._listings.values():
                directory.close()
            self._listings = None

    @contextmanager
    def open(self, source: GoogleSource) -> Generator[SourceRows]:
        """Give the rows of *source* for the length of a block.

        Raises SourceError where they cannot be had to the last one, and SettingsError for wrong settings.
        """
        settings = settings_of(self.tree)
        with self._listing(KINDS[source.resource]) as listing:
            yield GoogleRows(listing, settings.place, source)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the directory is reached, what may be read there, and how far its clock is away."""
        try:
            settings = settings_of(self.tree)
        except SettingsError as error:
            yield Check("reachable", "error", str(error))
            return
        for kind in (KINDS["users"], KINDS["orgunits"], KINDS["groups"]):
            yield from examined(settings, kind, write=False)

    @contextmanager
    def _listing(self, kind: Kind) -> Generator[Listing]:
        scopes = kind.scopes(write=False)
        shared = self._listings
        if shared is not None and scopes[0] in shared:
            yield shared[scopes[0]][1]
            return
        directory = Directory(settings_of(self.tree), scopes)
        listing = Listing(directory, self.progress)
        if shared is not None:
            shared[scopes[0]] = directory, listing  # closed when all branches are read
            yield listing
            return
        try:
            yield listing
        finally:
            directory.close()
