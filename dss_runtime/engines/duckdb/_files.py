"""What selects the rows of a file of text, as cells or as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dss_runtime._tabular import TextFile
from dss_runtime.engines.duckdb._regular import LONGEST, Regular

_NO_TEXT = "\x01\x02 no text stands for NULL"
_NO_DELIMITER = "\x1f"
"""What separates the cells of a line that is read as a single one. DuckDB refuses a file that holds it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Files each row of which is one line of several `cells`, none of them quoted; see `TextFile`.

    `size` is how many bytes the lines have in all, their ends included. `sql` selects `n`, `size` and `line`
    of each.
    """

    delimiter: str
    cells: int
    wanted: tuple[int, ...]
    size: int
    sql: str

    @property
    def layout(self) -> tuple[str, int]:
        """What has to be the same so that equal lines have equal cells."""
        return self.delimiter, self.cells


def as_lines(files: Sequence[TextFile], found: Sequence[Regular]) -> Lines | None:
    """Return the lines of *files*, None where a row may be other than a line, or another line."""
    layouts = {(file.delimiter, file.cells, file.wanted) for file in files}
    if len(layouts) > 1 or any(each.quotes for each in found):
        return None
    rows = (_lines(file, each.ending) for file, each in zip(files, found, strict=True))
    return Lines(*layouts.pop(), sum(each.size for each in found), numbered(rows))


def numbered(rows: Iterable[str]) -> str:
    """Return what selects the rows of several queries with their numbers."""
    return f"(SELECT row_number() OVER () AS n, * FROM ({' UNION ALL '.join(rows)}))"


def select_cells(file: TextFile, found: Regular) -> str:
    """Return what selects the wanted cells of *file*, each as the text that stands there.

    The `size` of a row is that of its cells without the quotes in them, with what stands between and after.
    """
    names = [f"x{at}" for at in range(file.cells)]
    wanted = ", ".join(f"x{at} AS c{column}" for column, at in enumerate(file.wanted))
    size = f"{file.cells - 1 + found.ending} + {_size(file)}" if found.quotes else "0"
    return f"SELECT {size} AS size, {wanted} FROM {_read(file, names, file.delimiter, file.quote)}"


def _lines(file: TextFile, ending: int) -> str:
    return f"SELECT strlen(line) + {ending} AS size, line FROM {_read(file, ['line'], _NO_DELIMITER, '')}"


def _read(file: TextFile, names: Iterable[str], delimiter: str, quote: str) -> str:
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({literal(str(file.path))}, columns = {{{columns}}}, auto_detect = false, "
        f"header = {str(file.header).lower()}, delim = {literal(delimiter)}, "
        f"quote = {literal(quote)}, escape = {literal(quote)}, nullstr = {literal(_NO_TEXT)}, "
        "strict_mode = true, null_padding = false, ignore_errors = false, "
        f"max_line_size = {LONGEST}, compression = 'none', hive_partitioning = false)"
    )


def literal(value: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def _size(file: TextFile) -> str:
    """Return how many bytes of the cells of a row are no quotes."""
    row, quote = f"concat({', '.join(f'x{at}' for at in range(file.cells))})", literal(file.quote)
    without = f"strlen(replace({row}, {quote}, ''))"
    return f"CASE WHEN contains({row}, {quote}) THEN {without} ELSE strlen({row}) END"
