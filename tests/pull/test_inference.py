"""What is inferred from the values of files: types, optional fields, enums, and what is kept out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pull.projects import fields, pull, pulled, read, report, write_csv

TYPES: dict[str, tuple[str, Sequence[str], str]] = {
    "whole numbers": ("n", ["1", "-20", "0"], "int"),
    "numbers with leading zeros": ("n", ["0042", "1", "2"], "str"),
    "numbers with a plus sign": ("n", ["+1", "2", "3"], "str"),
    "numbers that spreadsheets spoil": ("n", ["1234567890123456", "1", "2"], "str"),
    "ids of one width, which may get zeros": ("student_id", ["10001", "20002", "30003"], "str"),
    "ids of any width": ("student_id", ["1", "20", "300"], "int"),
    "phones": ("Phone", ["5551234", "5559876", "5550000"], "str"),
    "postcodes": ("ZIP", ["1010", "1020", "1030"], "str"),
    "money": ("n", ["1.50", "2.00", "-3.25"], "decimal"),
    "numbers with a point": ("n", ["1", "2.5", "0.125"], "decimal"),
    "versions": ("n", ["4.1", "4.10", "4.2"], "str"),
    "numbers with an exponent": ("n", ["1e+16", "2.5e-07", "1e+20"], "float"),
    "truth values": ("n", ["TRUE", "true", "False"], "bool"),
    "yes and no": ("n", ["yes", "No", "YES"], "bool"),
    "yes alone": ("n", ["yes", "yes", "YES"], "str"),
    "a country called NO": ("n", ["NO", "NO", "SE"], "str"),
    "zero and one": ("n", ["0", "1", "1"], "int"),
    "ISO days": ("n", ["2026-02-28", "2026-03-01", "1999-12-31"], "date"),
    "days in one format": ("n", ["02/28/2026", "03/01/2026", "12/31/1999"], "date"),
    "days of two formats": ("n", ["02/03/2026", "03/04/2026", "05/06/2026"], "str"),
    "days that cannot be": ("n", ["2026-02-30", "2026-03-01", "2026-03-02"], "str"),
    "points in time": ("n", ["2026-02-28 10:00:00", "2026-03-01T11:00", "2026-03-01T11:00"], "datetime"),
    "points in time with a zone": ("n", ["2026-02-28T10:00:00Z", "2026-03-01T11:00+02:00"], "datetime"),
    "points in time, some with a zone": ("n", ["2026-02-28T10:00:00Z", "2026-03-01T11:00"], "str"),
    "times of day": ("n", ["08:30", "23:59:59", "00:00"], "time"),
    "UUIDs": ("n", ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"], "uuid"),
    "hex digits without hyphens": ("n", ["6ba7b8109dad11d180b400c04fd430c8"], "str"),
    "spaces around numbers": ("n", [" 1", "2", "3"], "str"),
    "nothing": ("n", ["", " ", ""], "str"),
}


@pytest.mark.parametrize("case", TYPES, ids=str)
def test_the_type_of_values(tmp_path: Path, case: str) -> None:
    """A type is taken only where each value is written as that type writes it."""
    header, values, expected = TYPES[case]
    rows = [("row", header), *((f"r{at}", value) for at, value in enumerate(values))]
    write_csv(tmp_path / "things.csv", rows)
    found = report(tmp_path, "csv", "things.csv", "--delimiter", ",")
    assert expected == found["tables"][0]["fields"][1]["type"]


def doubts_of(folder: Path, header: str, values: Sequence[str]) -> list[str]:
    """Return the doubts about a column with these values."""
    write_csv(folder / "things.csv", [("row", header), *((f"r{at}", each) for at, each in enumerate(values))])
    found = report(folder, "csv", "things.csv", "--delimiter", ",")
    doubts: list[str] = found["tables"][0]["fields"][1]["doubts"]
    return doubts


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["02/03/2026", "03/04/2026"], "days as %m/%d/%Y or %d/%m/%Y, nobody can tell which"),
        (["02/28/2026", "28/02/2026"], "days in more than one format"),
        (["2026-02-28T10:00", "2026-02-28T10:00Z"], "points in time with and without a zone"),
        (["2026-02-28T10:00"], "no zone in the values"),
        (["1.10", "1.1"], "numbers with differing digits after the point"),
        (["0", "1", "1"], "only 0 and 1; write bool if they mean no and yes"),
        ([*map(str, range(100)), "XI"], "int but for 1 value"),
        ([*["12/31/2026"] * 60, "02/30/2026"], "date (parse-date('%m/%d/%Y')) but for 1 value"),
        (["O&#39;Brien", "Lee"], "holds character references such as &amp;"),
        ([" Jo", "Lee"], "outer white space"),
        (["", ""], "blank in every row"),
    ],
)
def test_what_is_not_clear_is_marked(tmp_path: Path, values: Sequence[str], expected: str) -> None:
    """Each guess, and each thing that hides in the values, is a doubt that says what to look at."""
    (doubt,) = doubts_of(tmp_path, "n", values)
    assert doubt.startswith(expected)


def test_a_date_in_another_format_is_read_by_a_transform(tmp_path: Path) -> None:
    """A day that one format alone reads is a date, and the tree says how it is written."""
    write_csv(tmp_path / "things.csv", [("id", "day"), ("1", "12/31/2026"), ("2", "01/02/2026")])
    text = pulled(tmp_path, "csv", "things.csv")
    assert "      day: date" in text.splitlines()
    assert "transform: {day: \"parse-date('%m/%d/%Y')\"}" in text


def test_blank_cells_make_a_field_optional(tmp_path: Path) -> None:
    """A field is optional just if some row has nothing in it, and a comment counts those rows."""
    write_csv(tmp_path / "things.csv", [("id", "a", "b"), ("1", "x", "y"), ("2", " ", "y"), ("3", "", "z")])
    found = fields(report(tmp_path, "csv", "things.csv"), "Thing")
    assert {"id_": False, "a": True, "b": False} == {name: each["optional"] for name, each in found.items()}
    assert ["blank in 2 of 3 rows"] == found["a"]["evidence"]


def enum_table(folder: Path, header: str, values: Sequence[str]) -> str:
    """Return the line of the schema about a column that has *values* in turn, in 60 rows."""
    rows = [(f"r{at}", values[at % len(values)]) for at in range(60)]
    write_csv(folder / "things.csv", [("row", header), *rows])
    text = pulled(folder, "csv", "things.csv", "--delimiter", ",")
    return text.partition("    fields:\n")[2].splitlines()[1].strip()


def test_few_words_that_repeat_are_an_enum(tmp_path: Path) -> None:
    """A column of few words, each there often, is an enum, which is a doubt."""
    line = enum_table(tmp_path, "colour", ["red", "green", "blue"])
    assert line.startswith("colour: {enum: [blue, green, red]}  # doubt: an enum of today's values")


@pytest.mark.parametrize("header", ["First Name", "guardian", "email", "City", "religion", "Nationality"])
def test_no_personal_value_is_written(tmp_path: Path, header: str) -> None:
    """What may tell who somebody is becomes no member of an enum, however often it is there."""
    line = enum_table(tmp_path, header, ["Ann", "Bob", "Cem"])
    assert not any(name in line for name in ("Ann", "Bob", "Cem"))


def test_a_value_that_is_there_once_is_no_member(tmp_path: Path) -> None:
    """A single value may be somebody's own: then there is no enum."""
    write_csv(
        tmp_path / "a.csv", [("row", "x"), *((f"r{at}", "usual") for at in range(60)), ("last", "rare")]
    )
    assert "rare" not in pulled(tmp_path, "csv", "a.csv")


def test_secrets_are_left_out(tmp_path: Path) -> None:
    """A column that seems to hold passwords or tokens has no field; a comment says so, without a value."""
    write_csv(
        tmp_path / "users.csv",
        [
            ("id", "password", "API Token", "pw_hash"),
            ("1", "hunter2", "abc", "x"),
            ("2", "geheim", "def", "y"),
        ],
    )
    found = report(tmp_path, "csv", "users.csv")
    assert ["password", "API Token", "pw_hash"] == [each["source"] for each in found["tables"][0]["left_out"]]
    assert ["id_"] == list(fields(found, "User"))


@pytest.mark.parametrize("header", ["dob", "Birth Date", "dateOfBirth", "SSN", "national_id", "passport_no"])
def test_sensitive_names_are_masked(tmp_path: Path, header: str) -> None:
    """What looks like a date of birth or a national id is sensitive, which is a doubt."""
    write_csv(tmp_path / "things.csv", [("id", header), ("1", "2001-02-03"), ("2", "2001-02-04")])
    (field,) = list(fields(report(tmp_path, "csv", "things.csv"), "Thing").values())[1:]
    assert field["sensitive"]
    assert "sensitive, to judge by the name" in field["doubts"]


def test_names_are_identifiers_that_collide_with_nothing(tmp_path: Path) -> None:
    """Columns get names that the language takes, each its own; the tree keeps what the header says."""
    header = ("[01]Student_Number", "class", "id", "self", "2024", "a-b", "A B", "straße", "שם", "dss_x")
    write_csv(tmp_path / "things.csv", [header, [*map(str, range(10))]])
    found = fields(report(tmp_path, "csv", "things.csv"), "Thing")
    expected = {
        "student_number": "[01]Student_Number",
        "class_": "class",
        "id_": "id",
        "self_": "self",
        "column_2024": "2024",
        "a_b": "a-b",
        "a_b_2": "A B",
        "strasse": "straße",
        "column_9": "שם",
        "its_dss_x": "dss_x",
    }
    assert expected == {name: each["source"] for name, each in found.items()}


def test_handlers_that_would_be_called_alike_are_told_apart(tmp_path: Path) -> None:
    """A branch `a` with a field `b_c`, and a branch `a_b` with a field `c`, still generate."""
    write_csv(tmp_path / "rows.csv", [("id", "cells_c"), ("1", "x")])
    write_csv(tmp_path / "rows_cells.csv", [("id", "c", "row_id"), ("1", "x", "1")])
    write_csv(tmp_path / "outcomes.csv", [("id", "outcome_id"), ("1", "1")])
    found = report(tmp_path, "csv", "rows.csv", "rows_cells.csv", "outcomes.csv", "--tree", "Wiring")
    assert ["rows", "rows_cells_2", "outcomes"] == [each["branch"] for each in found["tables"]]
    assert ["Row", "RowCell", "Outcome2"] == [each["model"] for each in found["tables"]]
    assert "Row" == fields(found, "RowCell")["row_id"]["ref"]
    read(tmp_path, found["schema"], {"folder": str(tmp_path)})


def test_more_columns_than_a_model_may_have_are_an_error(tmp_path: Path) -> None:
    """A file with more columns than the language allows fields is refused, with the limit."""
    write_csv(tmp_path / "wide.csv", [[f"c{at}" for at in range(501)], [f"{at}" for at in range(501)]])
    done = pull(tmp_path, "csv", "wide.csv")
    assert 1 == done.exit_code
    assert "at most 500 are allowed" in done.stderr
