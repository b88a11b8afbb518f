"""What is special about Directory."""

from __future__ import annotations

from typing import final

from tests.generator.golden.directory.generated.importers import DirectoryImporterBase
from tests.generator.golden.directory.generated.templates import DirectoryTemplateBase


@final
class DirectoryImporter(DirectoryImporterBase):
    """Reads Directory."""


@final
class DirectoryTemplate(DirectoryTemplateBase):
    """Carries out differences on Directory."""
