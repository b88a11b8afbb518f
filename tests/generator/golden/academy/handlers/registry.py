"""What is special about Registry."""

from __future__ import annotations

from typing import final

from tests.generator.golden.academy.generated.importers import RegistryImporterBase


@final
class RegistryImporter(RegistryImporterBase):
    """Reads Registry."""
