"""What is written by hand to be compared with makes the table equal the left side."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

pytest.importorskip("resource", reason="the benchmarks need Linux or macOS")

from benchmarks.records.contestants.by_hand import differences
from benchmarks.records.files import TABLE, Files, values, write_database
from benchmarks.records.workload import HEAVY, left, right
from benchmarks.records.writes.by_hand import write_sqlite

RECORDS = 300


def test_the_table_equals_the_left_side_afterwards(tmp_path: Path) -> None:
    """Every new, changed and old record is written by hand as the product writes it."""
    files = Files(tmp_path, RECORDS, HEAVY)
    write_database(files)
    ours, theirs = ({row.code: row for row in side} for side in (left(RECORDS), right(RECORDS, HEAVY)))
    write_sqlite(sa.URL.create("sqlite", database=str(files.database)), differences(ours, theirs))
    with closing(sqlite3.connect(files.database)) as connection:
        held = sorted(connection.execute(f"SELECT * FROM {TABLE}"))
    assert sorted(map(values, ours.values())) == held
