"""A generated project from files to a database, whose accounts may lack their key."""

from __future__ import annotations

import itertools
import json
import sqlite3
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dss_runtime.cli import app

_NUMBERS = itertools.count()
_SCHEMA = """
models:
  Pupil:
    key: number
    fields:
      number: str
      email: {type: str, optional: true, compare: casefold, sensitive: true}
      login: {type: str, optional: true}
      born: {type: date, optional: true}
branches:
  pupils: {model: Pupil}
trees:
  Office: {adapter: csv, branches: {pupils: {path: pupils.csv}}}
  Campus:
    adapter: sql
    branches:
      pupils:
        table: person
        match: email
        sync: {login: create_only}
        old: {set: {gone: true}, delete_after: 30 days}
syncs:
  nightly: {from: Office, to: Campus}
"""
_TABLE = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, number TEXT, email TEXT, login TEXT, born, gone BOOLEAN)"
)


class School:
    """The project, and a way to call `dss` in it."""

    def __init__(self, folder: Path, schema: str = _SCHEMA, table: str = _TABLE) -> None:
        number = next(_NUMBERS)
        self.folder = folder
        self.columns: Sequence[str] = ("number", "email", "login", "born")
        (folder / "schema").mkdir(parents=True)
        (folder / "schema" / "school.yaml").write_text(schema)
        self._base = folder / "campus.db"
        (folder / "dss.toml").write_text(
            f'generated = "adopting{number}"\nhandlers = "adopting_handlers{number}"\n'
            f'[trees.Office]\nfolder = "."\n[trees.Campus]\nurl = "sqlite:///{self._base}"\n'
            "[syncs.nightly.guard.pupils]\nold = 5\nnew = 1000\nchanged = 1000\n"
        )
        self.sql(table)
        self.pupils()
        assert self.dss("generate").exit_code == 0

    def pupils(self, *rows: Sequence[str]) -> None:
        """Write what the office has, in the order of the columns."""
        lines = [self.columns, *rows]
        text = "".join(",".join(cells) + "\n" for cells in lines)
        (self.folder / "pupils.csv").write_text(text)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do something in the database, and return the rows that it gives."""
        with closing(sqlite3.connect(self._base)) as base, base:
            return base.execute(statement, values).fetchall()

    @property
    def people(self) -> list[tuple[Any, ...]]:
        """The database: id, number, email, login and whether they are gone."""
        return self.sql("SELECT id, number, email, login, coalesce(gone, 0) FROM person ORDER BY id")

    def dss(self, *arguments: str) -> Result:
        """Call `dss` on the project."""
        return CliRunner().invoke(app, ["-C", str(self.folder), *arguments])

    def json(self, *arguments: str) -> Any:
        """Call `dss` with --json, and return the object."""
        return json.loads(self.dss(*arguments, "--json").stdout)


@contextmanager
def schools(folder: Path, schema: str = _SCHEMA, table: str = _TABLE) -> Generator[School]:
    """Give a project whose two sides are empty; its modules are forgotten afterwards."""
    path, modules = list(sys.path), set(sys.modules)
    yield School(folder, schema, table)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("adopting"):
            del sys.modules[name]
