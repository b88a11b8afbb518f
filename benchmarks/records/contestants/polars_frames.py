"""Polars, by expressions written for these very fields; only what differs becomes Python objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from benchmarks.records.contestants.by_hand import Found, counted
from benchmarks.records.contestants.duckdb_sql import COMPARED, as_found
from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import FIELDS, Counts

TYPES: Mapping[str, type[pl.DataType] | pl.DataType] = {
    "grade": pl.Int64,
    "born": pl.Date,
    "active": pl.Boolean,
    "score": pl.Float64,
    "changed_at": pl.Datetime("us"),
}
SCHEMA = {name: TYPES.get(name, pl.String) for name in FIELDS}
OTHER = "_right"


def run_csv(files: Files, stages: Stages) -> Counts:
    """Compare two CSV files."""
    with stages("read and diff"):
        return counted(differences(files.left_csv, files.right_csv))


def differences(left: Path, right: Path) -> Found:
    """Return what differs between two files."""
    pairs = pl.scan_csv(left, schema=SCHEMA).join(
        pl.scan_csv(right, schema=SCHEMA), on="code", how="full", suffix=OTHER
    )
    alone = pl.col("code").is_null() | pl.col(f"code{OTHER}").is_null()
    differs = [pl.col(name).ne_missing(pl.col(f"{name}{OTHER}")) for name in COMPARED]
    columns = [*FIELDS, *(f"{name}{OTHER}" for name in FIELDS)]
    frame = pairs.filter(alone | pl.any_horizontal(differs)).select(columns).collect(engine="streaming")
    return as_found(frame.iter_rows())
