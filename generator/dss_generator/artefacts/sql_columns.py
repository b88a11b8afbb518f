"""The columns of the tables that a branch reads or writes, with their types for SQLAlchemy."""

from __future__ import annotations

from typing import Any, cast

from ..code.fragments import Code, Fragment, code, expression
from ..fieldtypes import construction, field_type
from ..schema.resolved import FieldSource, Scalar, Tree, TreeBranch
from ..schema.sql_lookups import Lookup
from .handlers import own_columns

_ANY = "_sa.types.NullType()"


def lookups_of(tree: Tree, held: TreeBranch) -> tuple[tuple[str, Lookup], ...]:
    """Return the lookup of each field in place of whose value an id is held; only databases have any."""
    given = held.option("lookup", ()) if tree.adapter == "sql" else ()
    return cast("tuple[tuple[str, Lookup], ...]", given)


def insert_of(held: TreeBranch) -> tuple[tuple[str, Scalar], ...]:
    """Return the constants that a new row gets."""
    given: Any = held.option("insert", ())
    return tuple(given)


def table_columns(tree: Tree, held: TreeBranch) -> dict[str, Fragment]:
    """Return the type of every column that the branch reads or writes, by name."""
    found: dict[str, Fragment] = {}
    columns, ids = own_columns(held), dict(lookups_of(tree, held))
    for source in held.sources:
        index = columns.get(source.field.name)
        if index is not None and source.field.name not in ids:
            found.setdefault(str(held.columns[index].source), _sql_of_field(source))
    for column in held.columns:
        found.setdefault(str(column.source), code(_ANY))
    for name, value in (*insert_of(held), *held.old.set, *held.old.returns):
        # What the schema gives as a constant is of the constant's type, whatever a field says of the column.
        if name not in found or found[name].text == _ANY:
            found[name] = _sql_of(value)
    return found


def lookup_columns(held: TreeBranch, field: str, lookup: Lookup) -> dict[str, Fragment]:
    """Return the type of every column of the table in which *field* is looked up, by name."""
    source = next(each for each in held.sources if each.field.name == field)
    found: dict[str, Fragment] = {lookup.key: _sql_of_field(source)}
    found.setdefault(lookup.value, code(_ANY))
    for name, values in lookup.where:
        found.setdefault(name, _sql_of(values[0]))
    return found


def field_construction(source: FieldSource) -> Code:
    """Return the expression that makes a field's type."""
    return expression(construction(source.field, source.separator))


def _sql_of_field(source: FieldSource) -> Code:
    return expression(field_type(source.field, source.separator).sql)


def _sql_of(value: Scalar) -> Code:
    """A truth value is a number to a database that has no such type, and to one that has, 0 and 1 will do."""
    if isinstance(value, bool):
        return code("_sa.Boolean()")
    return code("_sa.BigInteger()") if isinstance(value, int) else code("_sa.Text()")
