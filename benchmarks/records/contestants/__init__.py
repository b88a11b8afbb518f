"""Who is measured: a row each, with what reads both sides, compares them and counts what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version

from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import LARGEST, Counts


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to find the differences: `where` is the module of this package, and its function.

    `needs` are the distributions whose versions are told; an `engine` is given any number of records.
    """

    name: str
    what: str
    where: str
    needs: tuple[str, ...] = ()
    engine: bool = False

    @property
    def title(self) -> str:
        """What it is called in tables, with the versions of what it uses."""
        versions = ", ".join(f"{each} {version(each)}" for each in self.needs)
        return f"{self.what} ({versions})" if versions else self.what

    def takes(self, size: int) -> bool:
        """Whether so many records are given to it."""
        return self.engine or size <= LARGEST

    def run(self, files: Files, stages: Stages) -> Counts:
        """Find the differences; what it uses is imported now."""
        module, _, name = self.where.partition(":")
        found: Callable[[Files, Stages], Counts] = getattr(import_module(f"{__name__}.{module}"), name)
        return found(files, stages)


CONTESTANTS: Mapping[str, Contestant] = {
    each.name: each
    for each in (
        Contestant("objects", "datastoresync, both sides as objects", "product:run_objects"),
        Contestant("pair", "datastoresync, the path that it chooses", "product:run_pair", engine=True),
        Contestant("table", "datastoresync, likewise, CSV and SQLite", "product:run_table"),
        Contestant("plan", "datastoresync, dss plan --json", "product:run_plan", engine=True),
        Contestant("sync", "datastoresync, CSV to SQLite", "product:run_sync"),
        Contestant("loop", "by hand: parser and loop", "by_hand:run"),
        Contestant("duckdb", "by hand: SQL, CSV", "duckdb_sql:run_csv", ("duckdb",), engine=True),
        Contestant(
            "duckdb-parquet", "by hand: SQL, Parquet", "duckdb_sql:run_parquet", ("duckdb",), engine=True
        ),
        Contestant("polars", "by hand: frames, CSV", "polars_frames:run_csv", ("polars",), engine=True),
        Contestant("datacompy", "datacompy", "datacompy_frames:run", ("datacompy", "polars")),
        Contestant("csv-diff", "csv-diff", "csv_diff_texts:run", ("csv-diff",)),
        Contestant("deepdiff", "deepdiff", "deepdiff_dicts:run", ("deepdiff",)),
        Contestant("diffsync", "DiffSync", "diffsync_models:run", ("diffsync",)),
    )
}
"""By name, in the order of the tables: the product, what is written by hand, other libraries."""
