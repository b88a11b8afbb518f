"""Rows of native values, taken in pieces that become columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import compress, islice

from dss_runtime._reading import SourceRows
from dss_runtime._tabular import Piece

AT_ONCE = 20_000


def pieces_of(rows: SourceRows) -> Iterator[Piece]:
    """Yield *rows*, tuples of a driver's values, as columns; as they are where no column holds them.

    As they are, too, where one piece holds them all: they may be so few that nobody asks for columns, whose
    library takes longer to be imported than they take to be compared.
    """
    cells, first = iter(rows), 1
    while batch := list(islice(cells, AT_ONCE)):
        piece = Piece(rows.place().file, first, len(batch), (), partial(compress, batch))
        first += len(batch)
        if first <= AT_ONCE:
            yield piece
        else:
            from dss_runtime.engines.duckdb._arrow import columned

            yield columned(piece)
