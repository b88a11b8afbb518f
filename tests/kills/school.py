"""The project of these tests: people and teams in files, brought to a web service and to a database."""

from __future__ import annotations

import csv
import json
import random
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from dss_generator import Project, generate
from tests.kills.service import Rows, Service

HERE = Path(__file__).parent
KEYS = {"people": ("idnumber",), "memberships": ("person", "team")}
COLUMNS = {
    "people": ("idnumber", "name", "email", "born", "login", "note"),
    "memberships": ("person", "team"),
}
TABLES = (
    "CREATE TABLE people (idnumber TEXT, name TEXT, email TEXT, born TEXT, login TEXT, note TEXT, "
    "kind TEXT, active BOOLEAN DEFAULT 1)",
    "CREATE TABLE memberships (person TEXT, team TEXT)",
)
"""Without keys: a record can be there twice."""


class Target(Protocol):
    """A system that is written to, looked at from behind."""

    sync: str
    """The sync that leads to it."""
    tree: str

    @property
    def settings(self) -> str:
        """What [trees.X] of it says."""
        ...

    @property
    def rows(self) -> Rows:
        """All that it holds, whoever it belongs to."""
        ...

    def replace(self, rows: Rows) -> None:
        """Make it hold *rows*."""
        ...


class ServiceTarget:
    """The web service, which deletes."""

    sync, tree = "nightly", "Service"

    def __init__(self, service: Service) -> None:
        self._service = service
        self.settings = f'url = "{service.url}"'

    @property
    def rows(self) -> Rows:
        """A copy of what it holds."""
        with self._service.mutex:
            found: Rows = json.loads(json.dumps(self._service.rows))
        return found

    def replace(self, rows: Rows) -> None:
        """Make it hold *rows*."""
        with self._service.mutex:
            self._service.rows = rows


class BaseTarget:
    """The database, which disables people and deletes memberships."""

    sync, tree = "base", "Base"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = f'url = "sqlite:///{path}?timeout=0.1"'
        with closing(sqlite3.connect(path)) as connection:
            for statement in TABLES:
                connection.execute(statement)

    @property
    def rows(self) -> Rows:
        """What the tables hold, in the order in which the rows were made."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return {
                name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY rowid")]
                for name in KEYS
            }

    def edit(self, key: str, name: str, value: str) -> bool:
        """Change a pupil, unless somebody else is writing; return whether that was possible."""
        statement = f"UPDATE people SET {name} = ? WHERE kind = 'pupil' AND idnumber = ?"
        with closing(sqlite3.connect(self.path, timeout=0)) as connection:
            try:
                with connection:
                    connection.execute(statement, (value, key))
            except sqlite3.OperationalError:
                return False
        return True

    def replace(self, rows: Rows) -> None:
        """Make it hold *rows*."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for name in KEYS:
                connection.execute(f"DELETE FROM {name}")
                for row in rows[name]:
                    marks = ", ".join("?" * len(row))
                    connection.execute(
                        f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
                    )


def make_project(folder: Path) -> None:
    """Write the project's schema and handlers to *folder*, and generate its package."""
    shutil.copytree(HERE / "project", folder)
    for path in (folder / "people_handlers").glob("*.txt"):  # not .py: checkers would look for `people_made`
        path.rename(path.with_suffix(""))
    generate(Project(folder, folder / "schema", folder / "people_made", folder / "people_handlers"))


def write_settings(folder: Path, root: Path, targets: Iterable[Target], more: str = "") -> None:
    """Write to *folder* the settings of the project in *root*, whose data and state lie in *folder*."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    lines = [
        f'root = "{root}"',
        'generated = "people_made"',
        'handlers = "people_handlers"',
        f'state = "{folder / ".dss"}"',
        '[trees.Files]\nfolder = "data"',
        *(f"[trees.{each.tree}]\n{each.settings}" for each in targets),
        more,
    ]
    (folder / "dss.toml").write_text("\n".join(lines), encoding="utf-8")


def write_files(folder: Path, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Write tonight's files."""
    for name, columns in COLUMNS.items():
        with (folder / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows[name])


def random_rows(rng: random.Random, people: int, *, target: bool = False) -> Rows:
    """Return people and their teams; with *target* as a target holds them, with others' people among them."""
    ids = rng.sample(range(2 * people), people)
    found = [
        {
            "idnumber": f"{number:04}",
            "name": rng.choice(["Ada", "Ben", "Cleo"]),
            "email": rng.choice([None, f"{number}@school.example"]),
            "born": rng.choice([None, "2011-05-17", "2012-11-02"]),
            "login": f"u{number}.{rng.randrange(3)}",
            "note": rng.choice([None, "sings"]),
        }
        for number in ids
    ]
    if target:
        found = [{**row, "kind": rng.choice(["pupil"] * 9 + ["staff"])} for row in found]
    teams = [{"person": f"{number:04}", "team": rng.choice("abc")} for number in ids]
    return {"people": found, "memberships": teams}


def expected(source: Rows, before: Rows) -> Rows:
    """Return what the target must hold of ours: the source's values, but for what belongs to the target."""
    own = {row["idnumber"]: row for row in before["people"] if row["kind"] == "pupil"}
    people = [
        {
            **row,
            "login": own.get(row["idnumber"], row)["login"],
            "note": own.get(row["idnumber"], {}).get("note"),
        }
        for row in source["people"]
    ]
    return {"people": people, "memberships": source["memberships"]}


def ours(rows: Rows) -> Rows:
    """Return what of a target is ours and in use."""
    people = [row for row in rows["people"] if row["kind"] == "pupil" and row.get("active", 1)]
    return {"people": people, "memberships": rows["memberships"]}


def theirs(rows: Rows) -> list[dict[str, Any]]:
    """Return the people of a target who are not ours."""
    return [row for row in rows["people"] if row["kind"] != "pupil"]


def texts(rows: Rows) -> dict[str, list[str]]:
    """Return rows as texts, in order: empty and absent values are one."""
    return {name: sorted(_text(row, COLUMNS[name]) for row in rows[name]) for name in KEYS}


def _text(row: Mapping[str, Any], columns: Iterable[str]) -> str:
    return json.dumps({name: row.get(name) or None for name in columns})
