"""What generated importers are built on: rows become records, are quarantined, or end the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DuplicateKeyError, Place, RowError, Unreadable, override
from dss_runtime.codegen import (
    BadCellError,
    BranchReading,
    Cells,
    Duplicates,
    Importer,
    blank,
    number,
    present,
    same,
)
from dss_runtime.codegen import text as text_of
from tests.runtime.people import Left, Student, arrange, branch, left, messages, right, school, student


class Lines:
    """Rows with their places, some of which are no rows at all."""

    def __init__(self, *rows: Sequence[Any] | str, file: str = "students.txt", starts: int = 2) -> None:
        self.rows = rows
        self.files = {0: file}
        self.starts = starts
        self.at = 0
        self.bad: list[tuple[Place, str]] = []

    def __iter__(self) -> Iterator[Cells]:
        for at, row in enumerate(self.rows):
            self.at = at
            if isinstance(row, str):
                self.bad.append((self.place(), row))
            else:
                yield row

    def place(self) -> Place:
        """Return where the last row came from."""
        first = max(start for start in self.files if start <= self.at)
        return Place(self.files[first], self.at - first + self.starts)

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows that were none."""
        return self.bad


def parse(cells: Cells) -> Student | None:
    """Return a row as a student; grades are numbers, and whoever is called Nobody is none."""
    if not str(cells[1]).isalpha():
        raise BadCellError("name", "expected letters")
    if "@" not in cells[2] and cells[2]:
        raise BadCellError("email", "expected an address")
    return None if cells[1] == "Nobody" else student(key(cells), name=cells[1], email=cells[2] or None)


def key(cells: Cells) -> str:
    """Return the key of a row."""
    try:
        return str(present(cells[0]))
    except ValueError as error:
        raise BadCellError("idnumber", str(error)) from error


READING: BranchReading[Any, Any] = BranchReading(
    columns=("Student_Number", "name", "Mail"),
    feeds={"idnumber": 0, "name": 1, "email": 2},
    parse=parse,
    key=key,
    sensitive=frozenset({"email"}),
)


def read(
    *rows: Sequence[Any] | str | Lines,
    duplicates: Duplicates = "error",
    reading: BranchReading[Any, Any] = READING,
    tree: Left | None = None,
) -> Any:
    """Return a branch of students that has read *rows*."""
    tree = tree or Left()
    students = branch(tree, "students")
    arrange(students, duplicates=duplicates)
    lines = rows[0] if isinstance(rows[0], Lines) else Lines(*rows)  # type: ignore[arg-type]
    source: AbstractContextManager[Any] = nullcontext(lines)
    Importer(tree).read(students, source, reading)
    return students


def quarantined(students: Any) -> list[tuple[str, tuple[object, ...]]]:
    """Return the rows that could not be read, with their keys."""
    return [(str(row), row.key) for row in students.unreadable]


def test_rows_become_records_in_order() -> None:
    """What is parsed is stored under its key; what is parsed to nothing takes no part."""
    students = read(("2", "Ann", ""), ("1", "Bob", "b@home"), ("3", "Nobody", ""))

    assert {"2": student("2"), "1": student("1", name="Bob", email="b@home")} == dict(students)
    assert ["2", "1"] == list(students)


def test_a_bad_cell_is_quarantined_with_its_place_and_key() -> None:
    """The reason names field, column and value, the last masked when it is sensitive; other rows are read."""
    students = read(("1", "4nn", ""), ("2", "Ann", "secret"), ("3", "Ann", ""), (" ", "Ann", ""))

    assert ["3"] == list(students)
    assert [
        ("students.txt:2: name: '4nn' expected letters", ("1",)),
        ("students.txt:3: email (column Mail): '***' expected an address", ("2",)),
        ("students.txt:5: idnumber (column Student_Number): ' ' is empty, and a record needs its key", ()),
    ] == quarantined(students)


def test_a_field_of_no_column_has_no_value_to_show() -> None:
    """A computed field that fails is named without a cell."""

    def fails(cells: Cells) -> Student:
        raise BadCellError("homeroom", "expected a room")

    students = read(("1", "Ann", ""), reading=replace(READING, parse=fails))

    assert [("students.txt:2: homeroom: expected a room", ("1",))] == quarantined(students)


def test_a_row_that_is_none_is_quarantined_without_a_key() -> None:
    """A ragged row is kept with its place, and nobody knows whose it is."""
    students = read(("1", "Ann", ""), "has 2 cells of 3")

    assert (["1"], [("students.txt:3: has 2 cells of 3", ())]) == (list(students), quarantined(students))


def test_a_key_that_raises_is_unknown() -> None:
    """A key whose own text is wrong counts as unreadable."""

    def fails(cells: Cells) -> str:
        raise ValueError("no key")

    assert [()] == [row.key for row in read(("1", "4", ""), reading=replace(READING, key=fails)).unreadable]


@pytest.mark.parametrize("row", [("1", "4nn", ""), "ragged"])
def test_a_strict_branch_ends_the_import(row: Any) -> None:
    """Where a branch asks for it an unreadable row is an error with its place."""
    with pytest.raises(RowError) as caught:
        read(("0", "Ann", ""), row, reading=replace(READING, strict=True))

    assert Place("students.txt", 3) == caught.value.place
    assert str(caught.value).startswith("students.txt:3: ")


def test_a_record_that_is_read_in_part_is_not_data() -> None:
    """Where another row of a record cannot be read the record is protected, whichever row came first."""
    for rows in ([("1", "Ann", ""), ("1", "4nn", "")], [("1", "4nn", ""), ("1", "Ann", "")]):
        tree = left(school("S"))
        students = read(*rows, ("2", "Bob", ""), tree=tree, duplicates="merge")

        assert ["2"] == list(students)
        b = right(school("S"), student("1", name="old"), student("2", name="Bob"))
        assert [] == messages(tree - b)
        assert ["old_students(idnumber='1')"] == [each.message for each in (tree - b).held_back()]


def _is_not_bob(record: Any) -> bool:
    return bool(record.name != "Bob")


def _is_bob(cells: Cells) -> bool:
    return bool(cells[1] == "Bob")


def test_what_a_hook_does_not_keep_takes_no_part() -> None:
    """`keep` decides about records that were read."""
    reading = replace(READING, keep=_is_not_bob)

    assert ["1"] == list(read(("1", "Ann", ""), ("2", "Bob", ""), reading=reading))


def test_retired_records_are_kept_apart() -> None:
    """A disabled record is no data; it waits in `retired` until it is revived."""
    reading = replace(READING, retired=_is_bob)

    students = read(("1", "Ann", ""), ("2", "Bob", ""), reading=reading)

    assert (["1"], {"2": student("2", name="Bob")}) == (list(students), students.retired)


TWICE = (("1", "Ann", ""), ("2", "Bob", ""), ("1", "Eve", ""), ("1", "Ida", ""))


def test_two_rows_of_one_key_are_an_error_that_names_both() -> None:
    """The error says branch, key, both places and what can be done."""
    with pytest.raises(DuplicateKeyError) as caught:
        read(*TWICE)

    assert (
        "branch Left.students holds the key '1' twice: students.txt:4, and before that in line 2; "
        "set `duplicates` to first, last, merge or quarantine"
    ) == str(caught.value)


@given(st.integers(0, 20), st.integers(0, 20))
def test_the_error_names_the_line_of_the_first_record(first: int, between: int) -> None:
    """Wherever the two rows are, and whatever was left out before them, both lines are right."""
    names = [("n" if at % 3 else "Nobody") for at in range(first + between)]
    rows = [(f"x{at}", name, "") for at, name in enumerate(names)]
    rows.insert(first, ("twice", "Ann", ""))

    with pytest.raises(DuplicateKeyError) as caught:
        read(*rows, ("twice", "Bob", ""))

    assert f": students.txt:{first + between + 3}, and before that in line {first + 2}; " in str(caught.value)


def test_the_error_names_the_file_of_the_first_record() -> None:
    """Where one branch is read from several files the first record's is named too."""
    lines = Lines(*TWICE[:3])
    lines.files[2] = "more.txt"

    with pytest.raises(DuplicateKeyError, match=r"more.txt:2, and before that in students.txt, line 2; set"):
        read(lines)


class Named(Lines):
    """Rows of what has no lines: the place of each is a name alone."""

    def __init__(self, *rows: Sequence[Any], name: str) -> None:
        super().__init__(*rows)
        self.name = name

    @override
    def place(self) -> Place:
        return Place(self.name.format(self.at))


@pytest.mark.parametrize(
    ("name", "told"), [("uid={}", "uid=2, and before that in uid=0; set"), ("memory", "memory; set")]
)
def test_the_error_names_no_line_where_there_is_none(name: str, told: str) -> None:
    """The entries of a directory have names and no lines; a place that both have is named once."""
    with pytest.raises(DuplicateKeyError, match=f": {told}"):
        read(Named(*TWICE, name=name))


def test_a_record_of_an_earlier_reading_has_no_line() -> None:
    """A record that something else has stored is known to be there, and no more."""
    tree = Left()
    read(("1", "Ann", ""), ("2", "Ann", ""), tree=tree)

    with pytest.raises(DuplicateKeyError, match=r"more.txt:3; set `duplicates`"):
        read(Lines(("3", "Ann", ""), ("1", "Ann", ""), file="more.txt"), tree=tree)


@pytest.mark.parametrize(("duplicates", "name"), [("first", "Ann"), ("last", "Ida")])
def test_the_first_or_the_last_row_may_win(duplicates: Duplicates, name: str) -> None:
    """The record stays in its place, with the values of the row that wins; nothing is quarantined."""
    students = read(*TWICE, duplicates=duplicates)

    assert [("1", name), ("2", "Bob")] == [(each, record.name) for each, record in students.items()]
    assert [] == students.unreadable


def test_rows_may_be_merged() -> None:
    """Each further row is merged into the record by the importer's function."""

    def merged(one: Any, two: Any) -> Student:
        return student(one.idnumber, name=f"{one.name}+{two.name}")

    students = read(*TWICE, duplicates="merge", reading=replace(READING, merge=merged))

    assert ["Ann+Eve+Ida", "Bob"] == [record.name for record in students.values()]
    with pytest.raises(DuplicateKeyError, match=r"students.txt:4; the importer gives no way to merge"):
        read(*TWICE, duplicates="merge")


def test_duplicates_may_be_quarantined() -> None:
    """Nobody knows which row is right: none is used, all but the first are listed, the key is protected."""
    tree = left(school("S"))
    students = read(*TWICE, duplicates="quarantine", tree=tree)

    assert ["2"] == list(students)
    assert [
        ("students.txt:4: the key '1' is there twice", ("1",)),
        ("students.txt:5: the key '1' is there twice", ("1",)),
    ] == quarantined(students)
    b = right(school("S"), student("1", name="old"), student("2", name="Bob"))
    assert ([], 1) == (list(tree - b), len((tree - b).held_back()))


def test_reading_tells_its_progress() -> None:
    """A listener hears of every thousandth row."""
    heard: list[tuple[Any, ...]] = []
    tree = Left()
    importer = Importer(tree)

    def listen(stage: str, what: str, done: int, total: int, /) -> None:
        heard.append((stage, what, done, total))

    importer.progress = listen
    rows = Lines(*((str(at), "Ann", "") for at in range(2100)))

    importer.read(branch(tree, "students"), nullcontext(rows), READING)

    assert [("read", "students", 1000, 0), ("read", "students", 2000, 0)] == heard


def derive(
    *records: Student, duplicates: Duplicates = "error", merge: Callable[[Any, Any], Any] | None = None
) -> Any:
    """Return a branch of students that were derived."""
    tree = Left()
    students = branch(tree, "students")
    arrange(students, duplicates=duplicates)
    Importer(tree).derive(students, records, merge)
    return students


def test_derived_records_that_are_equal_count_once() -> None:
    """The same record may follow from many others."""
    assert ["1", "2"] == list(derive(student("1"), student("2"), student("1")))


def test_derived_records_that_differ_follow_the_policy() -> None:
    """Two records of one key that are not equal are duplicates."""
    one, two, three = student("1", name="a"), student("1", name="b"), student("1", name="c")

    with pytest.raises(DuplicateKeyError, match=r"derived branch Left\.students"):
        derive(one, two)
    assert [one] == list(derive(one, two, duplicates="first").values())
    assert [two] == list(derive(one, two, duplicates="last").values())
    joined = derive(one, two, duplicates="merge", merge=lambda x, y: student("1", name=x.name + y.name))
    assert ["ab"] == [record.name for record in joined.values()]
    held = derive(one, two, three, one, duplicates="quarantine")
    assert ([], [("1",)]) == (list(held), [row.key for row in held.unreadable])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, True),
        ("", True),
        (" \t\u2003", True),
        ((), True),
        (frozenset[Any](), True),
        (0, False),
        (False, False),
        ("0", False),
        ((1,), False),
    ],
)
def test_blank_cells_hold_nothing(cell: object, expected: bool) -> None:
    """NULL, white space and empty collections are blank; zero and false are not."""
    assert expected == blank(cell)


def test_a_key_must_be_present() -> None:
    """A blank cell is no key."""
    assert "1" == present("1")
    with pytest.raises(ValueError, match="is empty, and a record needs its key"):
        present(" ")


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("1", True, True), (" TRUE ", True, True), (1, True, True), ("yes", True, False),
        ("0", True, False), ("0", False, True), ("false", False, True), (0, False, True),
        (None, False, False), ("", False, False),
        ("x", "x", True), (5, 5, True), ("5", 5, True), (None, "", True), ("X", "x", False), ("01", 1, False),
    ],
)  # fmt: skip
def test_a_cell_holds_a_value_of_the_schema(cell: object, value: object, expected: bool) -> None:
    """Booleans are 0 and 1 or their names; all else is compared as text."""
    assert expected == same(cell, value)


@pytest.mark.parametrize(
    ("cell", "expected"), [("1", "1"), (" -2.50 ", "-2.50"), (7, "7"), (True, "1"), (Decimal("0.1"), "0.1")]
)
def test_a_cell_is_a_number(cell: object, expected: str) -> None:
    """Text and native numbers are compared exactly."""
    assert Decimal(expected) == number(cell)


@pytest.mark.parametrize("cell", ["", None, "x", "NaN", "Infinity", "1,5"])
def test_a_cell_that_is_no_number_is_an_error(cell: object) -> None:
    """What cannot be compared with a number says so."""
    with pytest.raises(ValueError, match="expected a number, as `where` compares it with one"):
        number(cell)


def test_null_is_the_empty_text_to_transforms() -> None:
    """Transforms take text only."""
    assert ["", "1", "x"] == [text_of(None), text_of(1), text_of("x")]


def test_an_unreadable_row_has_a_branch() -> None:
    """Rows know the full name of the branch they would have belonged to."""
    (row,) = read(("1", "4nn", "")).unreadable

    assert (
        Unreadable("Left.students", Place("students.txt", 2), "name: '4nn' expected letters", ("1",)) == row
    )


def test_a_branch_knows_how_many_rows_were_read() -> None:
    """Rows that became no record count too; a branch that nothing was read into does not know."""
    assert None is branch(left(), "students").rows_read
    assert 4 == read(("1", "Ann", ""), ("2", "Nobody", ""), ("3", "4nn", ""), "ragged").rows_read
    assert 0 == read(Lines()).rows_read
