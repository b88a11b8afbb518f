"""What is special about Office."""

from __future__ import annotations

from typing import final

from tests.generator.golden.directory.generated.importers import OfficeImporterBase


@final
class OfficeImporter(OfficeImporterBase):
    """Reads Office."""
