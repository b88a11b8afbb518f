"""What is special about Shop."""

from __future__ import annotations

from typing import final

from tests.generator.golden.shop.generated.importers import ShopImporterBase
from tests.generator.golden.shop.generated.templates import ShopTemplateBase


@final
class ShopImporter(ShopImporterBase):
    """Reads Shop."""


@final
class ShopTemplate(ShopTemplateBase):
    """Carries out differences on Shop."""
