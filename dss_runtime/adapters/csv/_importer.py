"""The base of generated importers that read files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from dss_runtime import Check
from dss_runtime._file_checks import examined, last_written
from dss_runtime._files import folder_of
from dss_runtime._noting import noted_sources
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.csv._rows import CsvRows, first_row
from dss_runtime.adapters.csv._source import CsvSource
from dss_runtime.codegen import Importer, override


class CsvImporter(Importer):
    """Reads branches from the files in the folder that the tree's settings name."""

    tabular = True
    known_settings = frozenset({"folder"})

    def open(self, source: CsvSource) -> AbstractContextManager[SourceRows]:
        """Return the rows of *source*; SourceError when a file is missing, SettingsError without a folder."""
        return nullcontext(CsvRows(self._folder(), source))

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the folder and the files are there and have the columns, how large and how old."""
        return examined(self._folder(), noted_sources(self), datetime.now(UTC), first_row)

    @override
    def last_written(self) -> Mapping[str, datetime]:
        """Return when the oldest file of each branch was written."""
        return last_written(self._folder(), noted_sources(self))

    def _folder(self) -> Path:
        return folder_of(self.tree.name, self.settings)
