"""Which columns of files become keys and refs, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator.pull.distinct import Distinct
from tests.pull.projects import fields, read, report, unreadable, write_csv
from tests.strategies.loading import resolved

Rows = Sequence[Sequence[str]]
MANY = 40


def key_of(folder: Path, rows: Rows, name: str = "things.csv") -> dict[str, Any]:
    """Return the key that is pulled from one file."""
    write_csv(folder / name, rows)
    found: dict[str, Any] = report(folder, "csv", name, "--delimiter", ",", "--header")["tables"][0]["key"]
    return found


def test_a_unique_id_is_the_key(tmp_path: Path) -> None:
    """Of several unique columns the one is taken whose name speaks of the record; rows are counted."""
    rows = [("title", "student_id", "id"), *((f"t{at}", f"s{at}", f"{at}") for at in range(MANY))]
    assert {"fields": ["id_"], "evidence": ["unique in 40 rows"], "doubts": []} == key_of(tmp_path, rows)


def test_the_table_s_own_number_comes_before_another_s(tmp_path: Path) -> None:
    """In a file of students, Student_Number tells them apart rather than the number of their locker."""
    rows = [("Locker_Number", "Student_Number"), *((f"{at}", f"{at + 9}") for at in range(MANY))]
    assert ["student_number"] == key_of(tmp_path, rows, "students.csv")["fields"]


def test_a_unique_name_is_no_key_where_two_ids_are(tmp_path: Path) -> None:
    """A title that happens to be unique is not taken where two ids together are."""
    rows = [
        ("user_id", "course_id", "title"),
        *((f"{at % 8}", f"{at // 8}", f"Essay {at}") for at in range(MANY)),
    ]
    key = key_of(tmp_path, rows)
    assert ["user_id", "course_id"] == key["fields"]
    assert ["unique together in 40 rows"] == key["evidence"]


def test_three_columns_are_tried_where_two_are_not_enough(tmp_path: Path) -> None:
    """Where no pair of columns is unique, three are looked at together."""
    rows = [("a_id", "b_id", "c_id"), *((f"{at % 2}", f"{at // 2 % 2}", f"{at // 4}") for at in range(8))]
    assert ["a_id", "b_id", "c_id"] == key_of(tmp_path, rows)["fields"]


def test_a_file_of_links_has_both_as_its_key(tmp_path: Path) -> None:
    """With few rows one id may be unique by chance: a file that names two other things needs both."""
    rows = [("user_id", "course_id"), ("1", "7"), ("2", "7"), ("3", "8")]
    assert ["user_id", "course_id"] == key_of(tmp_path, rows)["fields"]


def test_a_blank_cell_rules_a_column_out(tmp_path: Path) -> None:
    """What is blank in one row is in no key, unique or not."""
    rows = [("id", "code"), ("", "a"), ("2", "b"), ("3", "c")]
    assert ["code"] == key_of(tmp_path, rows)["fields"]


def test_where_nothing_is_unique_the_choice_loads_and_is_a_doubt(tmp_path: Path) -> None:
    """Equal rows have no key: one is chosen so that the schema loads, and the doubt says so."""
    key = key_of(tmp_path, [("a", "b"), ("x", "y"), ("x", "y"), ("x", "z")])
    assert ["a"] == key["fields"]
    assert key["doubts"][0].startswith("nothing is unique in 3 rows")
    text = report(tmp_path, "csv", "things.csv", "--header", "--delimiter", ",")["schema"]
    assert ("a",) == resolved(text).models[0].key


def test_few_rows_are_little_evidence(tmp_path: Path) -> None:
    """A key that is unique in a handful of rows is a doubt."""
    assert ["so few rows are little evidence"] == key_of(tmp_path, [("id", "x"), ("1", "a"), ("2", "a")])[
        "doubts"
    ]


@given(st.lists(st.text(max_size=3), max_size=60), st.integers(1, 7))
def test_distinct_tells_whether_a_value_is_there_twice(values: list[str], step: int) -> None:
    """However the values come, in pieces of any size, the answer is that of a set of all of them."""
    looked = Distinct()
    for at in range(0, len(values), step):
        looked.add(values[at : at + step])
    assert (len(set(values)) == len(values)) == looked.is_unique()


def school(folder: Path, section_teacher: Sequence[str] = ("T1", "T2")) -> dict[str, Any]:
    """Pull teachers, and sections that name them."""
    write_csv(
        folder / "teachers.csv",
        [("teacher_id", "boss"), *((f"T{at}", "") for at in range(1, MANY))],
    )
    sections = [(f"S{at}", section_teacher[at % len(section_teacher)]) for at in range(MANY)]
    write_csv(folder / "sections.csv", [("section_id", "lead_teacher_id"), *sections])
    return report(folder, "csv", "sections.csv", "teachers.csv")


def test_a_ref_needs_the_name_and_every_value(tmp_path: Path) -> None:
    """A column that names another file's key, and whose values are all there, is a ref; that is a doubt."""
    found = fields(school(tmp_path), "Section")["lead_teacher_id"]
    assert "Teacher" == found["ref"]
    assert ["a ref, as all 2 values are in teachers.csv teacher_id"] == found["doubts"]


def test_a_value_that_is_not_there_makes_no_ref(tmp_path: Path) -> None:
    """A single value too many, and the column stays text; where nearly all are there, a doubt says so."""
    names = [f"T{at}" for at in range(1, MANY - 1)]
    found = fields(school(tmp_path, [*names, "T99"]), "Section")["lead_teacher_id"]
    assert found["ref"] is None
    assert ["no ref to teachers.csv teacher_id: 1 of 39 values are not there"] == found["doubts"]


def test_digits_that_are_all_there_are_a_ref_to_text(tmp_path: Path) -> None:
    """Where a key is text for the zeros of some ids, a file that names only the others still refers to it."""
    write_csv(tmp_path / "pupils.csv", [("pupil_id", "x"), *((f"{at:03}", "a") for at in range(1, 200))])
    write_csv(tmp_path / "prizes.csv", [("prize", "pupil_id"), ("first", "100"), ("second", "120")])
    found = report(tmp_path, "csv", "pupils.csv", "prizes.csv")
    assert "Pupil" == fields(found, "Prize")["pupil_id"]["ref"]
    tree = read(tmp_path, found["schema"], {"folder": str(tmp_path)})
    assert [] == unreadable(tree)


def test_a_parent_refers_to_the_same_file(tmp_path: Path) -> None:
    """A column that names its own file's key as that of a parent is a ref too."""
    rows = [("sourcedId", "parentSourcedId"), ("a", ""), *((f"n{at}", "a") for at in range(MANY))]
    write_csv(tmp_path / "orgs.csv", rows)
    found = fields(report(tmp_path, "csv", "orgs.csv"), "Org")["parent_sourced_id"]
    assert ("Org", True) == (found["ref"], found["optional"])


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_keys_never_refer_to_each_other_in_a_circle(tmp_path: Path, names: Sequence[str]) -> None:
    """Two files whose keys name each other give one ref, so that the schema loads."""
    numbers = [(f"{at}", "x") for at in range(MANY)]
    write_csv(tmp_path / "a.csv", [("b_id", "x"), *numbers])
    write_csv(tmp_path / "b.csv", [("a_id", "x"), *numbers])
    found = report(tmp_path, "csv", *names)
    refs = [each["ref"] for table in found["tables"] for each in table["fields"] if each["ref"]]
    assert len(refs) <= 1
    assert resolved(found["schema"]).branches
