"""The base of generated importers that read files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from dss_runtime import Check, SettingsError
from dss_runtime._noting import noted_sources
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.csv._examine import examined, last_written
from dss_runtime.adapters.csv._rows import CsvRows
from dss_runtime.adapters.csv._source import CsvSource
from dss_runtime.codegen import Importer, override


class CsvImporter(Importer):
    """Reads branches from the files in the folder that the tree's settings name."""

    known_settings = frozenset({"folder"})

    def open(self, source: CsvSource) -> AbstractContextManager[SourceRows]:
        """Return the rows of *source*; SourceError when a file is missing, SettingsError without a folder."""
        return nullcontext(CsvRows(self._folder(), source))

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the folder and the files are there and have the columns, how large and how old."""
        return examined(self._folder(), noted_sources(self), datetime.now(UTC))

    @override
    def last_written(self) -> Mapping[str, datetime]:
        """Return when the oldest file of each branch was written."""
        found = {name: last_written(self._folder(), each) for name, each in noted_sources(self).items()}
        return {name: each for name, each in found.items() if each is not None}

    def _folder(self) -> Path:
        folder: object = self.settings.get("folder")
        if isinstance(folder, (str, Path)) and str(folder):
            return Path(folder)
        name = self.tree.name
        problem = (
            "has no folder to read from"
            if folder in (None, "")
            else f"has a folder that is no text: {folder!r}"
        )
        raise SettingsError(f'{name} {problem}: set it in dss.toml, [trees.{name}] folder = "…"')
