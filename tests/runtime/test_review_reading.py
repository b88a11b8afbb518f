"""What a reviewer broke: a sensitive cell shown because another field comes from its column too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

from dss_runtime import DataStoreTree, Place
from dss_runtime.codegen import BadCellError, BranchReading, Cells, Importer
from tests.runtime.people import Left, branch


class Birthdays:
    """One row, of which the year cannot be read."""

    unreadable: Sequence[tuple[Place, str]] = ()

    def __iter__(self) -> Iterator[Cells]:
        yield ("1", "2010-01-31", "2010-01-31", "x")

    def place(self) -> Place:
        """Return where it came from."""
        return Place("students.txt", 2)


def reason(field: str) -> str:
    """Return why the row cannot be read when *field* cannot."""

    def parse(_cells: Cells) -> Any:
        raise BadCellError(field, "expected a number")

    reading: BranchReading[Any, Any] = BranchReading(
        columns=("Id", "Birthday", "Birthday", "Grade"),
        feeds={"idnumber": 0, "birthday": 1, "year": 2, "grade": 3},
        parse=parse,
        key=lambda cells: cells[0],
        sensitive=frozenset({"birthday", "computed"}),
    )
    tree: DataStoreTree = Left()
    students = branch(tree, "students")
    Importer(tree).read(students, nullcontext(Birthdays()), reading)
    (row,) = students.unreadable
    return row.reason


def test_a_column_that_gives_a_sensitive_field_is_hidden_in_every_field() -> None:
    """A birthday is not shown for being no year either; what no sensitive field comes from is."""
    assert "year (column Birthday): '***' expected a number" == reason("year")
    assert "birthday (column Birthday): '***' expected a number" == reason("birthday")
    assert "grade (column Grade): 'x' expected a number" == reason("grade")
    assert "idnumber (column Id): '1' expected a number" == reason("idnumber")
    assert "where: expected a number" == reason("where")
