"""templates.py: per tree, the base class whose methods carry out the actions."""

from __future__ import annotations

from typing import Any

from ..code.fragments import Code, Fragment, code, docstring, ident, lit
from ..code.skeleton import Skeleton
from ..naming import pascal
from ..project import Context, Project
from ..schema.resolved import Schema, Tree, TreeBranch
from .fields import compared, imports_for, is_members, type_imports_for
from .handlers import Handler, attribute_handlers, branch_handlers, handlers, unhandled
from .runtime import has_template, import_of, template_class
from .tables import has_table, has_target, targets


def applies(schema: Schema) -> bool:
    """Return whether any tree can be written."""
    return any(has_template(schema, tree) for tree in schema.trees)


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    trees = [tree for tree in schema.trees if has_template(schema, tree)]
    held = [(tree, each) for tree in trees for each in tree.branches]
    lines = ["from typing import Any as _Any"]
    names = ["Action as _Action", "Answer as _Answer", "Outcome as _Outcome", "override as _override"]
    names += [f"{kind} as _{kind}" for kind in _tested_kinds(trees)]
    if any(each.optional for tree in trees for each in handlers(tree)):
        names.append("adapter_writes as _adapter_writes")
    lines += [f"from dss_runtime.codegen import {name}" for name in names]
    lines += [
        "from abc import ABC as _ABC",
        "from typing import TYPE_CHECKING as _TYPE_CHECKING",
    ]
    lines += [import_of(tree, template_class(tree)) for tree in trees]
    lines += [f"from {project.package}.trees import {tree.name}" for tree in trees]
    if any(kind in ("changed", "added") for _, each in held for kind in _kinds(each)):
        lines.append("from typing import assert_never as _assert_never")
    if any(not each.optional for tree in trees for each in handlers(tree)):
        lines.append("from abc import abstractmethod as _abstractmethod")
    if any(each.branch.granularity == "record" and attribute_handlers(tree, each) for tree, each in held):
        lines += [
            "from typing import Any as _Any",
            "from dss_runtime.codegen import RecordChange as _RecordChange",
        ]
    described = [(tree, each) for tree, each in held if has_target(tree, each)]
    lines += [import_of(tree, tree.system.target) for tree, _ in described]
    lines += type_imports_for(each.branch.model for _, each in described)
    if any(has_table(tree, each) for tree, each in described):
        lines.append(f"from {project.package} import tables as _tables")
    actions = {each.action for tree in trees for each in handlers(tree)}
    actions |= {f"{pascal(each.branch.name)}Action" for _, each in held}
    typing = [f"from {project.package}.actions import {name}" for name in actions]
    typing += imports_for(each.branch.model for _, each in held)
    return {
        "doc": docstring("The templates: per tree, a method for each kind of difference."),
        "imports": lines,
        "typing_imports": typing,
        "trees": [_tree(tree) for tree in trees],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of."""
    names: list[str] = []
    for tree in schema.trees:
        if not has_template(schema, tree):
            continue
        base = f"{tree.name}TemplateBase"
        names += [base, *(f"{base}.{each.name}" for each in handlers(tree)), f"{base}.perform"]
        if _by_record(tree):
            names.append(f"{base}.perform_record")
        names += [f"{base}._perform_{held.branch.name}" for held in tree.branches]
    return Skeleton(tuple(names), 0)


def _by_record(tree: Tree) -> list[TreeBranch]:
    return [
        held
        for held in tree.branches
        if held.branch.granularity == "record" and attribute_handlers(tree, held)
    ]


def _tree(tree: Tree) -> dict[str, Any]:
    return {
        "name": ident(f"{tree.name}TemplateBase"),
        "tree": ident(tree.name),
        "base": ident(f"_{template_class(tree)}"),
        "doc": docstring(f"Carries out differences on {tree.name}; the project writes a subclass."),
        "targets": targets(tree),
        "handlers": [_handler(each) for each in handlers(tree)],
        "branches": [_branch(tree, held) for held in tree.branches],
        "by_record": [
            {"text": lit(held.branch.name), "method": ident(f"changed_{held.branch.name}")}
            for held in _by_record(tree)
        ],
    }


def _handler(each: Handler) -> dict[str, Fragment | None]:
    write = (
        code("return self.write_record(change)")
        if each.kind == "record"
        else code("return self.write_one(action)")
    )
    return {
        "name": ident(each.name),
        "decorator": code("@_adapter_writes") if each.optional else code("@_abstractmethod"),
        "parameter": ident(each.parameter),
        "action": ident(each.action),
        "value_parameters": each.values,
        "doc": docstring(each.doc),
        "body": write if each.optional else None,
    }


def _branch(tree: Tree, held: TreeBranch) -> dict[str, Any]:
    return {
        "text": lit(held.branch.name),
        "perform": ident(f"_perform_{held.branch.name}"),
        "action": ident(f"{pascal(held.branch.name)}Action"),
        "steps": _steps(tree, held),
    }


_CLASSES = {"new": "New", "old": "Old", "changed": "Changed", "added": "Added", "removed": "Removed"}


def _kinds(held: TreeBranch) -> list[str]:
    """The kinds of action that a branch can have, in the order in which they are told apart."""
    kinds = ["new", "old"]
    fields = compared(held.branch.model)
    if held.branch.model.derived or any(not is_members(field) for field in fields):
        kinds.append("changed")
    if any(is_members(field) for field in fields):
        kinds += ["added", "removed"]
    return kinds


def _tested_kinds(trees: list[Tree]) -> set[str]:
    """The classes that the emitted code tests for: all kinds of a branch but its last."""
    return {_CLASSES[kind] for tree in trees for held in tree.branches for kind in _kinds(held)[:-1]}


def _steps(tree: Tree, held: TreeBranch) -> list[Code]:
    """Return the statements that route an action of one branch to its handler."""
    by_kind: dict[str, list[Handler]] = {}
    whole = [each for each in branch_handlers(tree, held) if each.kind in ("new", "old")]
    for each in (*whole, *attribute_handlers(tree, held)):
        by_kind.setdefault(each.kind, []).append(each)
    missing: dict[str, list[str]] = {}
    for kind, attribute in unhandled(tree, held):
        missing.setdefault(kind, []).append(attribute)
    kinds = _kinds(held)
    steps: list[Code] = []
    for kind in kinds:
        body = _kind_body(held, kind, by_kind.get(kind, []), missing.get(kind, []))
        if kind == kinds[-1]:
            steps += [code("{line}", line=line) for line in body]
        else:
            test = code("if isinstance(action, _{name}):", name=ident(_CLASSES[kind]))
            steps += [test, *(code("    {line}", line=line) for line in body)]
    return steps


def _kind_body(held: TreeBranch, kind: str, known: list[Handler], missing: list[str]) -> list[Code]:
    if kind in ("new", "old"):
        return [_call(held, known[0])] if known else [code("return self.unhandled(action)")]
    lines: list[Code] = []
    for each in known:
        test = code("if action.attribute == {name}:", name=lit(each.attribute))
        lines += [test, code("    {call}", call=_call(held, each))]
    for attribute in missing:
        test = code("if action.attribute == {name}:", name=lit(attribute))
        lines += [test, code("    return self.unhandled(action)")]
    return [*lines, code("_assert_never(action)")]


def _call(held: TreeBranch, each: Handler) -> Code:
    if each.kind in ("new", "old"):
        return code("return self.{name}(action)", name=ident(each.name))
    if held.branch.granularity == "record":
        change = code("_RecordChange(action.branch, action.key, action.left, action.right, (action,))")
        return code("return self.changed_{branch}({change})", branch=ident(each.branch), change=change)
    if each.kind == "changed":
        return code("return self.{name}(action, new=action.new, old=action.old)", name=ident(each.name))
    return code("return self.{name}(action, item=action.item)", name=ident(each.name))
