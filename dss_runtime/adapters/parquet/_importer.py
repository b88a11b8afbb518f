"""The base of generated importers that read Parquet and Arrow files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from dss_runtime import Check
from dss_runtime._file_checks import examined, last_written
from dss_runtime._files import Found, find_files, folder_of
from dss_runtime._noting import noted_sources
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.parquet._rows import ParquetRows, look
from dss_runtime.adapters.parquet._source import ParquetSource
from dss_runtime.codegen import Importer, override


class ParquetImporter(Importer):
    """Reads branches from the files in the folder that the tree's settings name."""

    tabular = True
    known_settings = frozenset({"folder"})

    def open(self, source: ParquetSource) -> AbstractContextManager[SourceRows]:
        """Return the rows of *source*; SourceError when a file is missing, SettingsError without a folder."""
        return nullcontext(ParquetRows(self._folder(), source))

    def files(self, source: ParquetSource) -> Sequence[Found]:
        """Return the files of *source* in the order in which they are read, for what reads them by itself.

        Raises SourceError when a file is missing, SettingsError without a folder.
        """
        return find_files(self._folder(), source.path, newest=source.newest)

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the folder and the files are there and have the columns, how large and how old."""
        return examined(self._folder(), noted_sources(self), datetime.now(UTC), look)

    @override
    def last_written(self) -> Mapping[str, datetime]:
        """Return when the oldest file of each branch was written."""
        return last_written(self._folder(), noted_sources(self))

    def _folder(self) -> Path:
        return folder_of(self.tree.name, self.settings)
