"""Single cells, as the code asks about them that makes records of rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dss_runtime._blank import blank
from dss_runtime._errors import DssError
from dss_runtime._typing import override

WHERE = "where"
"""What stands for a field in the error of a cell that `where` cannot compare."""


class BadCellError(DssError):
    """A cell cannot become its field's value. `field` is the field, `reason` what was expected instead."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Unresolved:
    """A cell that should lead to a record, and leads to none; `cell` is what is held there.

    No field's type takes it, so its row is unreadable; `reason` says what is wrong.
    """

    cell: object
    reason: str

    @override
    def __repr__(self) -> str:
        return repr(self.cell)


def present(cell: Any) -> Any:
    """Return *cell* of a key's column (ValueError when it is blank)."""
    if blank(cell):
        raise ValueError("is empty, and a record needs its key")
    return cell


def text(cell: object) -> str:
    """Return *cell* as transforms take it: NULL is the empty text (ValueError for what is Unresolved)."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Unresolved):
        raise ValueError(cell.reason)
    return "" if cell is None else str(cell)


def same(cell: object, value: object) -> bool:
    """Return whether a cell holds *value* of the schema, with 0 and 1 for booleans."""
    if value is True:
        return text(cell).strip().casefold() in ("1", "true")
    if value is False:
        return text(cell).strip().casefold() in ("0", "false")
    return text(cell) == str(value)


def number(cell: object) -> Decimal:
    """Return *cell* as a number for a comparison in `where` (ValueError when it is none)."""
    try:
        found = Decimal(int(cell) if isinstance(cell, bool) else text(cell).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError("expected a number, as `where` compares it with one")
    return found
