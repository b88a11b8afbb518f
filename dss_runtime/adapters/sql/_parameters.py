"""What the parameters of a statement are made from, for many records at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Values: TypeAlias = "tuple[Any, ...] | dict[str, Any]"
"""The parameters of one execution, as the driver takes them."""

Column: TypeAlias = list[Any]
"""The values of one parameter, for one execution after the other."""

Encode: TypeAlias = Callable[[Iterable[Any]], Column]
"""Makes the driver's values from those of a field; raises ValueError and the like where one is none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one parameter is made from: `read` takes a value from a record, `encode` makes them the driver's.

    The record is the one that is written, or with `by_holder` the one that tells the row. A constant has no
    `read`, and stands in `value`.
    """

    read: Callable[[Any], Any] | None = None
    encode: Encode | None = None
    by_holder: bool = False
    value: Any = None

    def of(self, records: Sequence[Any], holders: Sequence[Any]) -> Column:
        """Return the parameter for each record and its holder; raises what `encode` does for a bad one."""
        if self.read is None:
            return [self.value] * len(records)
        found = map(self.read, holders if self.by_holder else records)
        return list(found) if self.encode is None else self.encode(found)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text for the driver, and what its parameters are made from, in their order.

    Handing them to the driver directly takes a third of the time of SQLAlchemy's own bulk insert. `names` are
    those of the parameters where the driver wants them. `exactly` is true where each execution must hit one
    row, which an INSERT always does. `several` is the statement for many rows at once, whose parameters are
    arrays, but for constants; "" where there is none.
    """

    sql: str
    parameters: tuple[Parameter, ...]
    names: tuple[str, ...] | None
    exactly: bool
    several: str = ""

    def columns(self, records: Sequence[Any], holders: Sequence[Any]) -> Sequence[Column]:
        """Return each parameter's values for writing *records* to the rows of their *holders*.

        Raises ValueError and the like where one of them cannot be written at all.
        """
        return [each.of(records, holders) for each in self.parameters]

    def rows(self, columns: Sequence[Column]) -> Sequence[Values]:
        """Return the parameters of each execution."""
        rows = zip(*columns, strict=True)
        if self.names is None:
            return list(rows)
        return [dict(zip(self.names, row, strict=True)) for row in rows]

    def arrays(self, columns: Sequence[Column]) -> Values:
        """Return the parameters of the statement for many rows."""
        each = zip(self.names or (), self.parameters, columns, strict=True)
        return {name: column if parameter.read else parameter.value for name, parameter, column in each}
