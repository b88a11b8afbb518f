"""How the csv adapter finds columns in a header."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.files import read, refused


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("[01]Student_Number", "Student_Number"),
        ("[05]TeacherNumber", "TeacherNumber"),
        ("CC.ID", "ID"),
        ("[39]U_STUDENTS.house", "house"),
        ("[01]Student_Number", "[01]Student_Number"),
        ("ID,CC.ID", "ID"),
        ("CC.ID,ID", "CC.ID"),
    ],
)
def test_table_prefixes_may_be_left_out(header: str, column: str, tmp_path: Path) -> None:
    """With `prefix`, a name is found without its table; one that matches exactly wins."""
    names = header.split(",")
    row = ["found" if name == column or len(names) == 1 else "wrong" for name in names]
    content = f"{header}\n{','.join(row)}\n"
    assert [("found",)] == read(tmp_path, content, columns=(column,), prefix=True).rows


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("id,nmae", {}, "the header has no column 'name', did you mean 'nmae'?"),
        ("id,NAME", {}, "the header has no column 'name', did you mean 'NAME'?"),
        ("id,zzz", {}, "the header has no column 'name'"),
        ("x,y", {}, "the header has no column 'id'; the header has no column 'name'"),
        ("id,name,name", {}, "the header has the column 'name' 2 times: nobody knows which one is meant"),
        (
            "id,[01]name",
            {},
            "the header has no column 'name', but '[01]name': allow table prefixes with `prefix: true`",
        ),
        (
            "id,[01]name,CC.name",
            {"prefix": True},
            "the column 'name' could be '[01]name' and 'CC.name': write the one that is meant into the"
            " schema",
        ),
        ("id", {"columns": ("id", 1)}, "there is no column 1 (counted from 0): the header has 1 cells"),
        (
            "id\tname",
            {"columns": ("id",)},
            "the header has no column 'id'; it is a single cell that holds tabs: is `delimiter` right?",
        ),
    ],
)
def test_a_header_that_does_not_fit_is_refused(
    header: str, options: dict[str, object], message: str, tmp_path: Path
) -> None:
    """A column that is missing, there twice or ambiguous stops the import, with a suggestion."""
    assert f"students.txt:1: {message}" == refused(tmp_path, f"{header}\n1,a,b\n", **options)


def test_duplicate_names_that_nobody_needs_are_legal(tmp_path: Path) -> None:
    """Only the columns that the schema names have to be clear."""
    assert [("1", "a")] == read(tmp_path, "id,x,x,name\n1,,,a\n").rows
