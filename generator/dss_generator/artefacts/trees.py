"""trees.py: the systems, with their branches as typed attributes."""

from __future__ import annotations

from typing import Any

from ..code.fragments import Code, Ident, code, docstring, expression, ident, joined, lit
from ..code.skeleton import Skeleton
from ..fieldtypes import construction
from ..naming import branch_class
from ..project import Context, Project
from ..schema.resolved import Field, Model, Scalar, Schema, Tree, TreeBranch
from .comparison import compares_by_type, comparison, derived_comparison, type_constants
from .fields import compared, doc_of, is_members, type_imports_for
from .handlers import own_columns
from .parsing import functions_of, pattern
from .runtime import merges


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    models = {model.name: model for model in schema.models}
    trees = [_tree(tree, models) for tree in schema.trees]
    lines = [
        "from typing import ClassVar as _ClassVar",
        "from dss_runtime.codegen import DataStoreTree as _DataStoreTree",
        "from dss_runtime.codegen import Duplicates as _Duplicates",
        "from datetime import timedelta as _timedelta",
        "from dss_runtime.codegen import Generation as _Generation",
        "from dss_runtime.codegen import filled as _filled",
    ]
    for tree in schema.trees:
        for held in tree.branches:
            lines.append(f"from {project.package}.branches import {branch_class(held.branch.name)}")
            if _compares_itself(held):
                lines += _comparison_imports(held, project)
            patterns = [each for generated in held.generated for each in generated.patterns]
            lines += [
                f"from dss_runtime.transforms import {name} as _{name}"
                for name in sorted(functions_of(patterns))
            ]
    return {
        "doc": docstring("The trees: one class per system."),
        "imports": lines,
        "constants": [
            code("{name} = {type}", name=name, type=expression(construction(field)))
            for name, field in _constants(schema).items()
        ],
        "trees": trees,
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of."""
    names: list[str] = []
    for tree in schema.trees:
        for held in tree.branches:
            if _is_variant(tree, held):
                name = branch_class(held.branch.name, tree.name)
                names += [name, *([f"{name}.compare"] if _compares_itself(held) else [])]
        names.append(tree.name)
    return Skeleton(tuple(names), len(_constants(schema)))


def _constants(schema: Schema) -> dict[Ident, Field]:
    """Return the fields whose types the comparisons of this file need, by the name of their constant."""
    models = {model.name: model for model in schema.models}
    found: dict[Ident, Field] = {}
    for tree in schema.trees:
        for held in filter(_compares_itself, tree.branches):
            constants = type_constants(held.branch.model, models)
            for field in compared(held.branch.model):
                if compares_by_type(field) and _is_compared(held, field):
                    found[constants[field.name]] = field
    return found


def class_of(tree: Tree, held: TreeBranch) -> str:
    """Return the class of a tree's branch: its own variant where it differs from the branch as such."""
    return branch_class(held.branch.name, tree.name if _is_variant(tree, held) else "")


def _is_variant(tree: Tree, held: TreeBranch) -> bool:
    return bool(_settings(tree, held)) or _compares_itself(held)


def _compares_itself(held: TreeBranch) -> bool:
    return bool(held.omitted) or any(policy != "always" for _, policy in held.sync)


def _comparison_imports(held: TreeBranch, project: Project) -> list[str]:
    model = held.branch.model
    used = [field for field in compared(model) if _is_compared(held, field)]
    lines = [
        f"from {project.package}.models import {model.name}",
        *type_imports_for([model]),
        "from dss_runtime.codegen import Difference as _Difference",
        "from dss_runtime.codegen import override as _override",
    ]
    for field in used:
        if is_members(field):
            lines.append("from dss_runtime.codegen import member_differences as _member_differences")
        if held.sync_policy(field.name) == "fill_empty":
            lines.append("from dss_runtime.codegen import blank as _blank")
    return lines


def _is_compared(held: TreeBranch, field: Field) -> bool:
    return field.name not in held.omitted and held.sync_policy(field.name) in ("always", "fill_empty")


def _tree(tree: Tree, models: dict[str, Model]) -> dict[str, Any]:
    return {
        "name": ident(tree.name),
        "doc": doc_of(tree.doc, f"The system {tree.name}."),
        "variants": [_variant(tree, held, models) for held in tree.branches if _is_variant(tree, held)],
        "branches": [
            {"name": ident(held.branch.name), "cls": ident(class_of(tree, held))} for held in tree.branches
        ],
    }


def _variant(tree: Tree, held: TreeBranch, models: dict[str, Model]) -> dict[str, Any]:
    return {
        "name": ident(branch_class(held.branch.name, tree.name)),
        "base": ident(branch_class(held.branch.name)),
        "model": ident(held.branch.model.name),
        "doc": docstring(f"The branch {held.branch.name} as {tree.name} holds it.", 4),
        "settings": list(_settings(tree, held)),
        "comparisons": _comparisons(held, models) if _compares_itself(held) else None,
    }


def _settings(tree: Tree, held: TreeBranch) -> list[Code]:
    found: list[Code] = []
    if held.omitted:
        found.append(code("omitted = frozenset({names})", names=lit(held.omitted)))
    if held.derived_from:
        found.append(code("derived_from = {names}", names=lit(held.derived_from)))
    if held.branch.duplicates == "merge" and not merges(tree, held):
        found.append(code("duplicates: _ClassVar[_Duplicates] = {policy}", policy=lit("quarantine")))
    if held.old.kind == "keep":
        found.append(code("keeps_old = True"))
    if held.old.kind == "set":
        found.append(code("retires_old = True"))
        marks = _disabling(held)
        if marks:
            found.append(code("disabled_by = {marks}", marks=lit(marks)))
    if held.match is not None:
        found.append(code("matched_by = {names}", names=lit(held.match.by)))
        if held.match.moved_keys:
            found.append(code("follows_keys = True"))
    owned = tuple(name for name, policy in held.sync if policy != "always")
    if owned and (held.match is not None or held.old.kind == "set"):
        found.append(code("owned = frozenset({names})", names=lit(owned)))
    if held.old.delete_after:
        found.append(code("delete_after = _timedelta(days={days})", days=lit(held.old.delete_after)))
    if held.generated:
        found.append(code("generates = {generations}", generations=_generations(held)))
    return found


def _generations(held: TreeBranch) -> Code:
    """Return how new records get their names: a tuple, with a line for each pattern."""
    model, record = ident(held.branch.model.name), ident("_record")
    found: list[Code] = []
    for each in held.generated:
        patterns = [
            code("lambda {record}: {name},", record=record, name=pattern(given, record))
            for given in each.patterns
        ]
        lines = [
            code("{field},", field=lit(each.field.name)),
            code(
                "(\n                {patterns}\n            ),",
                patterns=joined(patterns, "\n                "),
            ),
        ]
        if each.shared_with:
            lines.append(code("shared_with={names},", names=lit(each.shared_with)))
        body = joined(lines, "\n            ")
        found.append(code("_Generation[{model}](\n            {body}\n        ),", model=model, body=body))
    return code("(\n        {found}\n    )", found=joined(found, "\n        "))


def _disabling(held: TreeBranch) -> tuple[tuple[str, Scalar], ...]:
    """Return the fields and values that disable a record: those of `set`, where fields hold all of them."""
    fields = {str(held.columns[index].source): name for name, index in own_columns(held).items()}
    if any(column not in fields for column, _ in held.old.set):
        return ()
    return tuple((fields[column], value) for column, value in held.old.set)


def _comparisons(held: TreeBranch, models: dict[str, Model]) -> list[Code]:
    model = held.branch.model
    constants = type_constants(model, models)
    found: list[Code] = []
    for field in compared(model):
        if not _is_compared(held, field):
            continue
        statements = comparison(field, constants[field.name], ident("left"), ident("right"))
        if held.sync_policy(field.name) == "fill_empty":
            rest = Code(statements.text.removeprefix("if "))
            statements = code("if _blank(right.{name}) and {rest}", name=ident(field.name), rest=rest)
        found.append(statements)
    found.extend(derived_comparison(each.name, ident("left"), ident("right")) for each in model.derived)
    return found
