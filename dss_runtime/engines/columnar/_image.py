"""What an image is."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime.engines.columnar._sql import NUL, Sql, is_null, negated


@dataclass(frozen=True, slots=True)
class Image:
    """What stands for the value of a cell in SQL; NULL where nobody is sure what that is.

    Of two rows whose `value`s are equal, both cells can be read and the values are equal in Python, and the
    other way round: values that have one are equal only if it is. `compared` is equal only where the
    canonical forms are; not the other way round. `none` is what it is in place of None, other than that of
    any value. `readable` is true only where the cell can be read.
    """

    value: Sql
    compared: Sql
    none: Sql
    readable: Sql


def image_of(
    value: Sql, *, compared: Sql | None = None, none: Sql = NUL, readable: Sql | None = None
) -> Image:
    """Return an image whose parts, where they are not given, follow from its value."""
    return Image(
        value,
        value if compared is None else compared,
        none,
        negated(is_null(value)) if readable is None else readable,
    )
