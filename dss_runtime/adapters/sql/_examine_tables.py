"""Whether the tables of a database are as the schema has them: columns, types, keys, what undoes a phase."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.types import TypeEngine

from dss_runtime import Check
from dss_runtime.adapters.sql._database import driver_text
from dss_runtime.adapters.sql._mysql import charsets, engine_without_undo
from dss_runtime.adapters.sql._rows import missing_columns, near
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.adapters.sql._target import SqlTarget

_FAMILIES: Mapping[type, str] = {
    bool: "number", int: "number", float: "number", Decimal: "number", bytes: "bytes", str: "text",
}  # fmt: skip
"""Values that a column holds for one another, by the type that SQLAlchemy gives them in Python."""


def examined_source(connection: sa.Connection, branch: str, source: SqlSource) -> Iterator[Check]:
    """Yield whether the table of a source is there, with columns and types that fit."""
    if source.table is None:
        return  # what the query needs, the database says when it is asked for its plan
    real = _columns(connection, source.table)
    if isinstance(real, str):
        yield Check("schema", "error", f"{branch}: {real}")
        return
    yield from _fitting(branch, source.table, real, source.columns)


def examined_target(connection: sa.Connection, branch: str, target: SqlTarget) -> Iterator[Check]:
    """Yield whether a table can be written as *target* says."""
    table = target.table
    real = _columns(connection, table)
    if isinstance(real, str):
        yield Check("schema", "error", f"{branch}: {real}")
        return
    given = dict.fromkeys((*target.columns.values(), *target.insert, *target.scope, *target.set))
    fitting = list(_fitting(branch, table, real, given))
    yield from fitting
    if any(check.state == "error" for check in fitting):
        return
    written = {name for field, name in target.columns.items() if field not in target.unwritten}
    yield from _needed(branch, real, written | set(target.insert) | set(target.scope))
    yield from _unique(connection, branch, target)
    yield from _narrow(branch, target, real)
    if stuck := engine_without_undo(connection, table):
        text = f"{branch}: {table.fullname} is a table of {stuck}, which undoes nothing"
        yield Check("limits", "error", text, "make it InnoDB")
    yield from _letters(connection, branch, table, written)


def _columns(connection: sa.Connection, table: sa.Table) -> dict[str, Any] | str:
    """Return what the database tells of each column, or why there is nothing to tell."""
    inspector = sa.inspect(connection)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exc.SAWarning)  # a type that SQLAlchemy does not know
            found = inspector.get_columns(table.name, schema=table.schema)
    except exc.NoSuchTableError:
        names = inspector.get_table_names(schema=table.schema)
        return f"the database has no table {table.fullname!r}{near(table.name, names)}"
    except exc.SQLAlchemyError as error:
        return driver_text(connection.engine, error)
    if not found:
        return f"the database has no table {table.fullname!r} that this account may see"
    return {str(each["name"]): each for each in found}


def _fitting(branch: str, table: sa.Table, real: Mapping[str, Any], names: Iterable[str]) -> Iterator[Check]:
    wanted = list(names)
    missing = [name for name in wanted if name not in real]
    if missing:
        yield Check(
            "schema", "error", f"{branch}: in {table.fullname} {missing_columns(missing, list(real))}"
        )
        return
    wrong = [
        f"{name} is {real[name]['type']}, and the schema makes it {table.columns[name].type}"
        for name in wanted
        if not _fits(table.columns[name].type, real[name]["type"])
    ]
    if wrong:
        text = f"{branch}: in {table.fullname} {'; '.join(wrong)}"
        yield Check("schema", "warning", text, "change the type of the field, or of the column")
    else:
        yield Check("schema", "ok", f"{branch}: {table.fullname} has all {len(wanted)} columns")


def _fits(declared: TypeEngine[Any], real: TypeEngine[Any]) -> bool:
    """Whether values of a type can go to a column: text takes any, and of some types nobody knows."""
    families = _family(declared), _family(real)
    return "" in families or families[0] == families[1] or families[1] == "text"


def _family(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, (sa.Enum, sa.JSON, sa.ARRAY)):
        return ""
    try:
        python = kind.python_type
    except NotImplementedError:
        return ""
    return _FAMILIES.get(python, python.__name__)


def _needed(branch: str, real: Mapping[str, Any], given: set[str]) -> Iterator[Check]:
    """Yield which columns every new row needs, and nobody gives."""
    needed = [
        name
        for name, each in real.items()
        if name not in given
        and not each["nullable"]
        and each.get("default") is None
        and each.get("autoincrement") is not True
        and not each.get("identity")
        and not each.get("computed")
        and not (each.get("primary_key") and _family(each["type"]) == "number")  # SQLite's row id
    ]
    if needed:
        advice = f"give them under `insert` of the branch, as insert: {{{needed[0]}: …}}"
        yield Check("schema", "warning", f"{branch}: every new row needs {', '.join(needed)}", advice)


def _unique(connection: sa.Connection, branch: str, target: SqlTarget) -> Iterator[Check]:
    """Yield whether the database keeps two rows from having the same key."""
    table, inspector = target.table, sa.inspect(connection)
    key = {target.columns[name] for name in target.key if name in target.columns}
    primary = inspector.get_pk_constraint(table.name, schema=table.schema)["constrained_columns"]
    unique = inspector.get_unique_constraints(table.name, schema=table.schema)
    indexes = inspector.get_indexes(table.name, schema=table.schema)
    groups: list[Any] = [primary, *(each["column_names"] for each in unique)]
    groups += [each["column_names"] for each in indexes if each["unique"]]
    if not any(group and set(group) <= {*key, *target.scope} for group in groups):
        names = ", ".join(sorted(key))
        text = f"{branch}: nothing keeps two rows of {table.fullname} from having the same {names}"
        yield Check("schema", "warning", text, "a unique index also makes writing faster")


def _narrow(branch: str, target: SqlTarget, real: Mapping[str, Any]) -> Iterator[Check]:
    """Yield which texts the schema lets be longer than their columns."""
    narrow = [
        f"{field}: {longest}"
        for field, name in target.columns.items()
        if field not in target.unwritten
        and isinstance(longest := getattr(real[name]["type"], "length", None), int)
        and _longest(target, field) > longest
        and not isinstance(real[name]["type"], sa.Enum)
    ]
    if narrow:
        text = f"{branch}: {target.table.fullname} holds so many characters of {', '.join(narrow)}"
        advice = "say so as `max_length` of the fields: then it is told before anything is written"
        yield Check("limits", "warning", text, advice)


def _longest(target: SqlTarget, field: str) -> float:
    kind = target.types.get(field)
    limited = kind is None or not hasattr(kind, "max_length")
    given: int | None = None if limited else getattr(kind, "max_length", None)
    return 0 if limited else float("inf") if given is None else given


def _letters(connection: sa.Connection, branch: str, table: sa.Table, written: set[str]) -> Iterator[Check]:
    """Yield which columns of MySQL cannot hold every letter."""
    narrow = [
        f"{name} ({charset})"
        for name, charset in charsets(connection, table)
        if name in written and charset != "utf8mb4"
    ]
    if narrow:
        text = f"{branch}: not every letter can be held in {', '.join(narrow)}"
        yield Check("schema", "warning", text, "convert the table to utf8mb4")
