"""A school whose people share one space of user names: generated once, over a database and in memory."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, New, Policy, SyncResult
from dss_runtime._namespace import folded
from dss_runtime.adapters.memory import MemorySystem
from tests.generated_schemas.handlers import importer_of, template_of
from tests.generated_schemas.projects import generated
from tests.strategies.loading import resolved

KINDS = ("students", "staff", "guardians")
LIMIT = 12
UNGUARDED = Policy(guarded=False)

Data = Mapping[str, Sequence[Any]]
"""Records by branch."""

_NAME = "{firstname}.{lastname} | lower"
_PATTERNS: dict[str, Any] = {
    "students": {"patterns": [_NAME, "{firstname}.{lastname}.{grade} | lower"], "unique": ["staff"]},
    "staff": _NAME,
    "guardians": {"patterns": _NAME, "unique": "students"},
}
_EMAIL = "{username}@school.example"


def _held(kind: str, **more: Any) -> dict[str, Any]:
    email = {"email": _EMAIL} if kind == "students" else {}
    return {"generate": {"username": _PATTERNS[kind], **email}, **more}


def _table(kind: str) -> dict[str, Any]:
    where = f"role == '{kind}'"
    old: Any = "delete" if kind == "guardians" else {"set": {"suspended": True}}
    return _held(kind, table="people", insert={"role": kind}, where=where, old=old)


SCHEMA = json.dumps(
    {
        "models": {
            "Person": {
                "abstract": True,
                "key": "number",
                "fields": {
                    "number": "int",
                    "firstname": {"type": "str", "default": ""},
                    "lastname": {"type": "str", "default": ""},
                    "username": {"type": "str", "optional": True, "max_length": LIMIT},
                },
            },
            "Student": {
                "extends": "Person",
                "fields": {"grade": {"type": "int", "default": "1"}, "email": {"type": "str", "default": ""}},
            },
            "Teacher": {"extends": "Person"},
            "Guardian": {"extends": "Person"},
        },
        "branches": {
            "students": {"model": "Student"},
            "staff": {"model": "Teacher"},
            "guardians": {"model": "Guardian"},
        },
        "trees": {
            "Office": {"adapter": "memory", "branches": {kind: {} for kind in KINDS}},
            "Memory": {"adapter": "memory", "branches": {kind: _held(kind) for kind in KINDS}},
            "Base": {"adapter": "sql", "branches": {kind: _table(kind) for kind in KINDS}},
        },
        "syncs": {"one": {"from": "Office", "to": "Memory"}, "other": {"from": "Office", "to": "Base"}},
    }
)


@dataclass(frozen=True)
class School:
    """The generated package."""

    package: str

    @staticmethod
    def make(root: Path) -> School:
        """Generate the package below *root*, and make it importable."""
        generated(root, "dss_named_school", SCHEMA)
        sys.path.insert(0, str(root))
        return School("dss_named_school")

    def module(self, name: str) -> ModuleType:
        """Return a module of the package."""
        return importlib.import_module(f"{self.package}.generated.{name}")

    def person(self, kind: str, number: int, **fields: Any) -> Any:
        """Return a record."""
        model = {"students": "Student", "staff": "Teacher", "guardians": "Guardian"}[kind]
        return getattr(self.module("models"), model)(number=number, **fields)

    def tree(self, name: str, **settings: object) -> DataStoreTree:
        """Return a tree, not read yet."""
        (tree,) = (each for each in resolved(SCHEMA).trees if each.name == name)
        made: Callable[..., DataStoreTree] = getattr(self.module("trees"), name)
        return made(
            settings=settings,
            importer=importer_of(self.module("importers"), tree),
            template=None if name == "Office" else template_of(self.module("templates"), tree),
        )

    def office(self, data: Data) -> DataStoreTree:
        """Return the left side, read: a system in memory with *data*."""
        return self.tree("Office", system=system(data)).load()

    @contextmanager
    def target(self, name: str, data: Data) -> Generator[DataStoreTree]:
        """Give a right side, read, with *data* in it; the database has a unique index of its own."""
        if name == "Memory":
            yield self.tree("Memory", system=system(data)).load()
            return
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/school.db"
            with engine(url) as made, made.begin() as connection:
                connection.execute(sa.text(_CREATE))
                connection.execute(sa.text("CREATE UNIQUE INDEX one ON people (username COLLATE NOCASE)"))
                for kind, records in data.items():
                    for each in records:
                        connection.execute(sa.text(_INSERT), row(kind, each))
            yield self.tree("Base", url=url).load()


_CREATE = """CREATE TABLE people (
    number INTEGER, role TEXT, firstname TEXT, lastname TEXT, username TEXT,
    grade INTEGER DEFAULT 1, email TEXT DEFAULT '', suspended INTEGER DEFAULT 0,
    PRIMARY KEY (number, role))"""
_INSERT = """INSERT INTO people (number, role, firstname, lastname, username)
    VALUES (:number, :role, :firstname, :lastname, :username)"""


def row(kind: str, record: Any) -> dict[str, object]:
    """Return a person as the table has it."""
    names = ("number", "firstname", "lastname", "username")
    return {"role": kind, **{name: getattr(record, name) for name in names}}


@contextmanager
def engine(url: object) -> Generator[sa.Engine]:
    """Give an engine for a database of a test's own."""
    made = sa.create_engine(str(url), poolclass=sa.pool.NullPool)
    yield made
    made.dispose()


def system(data: Data) -> MemorySystem:
    """Return a system in memory with *data*."""
    return MemorySystem({kind: {each.number: each for each in records} for kind, records in data.items()})


def news(left: DataStoreTree, right: DataStoreTree) -> list[New[Any, Any]]:
    """Return the records that are to be created."""
    return [action for action in left - right if isinstance(action, New)]


def given_names(actions: Sequence[New[Any, Any]]) -> list[str | None]:
    """Return the user names that new records get, None where one is refused."""
    return [None if action.error else action.left.username for action in actions]


def synced(left: DataStoreTree, right: DataStoreTree) -> SyncResult:
    """Sync without guards."""
    return left.sync(right, policy=UNGUARDED)


def user_names(tree: DataStoreTree) -> dict[tuple[str, int], str | None]:
    """Return the user names that a tree holds, by branch and key; disabled records included."""
    return {
        (branch.name, key): record.username
        for branch in tree.branches
        for key, record in (*branch.retired.items(), *branch.items())
    }


def forms(names: Sequence[str | None]) -> list[str]:
    """Return what no two of *names* may have in common, of those that are names."""
    return [folded(name) for name in names if name and name.strip()]


# -- strategies ---------------------------------------------------------------------------------------

_PARTS = (
    "Elána",
    "ELENA",
    "eléna",
    "é",
    "Straße",
    "STRASSE",
    "Øyvind",
    "李",
    "محمد",
    "👩‍👧",
    "ﬁ",
    " ",
    "",
    ".",
)
_LETTERS = st.characters(codec="utf-8", exclude_characters="\x00")


def parts() -> st.SearchStrategy[str]:
    """Return a strategy of first and last names, many of which are nearly the same."""
    return st.one_of(st.sampled_from(_PARTS), st.text(_LETTERS, max_size=16))


def people(school: School, *, names: st.SearchStrategy[str | None]) -> st.SearchStrategy[Data]:
    """Return a strategy of records of every kind, which have user names of *names*."""

    values = st.tuples(st.integers(0, 12), parts(), parts(), names)
    lists = st.lists(values, max_size=5, unique_by=lambda each: each[0])
    return st.fixed_dictionaries({kind: lists.map(partial(_persons, school, kind)) for kind in KINDS})


def _persons(school: School, kind: str, found: list[tuple[int, str, str, str | None]]) -> list[Any]:
    return [
        school.person(kind, number, firstname=first, lastname=last, username=username)
        for number, first, last, username in found
    ]


def taken_names() -> st.SearchStrategy[str | None]:
    """Return a strategy of names that somebody may have had for years, some of which get in the way."""
    made = st.builds("{}.{}".format, st.sampled_from(_PARTS), st.sampled_from(_PARTS)).map(
        lambda each: each[:LIMIT]
    )
    return st.one_of(st.none(), made, st.text(_LETTERS, max_size=LIMIT))
