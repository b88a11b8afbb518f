"""DuckDB, by SQL written for these very fields; only what differs becomes Python objects."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.records.contestants.by_hand import Found, counted
from benchmarks.records.files import SEPARATOR, Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import FIELDS, Counts, Row

TYPES = (
    "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "DATE", "BOOLEAN", "DOUBLE",
    "VARCHAR", "TIMESTAMP",
)  # fmt: skip
COLUMNS = ", ".join(f"'{name}': '{kind}'" for name, kind in zip(FIELDS, TYPES, strict=True))
COMPARED = FIELDS[1:]
WIDTH = len(FIELDS)


def run_csv(files: Files, stages: Stages) -> Counts:
    """Compare two CSV files."""
    with stages("read and diff"):
        return counted(differences(_csv(files.left_csv), _csv(files.right_csv)))


def run_parquet(files: Files, stages: Stages) -> Counts:
    """Compare two Parquet files."""
    with stages("read and diff"):
        return counted(differences(f"'{files.left_parquet}'", f"'{files.right_parquet}'"))


def differences(left: str, right: str) -> Found:
    """Return what differs between two sources of SQL."""
    differs = " OR ".join(f"l.{name} IS DISTINCT FROM r.{name}" for name in COMPARED)
    both = ", ".join(f"{side}.{name}" for side in "lr" for name in FIELDS)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT {both} FROM {left} AS l FULL JOIN {right} AS r ON l.code = r.code "
            f"WHERE l.code IS NULL OR r.code IS NULL OR {differs}"
        ).fetchall()
    return as_found(rows)


def as_found(rows: Iterable[tuple[Any, ...]]) -> Found:
    """Return what differs in rows of both sides' fields, one after the other."""
    found: Found = []
    for row in rows:
        a, b = row[:WIDTH], row[WIDTH:]
        if b[0] is None:
            found.append(("new", a[0], "", _row(a), None))
        elif a[0] is None:
            found.append(("old", b[0], "", None, _row(b)))
        else:
            left, right = _row(a), _row(b)
            for name in COMPARED:
                one, other = getattr(left, name), getattr(right, name)
                if one != other:
                    found.append(("changed", left.code, name, one, other))
    return found


def _row(values: tuple[Any, ...]) -> Row:
    """Return a record; its courses are one text in CSV and a list in Parquet."""
    courses = values[10].split(SEPARATOR) if isinstance(values[10], str) else values[10]
    return Row._make((*values[:10], tuple(courses), values[11]))


def csv_as_parquet(source: Path, target: Path) -> None:
    """Write a CSV file as Parquet, the courses as a list."""
    courses = f"string_split(courses, '{SEPARATOR}') AS courses"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE ({courses}) FROM {_csv(source)}) TO '{target}' (FORMAT parquet)"
        )


def _csv(path: Path) -> str:
    return f"read_csv('{path}', header = true, columns = {{{COLUMNS}}})"
