"""What a schema may be written in: the tables of adapters and field types, which packages may add to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..adapters import ADAPTERS, Adapter
from ..extensions import Table
from ..fieldtypes import type_table

if TYPE_CHECKING:
    from ..fieldtypes import TypeClass


@dataclass(frozen=True, slots=True)
class Language:
    """The tables that a schema is read by: our own rows, and those of packages if they count."""

    adapters: Table[Adapter]
    types: Table[TypeClass]

    @property
    def usable(self) -> Language:
        """The language without the rows of packages that cannot be used."""
        return Language(self.adapters.usable, self.types.usable)

    def load(self) -> None:
        """Load every row of every package (ExtensionError with all that is wrong)."""
        self.adapters.load()
        self.types.load()


BUILT_IN = Language(Table("adapter", tuple(ADAPTERS), ADAPTERS.__getitem__), type_table())
"""The language as it is documented."""
