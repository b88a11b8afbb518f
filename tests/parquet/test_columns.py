"""Which columns of a file are read, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.parquet.tables import (
    Write,
    each_format,
    places,
    read,
    refused,
    write_arrow,
    write_feather,
    write_parquet,
)


@each_format
def test_columns_come_in_the_order_asked_for(tmp_path: Path, write: Write) -> None:
    """By name or position, one of them twice, and none that nobody has asked for."""
    write(pa.table({"name": ["a", "b"], "more": [None, None], "id": [1, 2]}), tmp_path / "t")
    assert [(1, "a", 1), (2, "b", 2)] == read(tmp_path, "id", "name", 2)
    assert [("a",), ("b",)] == read(tmp_path, "name")


@each_format
def test_a_point_in_a_name_is_a_part_of_it(tmp_path: Path, write: Write) -> None:
    """Exports of PowerSchool have such names; pyarrow takes the part before it for a struct."""
    write(pa.table({"CC": [1, 2], "CC.ID": ["a", "b"], "CC.ID.x": [True, False]}), tmp_path / "t")
    assert [(1, "a", True), (2, "b", False)] == read(tmp_path, "CC", "CC.ID", "CC.ID.x")


@each_format
def test_the_place_of_a_row_is_its_number(tmp_path: Path, write: Write) -> None:
    """From 1, and anew in every file, whatever pieces the file has."""
    write(pa.table({"id": [1, 2, 3, 4, 5]}), tmp_path / "t")
    write(pa.table({"id": [6]}), tmp_path / "u")
    assert ["t:1", "t:2", "t:3", "t:4", "t:5", "u:1"] == places(tmp_path, "id", path=("t", "u"))


@each_format
def test_all_that_is_wrong_with_columns_is_told_at_once(tmp_path: Path, write: Write) -> None:
    """What is missing with what may be meant; what no field can hold with its type."""
    table = pa.table(
        {
            "Student_Number": [1],
            "home": pa.array([{"street": "a", "town": "b"}]),
            "marks": pa.array([[("art", 1)]], pa.map_(pa.string(), pa.int64())),
            "stay": pa.array([1], pa.duration("s")),
            "grid": pa.array([[[1]]], pa.list_(pa.list_(pa.int64()))),
        }
    )
    write(table, tmp_path / "t")
    assert [(1,)] == read(tmp_path, "Student_Number")
    assert (
        "t: the file has no column 'student_number', did you mean 'Student_Number'?;"
        " the file has no column 'x';"
        " there is no column 5 (counted from 0): the file has 5;"
        " the column 'home' holds struct<…>, and no field can hold that;"
        " the column 'marks' holds map<…>, and no field can hold that;"
        " the column 'stay' holds duration[s], and no field can hold that;"
        " the column 3 holds duration[s], and no field can hold that;"
        " the column 'grid' holds list<…>, and no field can hold that"
    ) == refused(tmp_path, "student_number", "x", 5, "home", "marks", "stay", 3, "grid")


@each_format
def test_a_name_that_is_there_twice(tmp_path: Path, write: Write) -> None:
    """Nobody knows which is meant, unless the column is not needed."""
    write(
        pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], ["a", "b", "a"]), tmp_path / "t"
    )
    assert [(2,)] == read(tmp_path, "b")
    assert "t: the file has the column 'a' 2 times: which one is meant?" == refused(tmp_path, "a")


def test_files_of_several_formats_are_one_branch(tmp_path: Path) -> None:
    """Each file says what it is, whatever it is called, and has its columns in an order of its own."""
    write_parquet(pa.table({"id": [1], "name": ["a"]}), tmp_path / "part_1.x")
    write_arrow(pa.table({"name": ["b"], "id": pa.array([2.0])}), tmp_path / "part_10.x")
    assert [(1, "a"), (2, "b")] == read(tmp_path, "id", "name", path=("part_*.x",))


@pytest.mark.parametrize("size", [1, 4_095, 4_096, 4_097, 10_000])
def test_pieces_join_without_a_seam(tmp_path: Path, size: int) -> None:
    """However large batches and row groups are."""
    ids = list(range(size))
    write_feather(pa.table({"id": ids}), tmp_path / "one batch")
    pq.write_table(pa.table({"id": ids}), tmp_path / "one row group")
    for name in ("one batch", "one row group"):
        assert [(each,) for each in ids] == read(tmp_path, "id", path=(name,))
