"""importers.py: per tree, the base class that reads it, with a row parser for every branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..code.fragments import Code, Fragment, Ident, code, docstring, ident, joined, lit, tuple_of
from ..code.skeleton import Skeleton
from ..names import builtins, keywords
from ..project import Context, Project
from ..schema.resolved import Schema, Tree, TreeBranch
from .fields import annotation, imports_for, key_annotation, type_imports_for, value_annotation
from .handlers import own_columns, special_columns
from .parsing import (
    computed_method,
    key_lines,
    parser_constant,
    parser_value,
    row_class,
    row_lines,
    used_transforms,
)
from .recipes import recipe
from .runtime import import_of, merges
from .sql_columns import lookups_of
from .tables import constant as table_constant
from .tables import has_table, lookups

_RUNTIME = (
    "BadCellError", "BranchReading", "Cells", "blank", "number", "present", "same", "text",
    "Comparison", "FieldRecipe", "FieldText", "Junction", "Recipe", "Step",
)  # fmt: skip
"""What the code that parses rows calls, and what their recipes are made of."""


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    return {
        "doc": docstring("The importers: per tree, how each branch is read."),
        "imports": _imports(schema, project),
        "constants": list(_constants(schema).values()),
        "trees": [_tree(tree) for tree in schema.trees],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of."""
    names: list[str] = []
    for tree in schema.trees:
        for row in _rows(tree):
            names += [row["name"].text, f"{row['name'].text}.__init__"]
            names += [f"{row['name'].text}.{column['name'].text}" for column in row["columns"]]
        base = f"{tree.name}ImporterBase"
        names.append(base)
        names += [f"{base}.{method.name}" for method in abstract_methods(tree)]
        names += [f"{base}.read_{held.branch.name}" for held in _loaded(tree)]
        for held in _parsed(tree):
            name = held.branch.name
            names += [f"{base}.{kind}_{name}" for kind in ("read", "keep", "parse", "key")]
            names += [f"{base}.retired_{name}"] if held.old.kind == "set" else []
    return Skeleton(tuple(names), len(_constants(schema)))


def _constants(schema: Schema) -> dict[Ident, Code]:
    """Return the constants that parse cells, by name.

    Their types leave None out: an optional field's cell is parsed only where there is something in it.
    """
    found: dict[Ident, Code] = {}
    for tree in schema.trees:
        for held in _parsed(tree):
            for source in held.sources:
                if source.const is not None or source.computed:
                    continue
                name = parser_constant(tree, held, source)
                if name not in found:
                    found[name] = code(
                        "{name}: _Callable[[object], {type}] = {value}",
                        name=name,
                        type=value_annotation(source.field),
                        value=parser_value(held, source),
                    )
    return found


def _parsed(tree: Tree) -> list[TreeBranch]:
    """The branches whose rows the adapter gives."""
    return [held for held in tree.branches if tree.system.maps_columns and held.derived_from is None]


def _loaded(tree: Tree) -> list[TreeBranch]:
    """The branches whose records the project, or the memory adapter, gives as they are."""
    parsed = {held.branch.name for held in _parsed(tree)}
    return [held for held in tree.branches if held.branch.name not in parsed]


def _imports(schema: Schema, project: Project) -> list[str]:
    """Return every import that the file may need; those that nothing uses are left out of it."""
    held = [(tree, each) for tree in schema.trees for each in tree.branches]
    parsed = [each for tree in schema.trees for each in _parsed(tree)]
    lines = [import_of(tree, tree.system.importer) for tree in schema.trees]
    lines += [import_of(tree, tree.system.source) for tree in schema.trees if _parsed(tree)]
    lines += [import_of(tree, "SqlLookup") for tree, each in held if lookups_of(tree, each)]
    lines += [f"from dss_runtime.codegen import {name} as _{name}" for name in _RUNTIME]
    lines += [f"from dss_runtime.transforms import {name} as _{name}" for name in used_transforms(parsed)]
    models = {each.branch.model.name for _, each in held}
    lines += [f"from {project.package}.models import {name}" for name in models]
    lines += [f"from {project.package}.trees import {tree.name}" for tree in schema.trees]
    return [
        *lines,
        *imports_for(each.branch.model for _, each in held),
        *type_imports_for(each.branch.model for each in parsed),
        f"from {project.package} import tables as _tables",
        "from abc import ABC as _ABC",
        "from abc import abstractmethod as _abstractmethod",
        "from collections.abc import Callable as _Callable",
        "from collections.abc import Iterable as _Iterable",
        "from decimal import Decimal as _Decimal",
        "from dss_runtime.codegen import Unclaimed as _Unclaimed",
    ]


def _tree(tree: Tree) -> dict[str, Any]:
    return {
        "name": ident(f"{tree.name}ImporterBase"),
        "tree": ident(tree.name),
        "base": ident(f"_{tree.system.importer}"),
        "doc": docstring(f"Reads {tree.name}; the project writes a subclass."),
        "rows": _rows(tree),
        "abstract_methods": [_method_view(method) for method in abstract_methods(tree)],
        "loaded": [_loaded_view(tree, held) for held in _loaded(tree)],
        "parsed": [_parsed_view(tree, held) for held in _parsed(tree)],
    }


def _rows(tree: Tree) -> list[dict[str, Any]]:
    return [
        {
            "name": ident(row_class(tree, held)),
            "doc": docstring(f"A row of {held.branch.name} on {tree.name}, its cells as text."),
            "columns": [
                {
                    "name": ident(name),
                    "doc": docstring(f"The cell of the column {held.columns[at].source}."),
                    "index": lit(at),
                }
                for at, name in _row_properties(held).items()
            ],
        }
        for held in _parsed(tree)
        if any(source.computed for source in held.sources)
    ]


def _row_properties(held: TreeBranch) -> dict[int, str]:
    """Return the name under which a row offers each column, by index; `_homeroom` is offered as `homeroom`.

    A name that is taken gets an underscore at its end; a column whose name is none in Python is left out.
    """
    taken = {"self", *keywords, *builtins}
    found: dict[int, str] = {}
    for at in sorted(range(len(held.columns)), key=lambda at: held.columns[at].alias.startswith("_")):
        name = held.columns[at].alias.lstrip("_")
        if name.isascii() and name.isidentifier():
            while name in taken:
                name += "_"
            taken.add(name)
            found[at] = name
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class ImporterMethod:
    """A method of an importer that the project must write, or may override."""

    name: str
    parameters: Code
    returns: Code
    doc: str


def abstract_methods(tree: Tree) -> list[ImporterMethod]:
    """Return what the project has to write to read *tree*."""
    found: list[ImporterMethod] = []
    for held in tree.branches:
        name, model = held.branch.name, ident(held.branch.model.name)
        records = code("_Iterable[{model}]", model=model)
        none = code("")
        if held.derived_from is not None:
            doc = f"Return the records of {name}, from {', '.join(held.derived_from)} of `self.tree`."
            found.append(ImporterMethod(f"derived_{name}", none, records, doc))
        elif tree.adapter == "custom":
            doc = f"Return the records of {name} as the system has them."
            found.append(ImporterMethod(f"load_{name}", none, records, doc))
            if held.match is not None:
                doc = f"Return the records of {name} that have no key."
                unclaimed = code("_Iterable[_Unclaimed]")
                found.append(ImporterMethod(f"unclaimed_{name}", none, unclaimed, doc))
        for source in held.sources:
            if source.computed:
                parameters = code(", row: {row}, /", row=ident(row_class(tree, held)))
                doc = f"Return the field {source.field.name} of a row; raise ValueError where there is none."
                method = computed_method(held, source.field)
                found.append(ImporterMethod(method, parameters, annotation(source.field), doc))
        if merges(tree, held):
            parameters = code(", existing: {model}, duplicate: {model}, /", model=model)
            doc = "Return the one record for two with one key."
            found.append(ImporterMethod(f"merge_{name}", parameters, code("{model}", model=model), doc))
    return found


def importer_methods(tree: Tree, held: TreeBranch) -> list[str]:
    """Return the kinds of methods that the base has for a branch, such as `keep`; `computed` are apart."""
    found = ["read"]
    if held in _parsed(tree):
        found += ["keep", "parse", "key", *(("retired",) if held.old.kind == "set" else ())]
    if held.derived_from is not None:
        found.append("derived")
    elif tree.adapter == "custom":
        found += ["load", *(("unclaimed",) if held.match is not None else ())]
    if merges(tree, held):
        found.append("merge")
    return found


def optional_methods(tree: Tree) -> list[ImporterMethod]:
    """Return the hooks of *tree*'s importer that the project may override."""
    found: list[ImporterMethod] = []
    for held in _parsed(tree):
        parameters = code(", record: {model}, /", model=ident(held.branch.model.name))
        doc = "Return whether *record* takes part; override it to leave records out."
        found.append(ImporterMethod(f"keep_{held.branch.name}", parameters, code("bool"), doc))
    return found


def _method_view(method: ImporterMethod) -> dict[str, Fragment]:
    return {
        "name": ident(method.name),
        "parameters": method.parameters,
        "returns": method.returns,
        "doc": docstring(method.doc),
    }


def _loaded_view(tree: Tree, held: TreeBranch) -> dict[str, Fragment | None]:
    name = ident(held.branch.name)
    if held.derived_from is not None:
        records = code("self.derived_{name}()", name=name)
    elif tree.adapter == "custom":
        records = code("self.load_{name}()", name=name)
    else:
        records = code("self.records({name})", name=lit(held.branch.name))
    merge = code(", self.merge_{name}", name=name) if merges(tree, held) else code("")
    adopts = tree.adapter == "custom" and held.derived_from is None and held.match is not None
    return {
        "name": name,
        "read": ident(f"read_{held.branch.name}"),
        "records": records,
        "merge": merge,
        "unclaimed": code("self.unclaimed_{name}()", name=name) if adopts else None,
    }


def _parsed_view(tree: Tree, held: TreeBranch) -> dict[str, Any]:
    name, model = held.branch.name, held.branch.model
    arguments = [code("{name}={name}", name=ident(source.field.name)) for source in held.sources]
    values = [ident(each) for each in model.key]
    retired_at = len(held.columns)
    retired = [
        code("_same(_c[{at}], {value})", at=lit(retired_at + at), value=lit(value))
        for at, (_, value) in enumerate(held.old.set)
    ]
    return {
        "name": ident(name),
        "model": ident(model.name),
        "read": ident(f"read_{name}"),
        "keep": ident(f"keep_{name}"),
        "parse": ident(f"parse_{name}"),
        "key": ident(f"key_{name}"),
        "key_type": key_annotation(model),
        "source_class": ident(f"_{tree.system.source}"),
        "source": _source(tree, held),
        "columns": lit(tuple(str(column.source) for column in held.columns)),
        "feeds": _feeds(held),
        "reading": _reading(tree, held),
        "lines": row_lines(tree, held),
        "key_lines": key_lines(tree, held),
        "key_value": values[0] if len(values) == 1 else tuple_of(values),
        "arguments": arguments,
        "retired": joined(retired, " and ") if retired else None,
        "retired_name": ident(f"retired_{name}"),
    }


def _source(tree: Tree, held: TreeBranch) -> list[Code]:
    """The arguments of the adapter's description of a source."""
    sources: list[object] = [column.source for column in held.columns]
    sources += [name for name, _ in held.old.set]
    found: list[Code] = []
    for name, value in held.options:
        if name in tree.system.at_creation or (name == "lookup" and lookups_of(tree, held)):
            continue
        if name == "table" and has_table(tree, held):
            found.append(code("table=_tables.{name}", name=table_constant(tree, held)))
        else:
            found.append(code("{name}={value}", name=ident(name), value=lit(value)))
    return [
        *found,
        *special_columns(tree, held),
        code("columns={columns}", columns=lit(tuple(sources))),
        *lookups(tree, held, by_column=True),
    ]


def _feeds(held: TreeBranch) -> Code:
    pairs: list[Code] = []
    for source in held.sources:
        at = source.column
        if at is None and source.pipeline is not None:
            at = next((part.column for part in source.pipeline.template if part.column is not None), None)
        if at is not None:
            pairs.append(code("{name}: {at}", name=lit(source.field.name), at=lit(at)))
    return Code(f"{{{joined(pairs).text}}}")


def _reading(tree: Tree, held: TreeBranch) -> list[Code]:
    found: list[Code] = []
    own = own_columns(held)
    name = ident(held.branch.name)
    if merges(tree, held):
        found.append(code("merge=self.merge_{name}", name=name))
    if held.old.kind == "set":
        found.append(code("retired=self.retired_{name}", name=name))
    if held.unreadable == "error":
        found.append(code("strict={true}", true=lit(True)))
    sensitive = tuple(source.field.name for source in held.sources if source.field.sensitive)
    if sensitive:
        found.append(code("sensitive=frozenset({names})", names=lit(sensitive)))
    if held.match is not None:
        pairs = [
            code(
                "{name}: ({at}, {parse})",
                name=lit(source.field.name),
                at=lit(own[source.field.name]),
                parse=parser_constant(tree, held, source),
            )
            for source in held.sources
            if source.field.name in own
        ]
        lines = "".join(f"\n                    {pair.text}," for pair in pairs)
        found.append(Code(f"unclaimed={{{lines}\n                }}"))
    found.append(code("recipe={recipe}", recipe=recipe(tree, held)))
    return found
