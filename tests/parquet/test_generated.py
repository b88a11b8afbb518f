"""Generated code reads files of columns as it reads files of text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from tests.parquet.tables import write_arrow, write_parquet
from tests.pull.projects import read, unreadable

SCHEMA = """
models:
  Student:
    key: number
    fields:
      number: str
      name: str
      grade: int
      born: {type: date, optional: true}
      clubs: {type: list, of: str}
      kind: str
branches:
  students: {model: Student}
trees:
  Lake:
    adapter: parquet
    branches:
      students:
        path: students_*.parquet
        newest: true
        columns: {name: Full Name}
        transform: {number: "{id} | pad(5)", name: upper}
        const: {kind: pupil}
        where: grade >= 7 and active == 1 and city != 'Graz'
"""


def test_conditions_transforms_and_constants_work_on_values(tmp_path: Path) -> None:
    """Numbers of any type are compared as numbers and made text of as such; the newest file alone is read."""
    table = pa.table(
        {
            "id": [42, 107, 108, 109, 110],
            "Full Name": ["Zoë", "Ann", "Bob", "Cem", "Dan"],
            "grade": [7.0, 12.0, 6.0, 8.0, None],
            "active": [True, True, True, False, True],
            "city": pa.array([None, "Wien", "Linz", "Linz", "Linz"]).dictionary_encode(),
            "born": [date(2014, 3, 1), None, None, None, None],
            "clubs": [["chess"], [], [], [], []],
            "more": [{"a": 1}, None, None, None, None],
        }
    )
    write_parquet(pa.table({"id": [1]}), tmp_path / "students_9.parquet")
    write_arrow(table, tmp_path / "students_10.parquet")
    tree = read(tmp_path, SCHEMA, {"folder": str(tmp_path)})
    (branch,) = tree.branches
    found = [
        (each.number, each.name, each.grade, each.born, each.clubs, each.kind) for each in branch.values()
    ]
    assert [
        ("00042", "ZOË", 7, date(2014, 3, 1), ("chess",), "pupil"),
        ("00107", "ANN", 12, None, (), "pupil"),
    ] == found
    (row,) = unreadable(tree)
    assert "students_10.parquet:5" in str(row)
    assert 5 == branch.rows_read
