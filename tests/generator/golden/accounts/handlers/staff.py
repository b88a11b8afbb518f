"""What is special about Staff."""

from __future__ import annotations

from typing import final

from tests.generator.golden.accounts.generated.importers import StaffImporterBase


@final
class StaffImporter(StaffImporterBase):
    """Reads Staff."""
