"""`dss pull`: a first schema from what exists."""

from __future__ import annotations

import click

from dss_runtime.cli._pull_csv import csv
from dss_runtime.cli._pull_json_schema import json_schema
from dss_runtime.cli._pull_oneroster import oneroster
from dss_runtime.cli._pull_parquet import parquet
from dss_runtime.cli._pull_sql import sql

SOURCES: tuple[click.Command, ...] = (csv, parquet, sql, json_schema, oneroster)
"""What a schema can be pulled from: adding one is a row here, a file beside this one that opens it, and one
in `dss_generator.pull` that says what it means."""


@click.group(no_args_is_help=True)
def pull() -> None:
    """Write a first schema from what exists.

    Types, keys, optional fields, enums and refs are inferred from all values, and a comment gives the
    evidence ("unique in 1,204 rows"). What is a guess is marked "doubt:", so look for that first. The schema
    loads, generates and type-checks as it is. It goes to standard output unless -o says where.

    \b
    dss pull csv students.csv courses.csv --init     start a project from two files
    dss pull sql sqlite:///moodle.db --tree Moodle   look at a database
    """


for source in SOURCES:
    pull.add_command(source)
