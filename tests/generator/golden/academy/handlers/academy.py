"""What is special about Academy."""

from __future__ import annotations

from typing import final

from tests.generator.golden.academy.generated.importers import AcademyImporterBase
from tests.generator.golden.academy.generated.templates import AcademyTemplateBase


@final
class AcademyImporter(AcademyImporterBase):
    """Reads Academy."""


@final
class AcademyTemplate(AcademyTemplateBase):
    """Carries out differences on Academy."""
