"""How the csv adapter tells rows from what are none."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import SourceError
from dss_runtime.adapters.csv._lines import LONGEST_LINE
from tests.adapters.files import read, refused

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ROWS = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6)


@given(rows=ROWS, delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_as_csv_is_read(rows: list[tuple[str, str]], delimiter: str, end: str) -> None:
    """Any quoted text survives: delimiters, quotes, line breaks of any kind, blank cells."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(
        [("id", "name"), *rows]
    )
    with TemporaryDirectory() as folder:
        found = read(Path(folder), text.getvalue(), delimiter=delimiter)
    assert (rows, []) == (found.rows, found.unreadable)


@given(st.binary(max_size=200))
def test_no_file_is_taken_for_more_than_it_is(content: bytes) -> None:
    """Whatever is in a file, it is refused as a whole, or every row has the header's number of cells."""
    with TemporaryDirectory() as folder:
        try:
            found = read(Path(folder), b"id,name\n1,a\n" + content)
        except SourceError:
            return
    assert {2} == {len(row) for row in found.rows}


def test_the_place_of_a_row_is_its_first_line(tmp_path: Path) -> None:
    """A line break inside quotes is legal and counts; blank lines are skipped and count."""
    found = read(tmp_path, 'id,name\n1,"a\nb"\n\n   \n2,c\n')
    assert [("1", "a\nb"), ("2", "c")] == found.rows
    assert ["students.txt:2", "students.txt:6"] == found.places
    assert [] == found.unreadable


def test_columns_come_in_the_order_asked_for(tmp_path: Path) -> None:
    """The order of the columns is the schema's, however they stand in the file."""
    content = "name,extra,id\na,x,1\n"
    assert [("1", "a")] == read(tmp_path, content).rows
    assert [("a",)] == read(tmp_path, content, columns=("name",)).rows
    assert [()] == read(tmp_path, content, columns=()).rows
    assert [("1", "1")] == read(tmp_path, content, columns=("id", 2)).rows


def test_ragged_rows_are_unreadable(tmp_path: Path) -> None:
    """A row with too many or too few cells is no row, and reading goes on after it."""
    found = read(tmp_path, "id,name\n1,a\n2,b\nc\n3,d,e\n4,f\n")
    assert [("1", "a"), ("2", "b"), ("4", "f")] == found.rows
    assert [
        "4: expected 2 cells, found 1 (a line break inside a field?)",
        "5: expected 2 cells, found 3 (a line break inside a field?)",
    ] == found.unreadable


def test_broken_quotes_are_unreadable(tmp_path: Path) -> None:
    """Text after a closing quote makes a row unreadable, and reading goes on after it."""
    found = read(tmp_path, 'id,name\n1,"a"b\n2,c"d"\n')
    assert [("2", 'c"d"')] == found.rows
    (reason,) = found.unreadable
    assert reason.startswith("2: a quoted cell does not end at the delimiter (")


def test_without_quotes_they_are_text(tmp_path: Path) -> None:
    """Where nothing is quoted, a quote is a character as any other."""
    found = read(tmp_path, 'id\tname\n1\t"a\n2\tb"c"\n', delimiter="\t", quote="")
    assert [("1", '"a'), ("2", 'b"c"')] == found.rows


def test_nul_bytes_are_unreadable(tmp_path: Path) -> None:
    """A row with a NUL byte is damaged, whatever column it is in."""
    found = read(tmp_path, "id,name,more\n1,a,\0\n2,b,\n\0\0\0\n", columns=("id", "name"))
    assert [("2", "b")] == found.rows
    assert ["2: holds a NUL byte: is the file damaged, or its `encoding` another?"] == found.unreadable[:1]
    assert 2 == len(found.unreadable)


def test_huge_cells_are_unreadable(tmp_path: Path) -> None:
    """A cell beyond the limit of the csv module makes its row unreadable, not the import crash."""
    found = read(tmp_path, f"id,name\n1,{'x' * 200_000}\n2,b\n")
    assert [("2", "b")] == found.rows
    assert ["2: a cell of more than 131,072 characters: is a quote not closed?"] == found.unreadable


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    """Of a line that is far too long, the rest is skipped."""
    found = read(tmp_path, f"id,name\n1,{'x,' * LONGEST_LINE}\n2,b\n")
    assert [("2", "b")] == found.rows
    assert ["2: a line of more than 1,048,576 characters: has a quote not been closed?"] == found.unreadable
    found = read(tmp_path, f"id,name\n2,b\n1,{'x,' * LONGEST_LINE}")
    assert ([("2", "b")], 1) == (found.rows, len(found.unreadable))
    almost = "1," + "x" * (LONGEST_LINE - 2)
    assert 1 == len(read(tmp_path, f"id,name\n2,b\n{almost}").unreadable)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "students.txt: is empty: has the export run, and is it complete?"),
        ("\n", "students.txt: is empty: has the export run, and is it complete?"),
        (
            "\ufeff",
            "students.txt: is without a header, and nothing is no data: has the export run, and is it"
            " complete?",
        ),
        (
            "id,name\n\n  \n",
            "students.txt: is without a row below the header, and nothing is no data: has the export run,"
            " and is it complete?",
        ),
        (
            "id,name\n1,a\n2",
            "students.txt:3: expected 2 cells, found 1, and the file ends there: it is truncated;"
            " run again when the export is complete",
        ),
        (
            'id,name\n1,a\n2,"b\nc',
            "students.txt:3: the file ends within a quoted cell of this row: it is truncated,"
            " or a quote is not closed",
        ),
        ('id,"na"me\n1,a\n', "students.txt:1: a quoted cell does not end at the delimiter"),
        (
            "\0id,name\n1,a\n",
            "students.txt:1: holds a NUL byte: is the file damaged, or its `encoding` another?",
        ),
    ],
)
def test_what_is_no_whole_file_is_refused(content: str, message: str, tmp_path: Path) -> None:
    """An empty, header-only or truncated file is never data, and the message says what to do."""
    assert refused(tmp_path, content).startswith(message)


def test_a_last_line_without_end_is_legal(tmp_path: Path) -> None:
    """Many programs leave out the last line's end."""
    assert [("1", "a")] == read(tmp_path, "id,name\n1,a").rows


def test_a_file_of_unreadable_rows_is_not_empty(tmp_path: Path) -> None:
    """Rows that cannot be read are there: they are reported, and the guard decides."""
    found = read(tmp_path, "id,name\n1\n")
    assert ([], 1) == (found.rows, len(found.unreadable))


# -- files without a header ---------------------------------------------------------------------------


def test_positions_need_no_header(tmp_path: Path) -> None:
    """Without a header the first row counts, and gives the number of cells."""
    found = read(tmp_path, "0042\ta\tx\n7\tb\ty\n8\tc\n", header=False, columns=(0, 2), delimiter="\t")
    assert [("0042", "x"), ("7", "y")] == found.rows
    assert ["students.txt:1", "students.txt:2"] == found.places
    assert ["3: expected 3 cells, found 2 (a line break inside a field?)"] == found.unreadable


def test_an_unreadable_first_row_without_header_is_only_that(tmp_path: Path) -> None:
    """Without a header, the first row that can be read gives the number of cells."""
    found = read(tmp_path, '1,"a"b\n2,c\n', header=False, columns=(0, 1))
    assert ([("2", "c")], 1) == (found.rows, len(found.unreadable))


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        (
            "1,a\n",
            (0, 2),
            "students.txt:1: expected at least 3 cells, found 2: are `delimiter` and positions right?",
        ),
        ("1,a\n", ("id",), "students.txt:1: there is no header to name the column 'id': give its position"),
        (
            "\n\n\n",
            (0,),
            "students.txt: is without a row, and nothing is no data: has the export run, and is it complete?",
        ),
    ],
)
def test_files_without_header_are_checked_too(
    content: str, columns: tuple[str | int, ...], message: str, tmp_path: Path
) -> None:
    """Positions that no row has, names, and files without rows are refused."""
    assert message == refused(tmp_path, content, columns=columns, header=False)
