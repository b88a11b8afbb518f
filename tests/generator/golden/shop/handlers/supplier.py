"""What is special about Supplier."""

from __future__ import annotations

from typing import Literal as _Literal
from typing import final

from dss_runtime import override
from tests.generator.golden.shop.generated.importers import SupplierImporterBase, SupplierProductsRow


@final
class SupplierImporter(SupplierImporterBase):
    """Reads Supplier."""

    @override
    def computed_products_state(self, row: SupplierProductsRow, /) -> _Literal["on sale", "sold \"out\""]:
        """Return the field state of a row; raise ValueError where there is none."""
        return "sold \"out\"" if row.sold == "yes" else "on sale"
