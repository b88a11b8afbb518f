"""The two sides as files: CSV, Parquet and SQLite, written once for each size."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.records.workload import EVERYDAY, FIELDS, Mixture, Row, left, right

TABLE = "people"
CREATE = f"""\
CREATE TABLE {TABLE} (
    code TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, phone TEXT, city TEXT, grade BIGINT,
    born TEXT, active BOOLEAN, score DOUBLE PRECISION, courses TEXT, changed_at TEXT
)"""
"""The right side as a table, of SQLite."""
INSERT = f"INSERT INTO {TABLE} VALUES ({', '.join('?' * len(FIELDS))})"
SEPARATOR = ";"
"""What stands between the courses of one cell."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where the two sides of one size are, and the project that compares them."""

    folder: Path
    size: int
    mixture: Mixture = EVERYDAY

    @property
    def left_csv(self) -> Path:
        """The left side as CSV."""
        return self.folder / "left.csv"

    @property
    def right_csv(self) -> Path:
        """The right side as CSV."""
        return self.folder / "right.csv"

    @property
    def left_parquet(self) -> Path:
        """The left side as Parquet."""
        return self.folder / "left.parquet"

    @property
    def right_parquet(self) -> Path:
        """The right side as Parquet."""
        return self.folder / "right.parquet"

    @property
    def database(self) -> Path:
        """The right side as a table of an SQLite database."""
        return self.folder / "right.sqlite"

    @property
    def target(self) -> Path:
        """A copy of that database, which is written."""
        return self.folder / "target.sqlite"

    @property
    def project(self) -> Path:
        """The project: schema, settings and what is generated."""
        return self.folder / "project"


def write_csv(files: Files) -> None:
    """Write both sides as CSV."""
    for path, rows in (
        (files.left_csv, left(files.size)),
        (files.right_csv, right(files.size, files.mixture)),
    ):
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(FIELDS)
            writer.writerows(map(cells, rows))


def write_parquet(files: Files) -> None:
    """Write both sides as Parquet, from the CSV files, with the types that the fields have."""
    from benchmarks.records.contestants.duckdb_sql import (
        csv_as_parquet,
    )  # what runs the tests need not have it

    csv_as_parquet(files.left_csv, files.left_parquet)
    csv_as_parquet(files.right_csv, files.right_parquet)


def write_database(files: Files) -> None:
    """Write the right side as a table."""
    with closing(sqlite3.connect(files.database)) as connection, connection:
        connection.execute(CREATE)
        connection.executemany(INSERT, map(values, right(files.size, files.mixture)))


def cells(row: Row) -> tuple[str, ...]:
    """Return the record as text: empty for None, ISO's forms for days and moments."""
    return (
        *row[:4],
        row.phone or "",
        row.city,
        str(row.grade),
        row.born.isoformat(),
        "true" if row.active else "false",
        str(row.score),
        SEPARATOR.join(row.courses),
        row.changed_at.isoformat(),
    )


def values(row: Row) -> tuple[Any, ...]:
    """Return the record as SQLite holds it."""
    return (
        *row[:7], row.born.isoformat(), int(row.active), row.score, SEPARATOR.join(row.courses),
        row.changed_at.isoformat(" "),
    )  # fmt: skip
