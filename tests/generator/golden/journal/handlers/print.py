"""What is special about Print."""

from __future__ import annotations

from typing import final

from tests.generator.golden.journal.generated.importers import PrintImporterBase
from tests.generator.golden.journal.generated.templates import PrintTemplateBase


@final
class PrintImporter(PrintImporterBase):
    """Reads Print."""


@final
class PrintTemplate(PrintTemplateBase):
    """Carries out differences on Print."""
