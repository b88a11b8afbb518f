"""What the queries have in common: how they are asked, and what they tell of all pairs of rows."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from dss_runtime._extras import extra

with extra("duckdb"):
    import duckdb

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""Nothing is downloaded, or loaded, that is not in the library."""

_TALLY = (
    "SELECT count(ln), count(rn), max(ln), max(rn), sum(ls), sum(rs), count_if(proven), count_if(odd), "
    "list(ln) FILTER (WHERE ln IS NOT NULL AND NOT proven AND NOT lx), "
    "list(rn) FILTER (WHERE rn IS NOT NULL AND NOT proven AND NOT rx) FROM pairs"
)


@contextmanager
def connected() -> Generator[duckdb.DuckDBPyConnection]:
    """Give a database in memory, which may put what it has no room for into a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="dss-") as folder, duckdb.connect(config=_CONFIG) as connection:
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET enable_progress_bar = false")
        # It would put every use of a column in place of the column, and so compute most of them many times.
        connection.execute("SET disabled_optimizers = 'partial_aggregate_pushdown'")
        yield connection


@dataclass(frozen=True, slots=True)
class Verdict:
    """A byte for each row of either side, 0 where it need not be read; `same` pairs are proven.

    `lines` tells that each row was found to be a line.
    """

    left: bytearray
    right: bytearray
    same: int
    lines: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of all pairs of rows, those without a partner included, left and right.

    `rows` are how many rows they have, `last` the highest numbers, and `sizes` the sums of their sizes. Of
    the pairs, `same` are proven, and `odd` have a key that is not known. `unproven` are the numbers of the
    rows that have to be read.
    """

    rows: tuple[int, int]
    last: tuple[int, int]
    sizes: tuple[int, int]
    same: int
    odd: int
    unproven: tuple[list[int], list[int]]

    @property
    def each_once(self) -> bool:
        """Whether each row is in one pair."""
        return self.rows == self.last

    def verdict(self, *, lines: bool = False) -> Verdict:
        """Return which rows may differ; *lines* says that each is a line."""
        left, right = map(_marked, self.unproven, self.last)
        return Verdict(left, right, self.same, lines)


def tally(connection: duckdb.DuckDBPyConnection, tables: str) -> Tally:
    """Return what is known of the pairs in *tables*, those of a WITH clause.

    The last of them is `pairs`. It has the numbers of the rows (`ln`, `rn`) and their sizes (`ls`, `rs`),
    NULL where a row has no partner; whether the pair is `proven`, has a key that is `odd`, and whether its
    rows are surely none of the branch (`lx`, `rx`).
    """
    try:
        found = connection.execute(f"WITH {tables} {_TALLY}").fetchall()[0]
    except (duckdb.InterruptException, RuntimeError) as error:
        if "interrupt" in str(error).lower():  # so DuckDB calls what a signal's handler has raised
            raise KeyboardInterrupt from error
        raise
    *numbers, left, right = found
    a, b, c, d, e, f, same, odd = (int(each or 0) for each in numbers)
    return Tally((a, b), (c, d), (e, f), same, odd, (left or [], right or []))


def _marked(numbers: list[int], last: int) -> bytearray:
    found = bytearray(last)
    for number in numbers:
        found[number - 1] = 1
    return found
