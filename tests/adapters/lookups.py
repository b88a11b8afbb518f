"""A school that its database holds by ids, generated from a schema, and the database itself."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType
from typing import Any, TypeAlias

import sqlalchemy as sa

from dss_runtime import DataStoreTree, Policy, SyncResult
from tests.adapters.accounts import Home
from tests.generated_schemas.projects import fill_stubs, generated
from tests.generated_schemas.worlds import as_system
from tests.services.databases import execute, impatient

SCHEMA = """
models:
  Category:
    key: code
    fields: {code: str, name: str, parent: {ref: Category, optional: true}}
  Course:
    key: code
    fields: {code: str, title: str, category: {ref: Category}, teacher: {ref: Person, optional: true}}
  Person:
    key: number
    fields:
      number: int
      name: str
      ident: {type: int, optional: true}
      label: {type: str, optional: true}
  Member:
    key: [course, person]
    fields: {course: {ref: Course}, person: {ref: Person}, role: str}
  Team:
    key: code
    fields: {code: str, name: {type: str, sensitive: true}, course: {ref: Course}}
branches:
  categories: {model: Category}
  courses: {model: Course}
  people: {model: Person}
  members: {model: Member}
  teams: {model: Team}
trees:
  Truth:
    adapter: memory
    branches: {categories: {}, courses: {}, people: {omit: [ident, label]}, members: {}, teams: {}}
  Copy:
    adapter: memory
    branches: {categories: {}, courses: {}, people: {omit: [ident, label]}, members: {}, teams: {}}
  Base:
    adapter: sql
    branches:
      categories:
        table: categories
        lookup: {parent: {table: categories, key: code, value: id, none: 0}}
      courses:
        table: courses
        where: "code != ''"
        columns: {category: category id, teacher: teacherid}
        lookup:
          category: {table: categories, key: code, value: id}
          teacher: {table: people, key: number, value: id, where: deleted == 0}
      people:
        table: people
        where: deleted == 0
        columns: {ident: id}
        insert: {deleted: 0}
        sync: {ident: never, label: never}
      members:
        table: members
        columns: {course: courseid, person: personid, role: roleid}
        lookup:
          course: {table: courses, key: code, value: id, others: ignore}
          person: {table: people, key: number, value: id, where: "deleted == 0", others: ignore}
          role: {table: roles, key: shortname, value: id}
      teams:
        table: teams
        columns: {course: courseid}
        lookup: {course: {table: courses, key: code, value: id}}
        match: [name, course]
        old: {set: {hidden: true}}
syncs:
  nightly: {from: Truth, to: Base}
  weekly: {from: Truth, to: Copy}
"""

_ID = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "mariadb": "BIGINT AUTO_INCREMENT PRIMARY KEY",
}
_LABEL = {"sqlite": "name || '!'", "postgresql": "name || '!'", "mariadb": "CONCAT(name, '!')"}

Rows: TypeAlias = "list[tuple[Any, ...]]"
Data: TypeAlias = Mapping[str, list[Any]]
"""Records by branch."""


@cache
def _package() -> str:
    root, name = Path(mkdtemp(prefix="dss-lookups-")), "dss_lookups"
    fill_stubs(generated(root, name, SCHEMA))
    sys.path.insert(0, str(root))
    return name


def module(name: str) -> ModuleType:
    """Return a module of the generated package."""
    return importlib.import_module(f"{_package()}.generated.{name}")


def category(code: str, parent: str | None = None, name: str = "") -> Any:
    """Return a category."""
    return module("models").Category(code=code, name=name or code, parent=parent)


def course(code: str, of: str, teacher: int | None = None, title: str = "") -> Any:
    """Return a course of a category."""
    return module("models").Course(code=code, title=title or code, category=of, teacher=teacher)


def person(number: int, name: str = "Ada") -> Any:
    """Return a person."""
    return module("models").Person(number=number, name=name)


def member(code: str, number: int, role: str = "student") -> Any:
    """Return the place of a person in a course."""
    return module("models").Member(course=code, person=number, role=role)


def team(code: str, of: str, name: str = "") -> Any:
    """Return a team of a course."""
    return module("models").Team(code=code, name=name or code, course=of)


def truth(data: Data) -> DataStoreTree:
    """Return a tree in memory that holds *data*."""
    return _filled(module("wiring").make_truth({}), data)


def copy(data: Data) -> DataStoreTree:
    """Return another tree in memory that holds *data*, and can be written."""
    return _filled(module("wiring").make_copy({"system": as_system(data)}), data)


def _filled(tree: DataStoreTree, data: Data) -> DataStoreTree:
    for branch in tree.branches:
        for record in data.get(branch.name, ()):
            branch.put(branch.key_of(record), record)
    return tree


class School:
    """A database whose tables refer to each other by ids that it counts up."""

    def __init__(self, home: Home) -> None:
        if isinstance(home, Path):
            home = sa.URL.create("sqlite", database=str(home / "school.db"))
        self.url = home
        self.kind = home.get_backend_name()
        number, label = _ID[self.kind], _LABEL[self.kind]
        quote = "`" if self.kind == "mariadb" else '"'
        self.execute(
            f"CREATE TABLE roles (id {number}, shortname VARCHAR(20))",
            "INSERT INTO roles (shortname) VALUES ('helper'), ('student')",
            f"CREATE TABLE categories (id {number}, code VARCHAR(50) NOT NULL DEFAULT '', name VARCHAR(50),"
            " parent BIGINT NOT NULL DEFAULT 0)",
            f"CREATE TABLE people (id {number}, number BIGINT, name VARCHAR(50), deleted SMALLINT DEFAULT 0,"
            f" label VARCHAR(60) GENERATED ALWAYS AS ({label}) STORED)",
            f"CREATE TABLE courses (id {number}, code VARCHAR(50) NOT NULL DEFAULT '', title VARCHAR(50),"
            f" {quote}category id{quote} BIGINT, teacherid BIGINT)",
            f"CREATE TABLE teams (id {number}, code VARCHAR(50), name VARCHAR(50), courseid BIGINT,"
            " hidden BOOLEAN NOT NULL DEFAULT FALSE)",
            f"CREATE TABLE members (id {number}, courseid BIGINT NOT NULL, personid BIGINT NOT NULL,"
            " roleid BIGINT, UNIQUE (courseid, personid),"
            " FOREIGN KEY (courseid) REFERENCES courses (id), FOREIGN KEY (personid) REFERENCES people (id))",
        )

    def execute(self, *statements: str) -> Rows:
        """Change or ask the database from outside."""
        return execute(self.url, *statements)

    def tree(self) -> DataStoreTree:
        """Return the tree of the database, not read yet."""
        quick = self.url.update_query_dict({"timeout": "0"}) if self.kind == "sqlite" else impatient(self.url)
        tree: DataStoreTree = module("wiring").make_base({"url": quick})
        return tree

    def read(self) -> DataStoreTree:
        """Return the tree of the database as it is now."""
        tree = self.tree()
        tree.load()
        return tree

    def sync(self, data: Data, right: DataStoreTree | None = None) -> SyncResult:
        """Make the database hold *data*; *right* is its tree where it was read before."""
        policy = Policy(guarded=False, sleep=lambda _seconds: None)
        return truth(data).sync(right or self.read(), policy=policy)

    def differences(self, data: Data) -> list[str]:
        """Return what differs from *data* when the database is read afresh."""
        return [action.message for action in truth(data).diff(self.read())]

    def members(self) -> Rows:
        """Return the members as the database joins them, by code and number."""
        return self.execute(
            "SELECT courses.code, people.number, shortname FROM members JOIN courses ON courses.id = courseid"
            " JOIN people ON people.id = personid LEFT JOIN roles ON roles.id = roleid ORDER BY 1, 2"
        )
