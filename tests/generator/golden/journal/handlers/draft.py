"""What is special about Draft."""

from __future__ import annotations

from typing import final

from tests.generator.golden.journal.generated.importers import DraftImporterBase


@final
class DraftImporter(DraftImporterBase):
    """Reads Draft."""
