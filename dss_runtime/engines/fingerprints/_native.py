"""Rows with native values, as a database gives them: hashed, and kept, small where that is possible."""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import compress
from typing import Any
from uuid import UUID

from dss_runtime._errors import Place
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._typing import override
from dss_runtime.engines.fingerprints._facts import UNKNOWN, Hashing
from dss_runtime.engines.fingerprints._rows import Rows

_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
"""Types whose values `marshal` gives back as they were, of the same type."""

_SHOWN = _PLAIN | {Decimal, date, datetime, time, timedelta, UUID}
"""Types whose `repr` is the same for the same value alone."""

_MARSHAL = 2
"""Of `marshal`, the last form that hangs on values alone, and not on which of them are one object."""


class NativeRows(Rows):
    """Rows that come as tuples of native values, and are kept until both sides are there."""

    def __init__(self, rows: SourceRows, key: bytes) -> None:
        super().__init__(rows)
        hashing = Hashing(key, "native")
        self._kept: list[bytes | tuple[Any, ...]] = []
        self._lines = array("Q")
        self._file = rows.place().file
        found = bytearray()
        for cells in rows:
            row = tuple(cells)
            kinds = set(map(type, row))
            if kinds <= _PLAIN:
                packed = marshal.dumps(row, _MARSHAL)
                self._kept.append(packed)
                found += hashing(packed)
            else:
                self._kept.append(row)
                found += hashing(_shown(row)) if kinds <= _SHOWN else UNKNOWN
            self._lines.append(rows.place().line)
        self._found = bytes(found)
        self.unreadable = rows.unreadable

    @override
    def fingerprints(self) -> bytes | str:
        return f"{self._file} has rows that are none" if self.unreadable else self._found

    @override
    def picked(self, wanted: bytearray) -> SourceRows:
        return _Kept(self, wanted)

    @override
    def all(self) -> SourceRows:
        return _Kept(self, bytearray(b"\1" * len(self._kept)))

    @override
    def check(self) -> None:
        """They are kept here, and nobody changes them."""

    def rows(self, wanted: bytearray) -> Iterator[tuple[Place, Cells]]:
        """Yield the rows that are wanted, each with its place."""
        for line, row in compress(zip(self._lines, self._kept, strict=True), wanted):
            yield Place(self._file, line), marshal.loads(row) if isinstance(row, bytes) else row


def _shown(row: tuple[Any, ...]) -> bytes:
    """Return a text that only this very row has; what a zone makes of a time may change, so that is in it."""
    offsets = [cell.utcoffset() for cell in row if type(cell) is datetime or type(cell) is time]
    return repr((row, offsets)).encode("utf-8", "surrogatepass")


class _Kept:
    """Some rows of those that were kept."""

    def __init__(self, side: NativeRows, wanted: bytearray) -> None:
        self._side = side
        self._wanted = wanted
        self._place = Place("")
        self.unreadable: Sequence[tuple[Place, str]] = side.unreadable

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._place

    def __iter__(self) -> Iterator[Cells]:
        for place, cells in self._side.rows(self._wanted):
            self._place = place
            yield cells
