"""templates.py: per tree, the base class whose methods carry out the actions."""

from __future__ import annotations

from typing import Any

from ..code.fragments import Code, Fragment, code, docstring, ident, joined, lit
from ..code.skeleton import BrokenOutputError, Skeleton
from ..naming import handler
from ..project import Context, Project
from ..schema.resolved import Schema, Tree, TreeBranch
from .actions import changes
from .fields import imports_for, type_imports_for
from .handlers import Handler, branch_handlers, handlers, unhandled
from .runtime import has_template, import_of, template_class
from .sql_columns import lookups_of
from .tables import has_table, has_target, targets


def applies(schema: Schema) -> bool:
    """Return whether any tree can be written."""
    return any(has_template(schema, tree) for tree in schema.trees)


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    trees = [tree for tree in schema.trees if has_template(schema, tree)]
    held = [(tree, each) for tree in trees for each in tree.branches]
    lines = [
        "from abc import ABC as _ABC",
        "from dss_runtime.codegen import Outcome as _Outcome",
        "from dss_runtime.codegen import Route as _Route",
        "from typing import TYPE_CHECKING as _TYPE_CHECKING",
    ]
    lines += [import_of(tree, template_class(tree)) for tree in trees]
    lines += [f"from {project.package}.trees import {tree.name}" for tree in trees]
    of_tree = {tree.name: handlers(tree) for tree in trees}
    declared = [each for several in of_tree.values() for each in several]
    if any(each.optional for each in declared):
        lines.append("from dss_runtime.codegen import adapter_writes as _adapter_writes")
    if any(not each.optional for each in declared):
        lines.append("from abc import abstractmethod as _abstractmethod")
    described = [(tree, each) for tree, each in held if has_target(tree, each)]
    if described:
        lines.append("from dss_runtime.codegen import Lazily as _Lazily")
    lines += [import_of(tree, tree.system.target) for tree, _ in described]
    lines += [import_of(tree, "SqlLookup") for tree, each in described if lookups_of(tree, each)]
    lines += type_imports_for(each.branch.model for _, each in described)
    if any(has_table(tree, each) for tree, each in described):
        lines.append(f"from {project.package} import tables as _tables")
    typing = [f"from {project.package}.actions import {each.action}" for each in declared]
    typing += imports_for(each.branch.model for _, each in held)
    return {
        "doc": docstring("The templates: per tree, a method for each kind of difference."),
        "imports": lines,
        "typing_imports": typing,
        "trees": [_tree(tree, of_tree[tree.name]) for tree in trees],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of.

    Raises BrokenOutputError where a difference would reach no method: the runtime finds methods by name, so
    no type checker would notice.
    """
    names: list[str] = []
    for tree in schema.trees:
        if not has_template(schema, tree):
            continue
        for held in tree.branches:
            _check_routes(tree, held)
        base = f"{tree.name}TemplateBase"
        names += [base, *(f"{base}.{each.name}" for each in handlers(tree))]
    return Skeleton(tuple(names), 0)


def _check_routes(tree: Tree, held: TreeBranch) -> None:
    branch = held.branch
    declared = {each.name for each in branch_handlers(tree, held)}
    unowned = _unowned(tree, held)
    reached: set[str] = set()
    for kind, attribute in (("new", ""), ("old", ""), *((kind, name) for kind, name, _ in changes(branch))):
        name = handler(kind, branch.name, attribute)
        if name not in unowned:
            by_record = attribute and branch.granularity == "record"
            reached.add(handler("changed", branch.name) if by_record else name)
    if reached != declared:
        wrong = ", ".join(sorted(reached ^ declared))
        raise BrokenOutputError(f"templates.py: methods and differences of {tree.name} do not match: {wrong}")


def _unowned(tree: Tree, held: TreeBranch) -> tuple[str, ...]:
    """Return the names of the methods that a branch does not have, since it is not asked for them."""
    return tuple(handler(kind, held.branch.name, attribute) for kind, attribute in unhandled(tree, held))


def _tree(tree: Tree, declared: list[Handler]) -> dict[str, Any]:
    return {
        "name": ident(f"{tree.name}TemplateBase"),
        "tree": ident(tree.name),
        "base": ident(f"_{template_class(tree)}"),
        "doc": docstring(f"Carries out differences on {tree.name}; the project writes a subclass."),
        "target": ident(f"_{tree.system.target}"),
        "targets": targets(tree),
        "handlers": [_handler(each) for each in declared],
        "routes": [_route(tree, held) for held in tree.branches],
    }


_ABSTRACT, _WRITES = code("@_abstractmethod"), code("@_adapter_writes")
_WRITE_ONE, _WRITE_RECORD = code("return self.write_one(action)"), code("return self.write_record(change)")


def _handler(each: Handler) -> dict[str, Fragment | None]:
    write = _WRITE_RECORD if each.kind == "record" else _WRITE_ONE
    return {
        "name": ident(each.name),
        "decorator": _WRITES if each.optional else _ABSTRACT,
        "parameter": ident(each.parameter),
        "action": ident(each.action),
        "value_parameters": each.values,
        "doc": docstring(each.doc),
        "body": write if each.optional else None,
    }


def _route(tree: Tree, held: TreeBranch) -> Code:
    """Return how the actions of one branch reach its methods."""
    parts: list[Fragment] = []
    missing = _unowned(tree, held)
    if missing:
        parts.append(code("unowned=frozenset({names})", names=lit(missing)))
    if held.branch.granularity == "record":
        parts.append(code("by_record={true}", true=lit(True)))
    return code("{name}: _Route({parts})", name=lit(held.branch.name), parts=joined(parts))
