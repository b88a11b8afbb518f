"""What DuckDB reads from a file that was looked at is what Python reads, or nobody uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dss_runtime import DssError
from dss_runtime._tabular import TextFile
from dss_runtime.adapters.csv import CsvSource
from dss_runtime.adapters.csv._rows import CsvRows
from dss_runtime.engines.duckdb import _regular
from dss_runtime.engines.duckdb._files import as_lines, numbered, select_cells
from dss_runtime.engines.duckdb._regular import Regular, is_utf8, regular

TOKENS = [
    *[
        '"',
        '"',
        '"',
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "a",
        "b",
        " ",
        '""',
        '" "',
        '"a"',
        '"a,b"',
        '"a\nb"',
        'x,"y"\n',
    ],
    *["x,y\n", "\r\n", "\\", "#", "'", "\t", "\x0b", "\x1f", "\x85", "\u2028", "\ufeff", "é", "\r", "\0"],
]
HEADERS = [
    "h,i\n",
    "h,i\r\n",
    '"h",i\n',
    " h,i\n",
    "\nh,i\n",
    " \nh,i\n",
    '""\nh,i\n',
    '"h\n",i\n',
    "\ufeffh,i\n",
    "h,i\rx,y\n",
]
texts = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=14).map("".join)


class Reader:
    """Reads a file of two columns in every way."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rows.csv"
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")

    def rows(self, **options: Any) -> CsvRows:
        """Return what Python reads."""
        return CsvRows(self.path.parent, CsvSource(path=(self.path.name,), columns=(0, 1), **options))

    def cells(self, file: TextFile, found: Regular) -> list[tuple[str, ...]] | None:
        """Return the cells that DuckDB reads, None where nobody uses them."""
        rows = self._asked(numbered([select_cells(file, found)])) if is_utf8(file) else []
        if sum(row[1] for row in rows) != (found.size if found.quotes else 0):
            return None
        return [row[2:] for row in rows] or None

    def lines(self, file: TextFile, found: Regular) -> list[tuple[str, ...]] | None:
        """Return the cells of the lines that DuckDB reads, None where nobody uses them."""
        lines = as_lines([file], [found])
        rows = [] if lines is None else self._asked(lines.sql)
        cells = [row[2].split(file.delimiter) for row in rows]
        sure = lines is not None and sum(row[1] for row in rows) == lines.size
        if not sure or any(len(each) != file.cells for each in cells):
            return None
        return [tuple(each[at] for at in file.wanted) for each in cells]

    def _asked(self, relation: str) -> list[Any]:
        try:
            return self._connection.execute(f"SELECT * FROM {relation} ORDER BY n").fetchall()
        except duckdb.Error:
            return []


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """What reads files of a folder."""
    return Reader(tmp_path_factory.mktemp("regular"))


@given(texts, st.sampled_from(["", "", *HEADERS]), st.sampled_from(['"', '"', "'", ""]))
@example('"a" "b",c\n', "", '"')
@example("x,y\n", "\nh,i\n", '"')
def test_what_is_read_from_a_regular_file(reader: Reader, body: str, header: str, quote: str) -> None:
    """Each row that DuckDB reads is a row of Python, with the same cells, and no other is."""
    reader.path.write_bytes((header + body.replace('"', quote or '"')).encode())
    rows = reader.rows(header=bool(header), quote=quote)
    try:
        (file,) = rows.text_files()
    except DssError:
        return
    found = regular(file)
    if isinstance(found, str):
        return
    cells, lines = reader.cells(file, found), reader.lines(file, found)
    if cells is None and lines is None:
        return
    wanted = list(map(tuple, rows))
    assert [] == list(rows.unreadable)
    assert cells in (wanted, None)
    if lines is not None:
        assert wanted == lines
        assert wanted == list(map(tuple, rows.lines_of([file], [bytearray(b"\1" * len(lines))])))


@pytest.mark.parametrize(
    "text", ['x,"a" "b"\n', "x,y\r\n", "x,y\r", 'x,"a"  "b"\n', "x,\0\n", 'x,"a\r\nb"\n', "x,y\n"]
)
@pytest.mark.parametrize("quote", ['"', ""])
def test_pieces_of_a_file_are_looked_at_as_one(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, text: str, quote: str
) -> None:
    """Where a piece ends that is looked at makes no difference."""
    reader.path.write_bytes(("x,y\n" + text * 3).encode())
    (file,) = reader.rows(header=False, quote=quote).text_files()
    whole = regular(file)
    for size in range(1, 12):
        monkeypatch.setattr(_regular, "_AT_ONCE", size)
        assert whole == regular(file)
