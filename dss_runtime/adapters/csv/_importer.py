"""The base of generated importers that read files."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from dss_runtime import SettingsError
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.csv._rows import CsvRows
from dss_runtime.adapters.csv._source import CsvSource
from dss_runtime.codegen import Importer


class CsvImporter(Importer):
    """Reads branches from the files in the folder that the tree's settings name."""

    def open(self, source: CsvSource) -> AbstractContextManager[SourceRows]:
        """Return the rows of *source*; SourceError when a file is missing, SettingsError without a folder."""
        return nullcontext(CsvRows(self._folder(), source))

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
