"""What is written by hand to be compared with makes the table equal the left side."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

pytest.importorskip("resource", reason="the benchmarks need Linux or macOS")

from benchmarks.records.contestants.by_hand import differences
from benchmarks.records.files import TABLE, Files, values, write_database
from benchmarks.records.stages import Stages
from benchmarks.records.workload import HEAVY, left, right
from benchmarks.records.writes.by_hand import write_sqlite
from benchmarks.records.writes.server import processor_of

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


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells what other processes take")
def test_what_a_server_takes_is_what_its_processes_take() -> None:
    """What a process and its children take is found from outside, and no server takes nothing."""
    before = processor_of(os.getpid())
    subprocess.run((sys.executable, "-c", "sum(range(5_000_000))"), check=True)
    assert processor_of(os.getpid()) > before
    assert processor_of(0) == 0


def test_a_stage_counts_what_is_done_elsewhere() -> None:
    """The processor time of a server is a part of the stage, each time that it is entered."""
    seconds = iter((1.0, 3.0, 10.0, 15.0))
    stages = Stages(lambda: next(seconds))
    for _ in range(2):
        with stages("write"):
            pass
    assert 7.0 == pytest.approx(stages.costs["write"].cpu, abs=0.5)
