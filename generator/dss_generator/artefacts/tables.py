"""tables.py: the tables of the trees that are databases, typed for SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..code.fragments import Code, Fragment, Ident, code, docstring, ident, joined, lit
from ..code.skeleton import Skeleton
from ..naming import snake
from ..project import Context, Project
from ..schema.resolved import Comparison, Condition, Junction, Scalar, Schema, Tree, TreeBranch
from ..schema.sql_lookups import Lookup
from .handlers import own_columns, special_columns
from .runtime import adapter_writes
from .sql_columns import field_construction, insert_of, lookup_columns, lookups_of, table_columns


def applies(schema: Schema) -> bool:
    """Return whether any tree reads a table."""
    return any(_tables(tree) for tree in schema.trees)


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    return {
        "doc": docstring("The tables of the trees that are databases, one definition per branch."),
        "tables": [
            table for tree in schema.trees for held in _tables(tree) for table in _printed(tree, held)
        ],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and functions that the file must consist of."""
    names = [name.text for tree in schema.trees for held in _tables(tree) for name in _constants(tree, held)]
    return Skeleton((*(f"_{name}" for name in names), "__getattr__"), 1)


def constant(tree: Tree, held: TreeBranch) -> Ident:
    """Return the name of the constant that holds the table of a branch."""
    return ident(f"{snake(tree.name)}__{held.branch.name}")


def has_table(tree: Tree, held: TreeBranch) -> bool:
    """Return whether *held* is a table of a database."""
    return tree.adapter == "sql" and held.option("table") is not None


def _looked_up(tree: Tree, held: TreeBranch, field: str) -> Ident:
    """Return the name of the constant that holds the table in which a field of a branch is looked up."""
    return ident(f"{constant(tree, held).text}__{field}")


def _constants(tree: Tree, held: TreeBranch) -> list[Ident]:
    return [constant(tree, held), *(_looked_up(tree, held, field) for field, _ in lookups_of(tree, held))]


def _tables(tree: Tree) -> list[TreeBranch]:
    return [held for held in tree.branches if has_table(tree, held)]


def _printed(tree: Tree, held: TreeBranch) -> Iterator[dict[str, Any]]:
    """Yield what is printed of the table of a branch, and of those in which its fields are looked up."""
    yield _table(constant(tree, held), str(held.option("table")), table_columns(tree, held))
    for field, lookup in lookups_of(tree, held):
        yield _table(_looked_up(tree, held, field), lookup.table, lookup_columns(held, field, lookup))


def _table(name: Ident, place: str, columns: dict[str, Fragment]) -> dict[str, Any]:
    schema_name, _, table = place.rpartition(".")
    return {
        "name": name,
        "text": lit(name.text),
        "function": ident(f"_{name.text}"),
        "table": lit(table),
        "schema": code("schema={name}", name=lit(schema_name)) if schema_name else None,
        "columns": [_column(name, typed) for name, typed in columns.items()],
    }


def _column(name: str, typed: Fragment) -> Code:
    return code("_sa.Column({name}, {type})", name=lit(name), type=typed)


def has_target(tree: Tree, held: TreeBranch) -> bool:
    """Return whether the adapter wants to be told how *held* is written."""
    return bool(tree.system.target) and adapter_writes(tree, held)


def targets(tree: Tree) -> list[dict[str, Any]]:
    """Return what the adapter has to know to write each branch."""
    return [_target(tree, held) for held in tree.branches if has_target(tree, held)]


def _target(tree: Tree, held: TreeBranch) -> dict[str, Any]:
    own = own_columns(held)
    columns, types = list[Code](), list[Code]()
    for source in held.sources:
        index = own.get(source.field.name)
        if index is None:
            continue
        name = lit(source.field.name)
        columns.append(code("{name}: {column}", name=name, column=lit(str(held.columns[index].source))))
        typed = field_construction(source)
        types.append(code("{name}: {type}", name=name, type=typed))
    options = [
        *_place(tree, held),
        _mapping("columns", columns),
        code("key={key}", key=lit(held.branch.model.key)),
        _mapping("types", types),
    ]
    options += _optional_options(tree, held)
    target = ident(f"_{tree.system.target}")
    return {"branch": lit(held.branch.name), "class": target, "options": options}


def _place(tree: Tree, held: TreeBranch) -> list[Code]:
    """Where the records are: the table, or what another adapter's options say."""
    if has_table(tree, held):
        return [code("table=_tables.{name}", name=constant(tree, held))]
    return [code("{name}={value}", name=ident(name), value=lit(value)) for name, value in held.options]


def _optional_options(tree: Tree, held: TreeBranch) -> list[Code]:
    found = special_columns(tree, held)
    scope = _scope(held.where, held)
    if scope:
        found.append(_mapping("scope", _pairs(tuple(scope.items()))))
    if has_table(tree, held) and insert_of(held):
        found.append(_mapping("insert", _pairs(insert_of(held))))
    found += lookups(tree, held)
    never = tuple(name for name, policy in held.sync if policy == "never")
    if never:
        found.append(code("unwritten=frozenset({names})", names=lit(never)))
    once = tuple(name for name, policy in held.sync if policy == "create_only")
    if once:
        found.append(code("create_only=frozenset({names})", names=lit(once)))
    empties = tuple(
        source.field.name for source in held.sources if dict(source.field.options).get("null_equals_empty")
    )
    if empties:
        found.append(code("nulls_as_empty=frozenset({names})", names=lit(empties)))
    if held.old.kind == "set":
        found.append(code("old={kind}", kind=lit("set")))
        found.append(_mapping("set", _pairs(held.old.set)))
        found.append(_mapping("returns", _pairs(held.old.returns)))
    elif held.old.kind == "keep":
        found.append(code("old={kind}", kind=lit("keep")))
    return found


def lookups(tree: Tree, held: TreeBranch, *, by_column: bool = False) -> list[Code]:
    """Return the argument that tells the adapter which ids stand for what, by field or by column."""
    columns = {name: str(held.columns[at].source) for name, at in own_columns(held).items()}
    pairs = [
        code(
            "{name}: {lookup}",
            name=lit(columns[field] if by_column else field),
            lookup=_lookup(_looked_up(tree, held, field), lookup),
        )
        for field, lookup in lookups_of(tree, held)
    ]
    return [_mapping("lookups", pairs)] if pairs else []


def _lookup(table: Ident, lookup: Lookup) -> Code:
    parts = [
        code("table=_tables.{table}", table=table),
        code("key={key}", key=lit(lookup.key)),
        code("value={value}", value=lit(lookup.value)),
    ]
    if lookup.where:
        ties = [code("{name}: {values}", name=lit(name), values=lit(values)) for name, values in lookup.where]
        parts.append(_mapping("where", ties))
    if lookup.none is not None:
        parts.append(code("none={none}", none=lit(lookup.none)))
    if lookup.ignore:
        parts.append(code("ignore={true}", true=lit(True)))
    return code("_SqlLookup({parts})", parts=joined(parts))


def _scope(where: Condition | None, held: TreeBranch) -> dict[str, Scalar]:
    """Return the columns that `where` ties to one value each: all rows of the branch have them."""
    if isinstance(where, Junction) and where.operator == "and":
        return {name: value for each in where.operands for name, value in _scope(each, held).items()}
    if not isinstance(where, Comparison) or where.operator != "==":
        return {}
    column = str(held.columns[where.column].source)
    (text,) = where.literals
    if not where.numeric:
        return {column: text}
    return {column: int(text)} if text.lstrip("-").isdigit() else {}


def _pairs(pairs: tuple[tuple[str, Scalar], ...]) -> list[Code]:
    return [code("{name}: {value}", name=lit(name), value=lit(value)) for name, value in pairs]


def _mapping(name: str, pairs: list[Code]) -> Code:
    return Code(f"{ident(name).text}={{{joined(pairs).text}}}")
