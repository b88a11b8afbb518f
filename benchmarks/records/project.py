"""The project that compares the two sides: a schema of one model, two files, a table and a copy in memory."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.processes import cost_of
from benchmarks.records.files import SEPARATOR, TABLE

SCHEMA = f"""\
models:
  Person:
    key: code
    fields:
      code: str
      first_name: str
      last_name: str
      email: str
      phone: {{type: str, optional: true}}
      city: str
      grade: int
      born: date
      active: bool
      score: float
      courses: {{type: list, of: str}}
      changed_at: {{type: datetime, zone: naive}}

branches:
  people: {{model: Person}}

trees:
  Left:
    adapter: csv
    branches:
      people: {{path: left.csv, split: {{courses: "{SEPARATOR}"}}}}
  Right:
    adapter: csv
    branches:
      people: {{path: right.csv, split: {{courses: "{SEPARATOR}"}}}}
  Table:
    adapter: sql
    branches:
      people: {{table: {TABLE}, split: {{courses: "{SEPARATOR}"}}}}
  Copy:
    adapter: memory
    branches:
      people: {{}}
"""
SETTINGS = """\
# Not `generated`: a checkout of datastoresync has a package of that name itself.
generated = "registry"
[trees.Left]
folder = ".."

[trees.Right]
folder = ".."

[trees.Table]
url = "sqlite:///../right.sqlite"
"""


def write_project(folder: Path) -> None:
    """Write the project into *folder*, beside which the files of the two sides are, and generate its code."""
    (folder / "schema").mkdir(parents=True)
    (folder / "schema" / "people.yaml").write_text(SCHEMA, encoding="utf-8")
    (folder / "dss.toml").write_text(SETTINGS, encoding="utf-8")
    cost_of((sys.executable, "-m", "dss_runtime.cli", "generate"), folder)
