"""What is special about Files."""

from __future__ import annotations

from typing import final

from generated.importers import FilesImporterBase


@final
class FilesImporter(FilesImporterBase):
    """Reads Files."""
