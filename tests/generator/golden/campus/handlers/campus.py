"""What is special about Campus."""

from __future__ import annotations

from typing import final

from tests.generator.golden.campus.generated.importers import CampusImporterBase
from tests.generator.golden.campus.generated.templates import CampusTemplateBase


@final
class CampusImporter(CampusImporterBase):
    """Reads Campus."""


@final
class CampusTemplate(CampusTemplateBase):
    """Carries out differences on Campus."""
