"""Rows that are read many at a time are those that are read one by one, whatever is in the file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, SourceError
from dss_runtime._batch import batches_of
from dss_runtime.adapters.csv import CsvImporter, CsvSource, _lines
from dss_runtime.adapters.csv._lines import Lines
from tests.adapters.files import read, write

PIECES = st.sampled_from(
    [
        "1,a",
        "2,b",
        "3",
        "4,d,e",
        " ",
        "",
        '5,"f',
        '"6","g"',
        '7,"h""i"',
        '8,"j"k',
        "9,\0",
        '"',
        "x" * 40,
        "\ufeff",
        "é,ü",
    ]
)
ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r", ""])
FILES = st.lists(st.tuples(PIECES, ENDS).map("".join), max_size=12).map("".join)


def _read(content: bytes, **source: Any) -> tuple[object, ...]:
    with TemporaryDirectory() as folder:
        try:
            found = read(Path(folder), content, **source)
        except SourceError as error:
            return (str(error).replace(folder, ""),)
    return found.rows, found.places, found.unreadable


@given(
    content=FILES.map(str.encode)
    | st.tuples(FILES, FILES).map(lambda each: b"\xff".join(map(str.encode, each))),
    header=st.booleans(),
    quote=st.sampled_from(['"', ""]),
    columns=st.sampled_from([(0, 1), (0,)]),
    size=st.integers(1, 5),
)
@example(content=b'1,"a\n' * 6, header=True, quote='"', columns=(0, 1), size=2)
@example(content=b'1,"a\r\n\nb"\n2,c\n\n3,"d\ne"\n4,"f', header=True, quote='"', columns=(0, 1), size=2)
def test_batches_of_any_size_have_the_rows_of_a_file(
    content: bytes, header: bool, quote: str, columns: tuple[int, ...], size: int
) -> None:
    """Rows, their lines, what is unreadable and what is refused are the same as without any batch."""
    source: dict[str, Any] = {"header": header, "quote": quote, "columns": columns}
    with patch.object(_lines, "LONGEST_LINE", 30):
        with patch.object(Lines, "batch", return_value=[]):
            expected = _read(b"id,name\n" + content, **source)
        with patch.object(_lines, "BATCH", size):
            assert expected == _read(b"id,name\n" + content, **source)


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_a_batch_knows_the_lines_of_its_rows(tmp_path: Path, size: int) -> None:
    """Each row of a batch has its first line, and going through a batch moves the place of the rows."""
    write(tmp_path, {"a.csv": 'id,name\n1,"a\nb"\n\n2,c\n3,"d\r\n\r\ne"\n4,f'})
    importer = CsvImporter(DataStoreTree(name="School", settings={"folder": tmp_path}))
    with patch.object(_lines, "BATCH", size), importer.open(CsvSource(path=("a.csv",), columns=(0,))) as rows:
        found = [
            (cells, line, rows.place().line)
            for batch in batches_of(rows) or ()
            for line, cells in zip(batch.lines, batch, strict=True)
        ]
    assert [(("1",), 2, 2), (("2",), 5, 5), (("3",), 6, 6), (("4",), 9, 9)] == found
