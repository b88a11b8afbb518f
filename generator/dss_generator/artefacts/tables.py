"""tables.py: the tables of the trees that are databases, typed for SQLAlchemy."""

from __future__ import annotations

from typing import Any

from ..code.fragments import Code, Fragment, Ident, code, docstring, expression, ident, joined, lit
from ..code.skeleton import Skeleton
from ..fieldtypes import construction, field_type
from ..naming import snake
from ..project import Context, Project
from ..schema.resolved import Comparison, Condition, Junction, Scalar, Schema, Tree, TreeBranch
from .handlers import own_columns, special_columns
from .runtime import adapter_writes


def applies(schema: Schema) -> bool:
    """Return whether any tree reads a table."""
    return any(_tables(tree) for tree in schema.trees)


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    return {
        "doc": docstring("The tables of the trees that are databases, one definition per branch."),
        "tables": [_table(tree, held) for tree in schema.trees for held in _tables(tree)],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and functions that the file must consist of."""
    tables = [_maker(tree, held).text for tree in schema.trees for held in _tables(tree)]
    return Skeleton((*tables, "__getattr__"), 1)


def constant(tree: Tree, held: TreeBranch) -> Ident:
    """Return the name of the constant that holds the table of a branch."""
    return ident(f"{snake(tree.name)}__{held.branch.name}")


def has_table(tree: Tree, held: TreeBranch) -> bool:
    """Return whether *held* is a table of a database."""
    return tree.adapter == "sql" and held.option("table") is not None


def _maker(tree: Tree, held: TreeBranch) -> Ident:
    """Return the name of the function that makes the table of a branch."""
    return ident(f"_{constant(tree, held).text}")


def _tables(tree: Tree) -> list[TreeBranch]:
    return [held for held in tree.branches if has_table(tree, held)]


def _table(tree: Tree, held: TreeBranch) -> dict[str, Any]:
    schema_name, _, table = str(held.option("table")).rpartition(".")
    return {
        "name": constant(tree, held),
        "text": lit(constant(tree, held).text),
        "function": _maker(tree, held),
        "table": lit(table),
        "schema": code("schema={name}", name=lit(schema_name)) if schema_name else None,
        "columns": [_column(name, typed) for name, typed in _columns(held).items()],
    }


def _column(name: str, typed: Fragment) -> Code:
    return code("_sa.Column({name}, {type})", name=lit(name), type=typed)


def _columns(held: TreeBranch) -> dict[str, Fragment]:
    """Return the type of every column that the branch reads or writes, by name."""
    found: dict[str, Fragment] = {}
    columns = own_columns(held)
    for source in held.sources:
        index = columns.get(source.field.name)
        if index is not None:
            sql = expression(field_type(source.field, source.separator).sql)
            found.setdefault(str(held.columns[index].source), sql)
    for column in held.columns:
        found.setdefault(str(column.source), code("_sa.types.NullType()"))
    for name, value in (*_insert(held), *held.old.set, *held.old.returns):
        # What the schema gives as a constant is of the constant's type, whatever a field says of the column.
        if name not in found or _is_untyped(found[name]):
            found[name] = _sql_of(value)
    return found


def _is_untyped(typed: Fragment) -> bool:
    return "NullType" in typed.text


def _sql_of(value: Scalar) -> Code:
    """A truth value is a number to a database that has no such type, and to one that has, 0 and 1 will do."""
    if isinstance(value, bool):
        return code("_sa.Boolean()")
    return code("_sa.BigInteger()") if isinstance(value, int) else code("_sa.Text()")


def _insert(held: TreeBranch) -> tuple[tuple[str, Scalar], ...]:
    given: Any = held.option("insert", ())
    return tuple(given)


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
        typed = expression(construction(source.field, source.separator))
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
    if has_table(tree, held) and _insert(held):
        found.append(_mapping("insert", _pairs(_insert(held))))
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
