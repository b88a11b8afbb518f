"""datacompy: two frames of Polars."""

from __future__ import annotations

import polars as pl
from datacompy import PolarsCompare

from benchmarks.records.contestants.polars_frames import SCHEMA
from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import Counts


def run(files: Files, stages: Stages) -> Counts:
    """Read both sides, and compare them."""
    with stages("read"):
        left, right = (pl.read_csv(path, schema=SCHEMA) for path in (files.left_csv, files.right_csv))
    with stages("diff"):
        found = PolarsCompare(left, right, join_columns="code")
    changed = sum(each["unequal_cnt"] for each in found.column_stats)
    return Counts(len(found.df1_unq_rows), changed, len(found.df2_unq_rows))
