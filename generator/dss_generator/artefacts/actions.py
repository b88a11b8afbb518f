"""actions.py: the types of the differences, as aliases that cost nothing at run time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..code.fragments import Code, Fragment, code, comment, docstring, ident, lit
from ..code.skeleton import Skeleton
from ..naming import action, pascal
from ..project import Context, Project
from ..schema.resolved import Branch, Schema
from .fields import annotation, compared, derived_annotation, element_annotation, imports_for, is_members


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    kinds = ["New", "Old"]
    has_changed, has_members = False, False
    for branch in schema.branches:
        has_members |= any(is_members(field) for field in compared(branch.model))
        has_changed |= bool(branch.model.derived) or any(
            not is_members(each) for each in compared(branch.model)
        )
    kinds += ["Changed"] if has_changed else []
    kinds += ["Added", "Removed"] if has_members else []
    kinds += ["RecordChange"] if has_changed or has_members else []
    names = sorted({branch.model.name for branch in schema.branches})
    lines = [f"from dss_runtime import {kind} as _{kind}" for kind in sorted(kinds)]
    lines += ["from typing import Literal as _Literal", "from typing import TypeAlias as _TypeAlias"]
    lines += [f"from {project.package}.models import {name}" for name in names]
    lines += imports_for(branch.model for branch in schema.branches)
    return {
        "doc": docstring(
            "The differences: one alias per branch, kind and attribute, and one union per branch."
        ),
        "typing_imports": lines,
        "branches": [_branch(branch) for branch in schema.branches],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of: none."""
    return Skeleton(("__getattr__",), 1)


def changes(branch: Branch) -> list[tuple[str, str, Code]]:
    """Return what can differ inside a record of *branch*: each kind, attribute and type of the value."""
    found: list[tuple[str, str, Code]] = []
    for field in compared(branch.model):
        if is_members(field):
            found += [(kind, field.name, element_annotation(field)) for kind in ("added", "removed")]
        else:
            found.append(("changed", field.name, annotation(field)))
    return found + [("changed", each.name, derived_annotation(each)) for each in branch.model.derived]


def _branch(branch: Branch) -> dict[str, Any]:
    model = ident(branch.model.name)
    text = lit(branch.name)
    record: dict[str, Fragment] = {"model": model, "text": text}
    aliases = [
        {
            "name": ident(action("new", branch.name)),
            "value": code("_New[{model}, _Literal[{text}]]", **record),
        },
        {
            "name": ident(action("old", branch.name)),
            "value": code("_Old[{model}, _Literal[{text}]]", **record),
        },
    ]
    attributes: list[dict[str, Fragment]] = [
        {
            "name": ident(action(kind, branch.name, name)),
            "value": _value(pascal(kind), record, name, typed),
        }
        for kind, name, typed in changes(branch)
    ]
    return {
        "title": comment(branch.name),
        "aliases": [*aliases, *attributes],
        "union": ident(f"{pascal(branch.name)}Action"),
        "members": _members([each["name"] for each in (*aliases, *attributes)]),
        "attributes": _members([each["name"] for each in attributes]),
        "change": ident(action("changed", branch.name)),
        "model": model,
        "text": text,
        "all_names": _all_names(branch, [each["name"] for each in (*aliases, *attributes)]),
    }


def _all_names(branch: Branch, aliases: Sequence[Fragment]) -> list[Fragment]:
    """Return the literals of every name that the branch gives to the module."""
    own = [f"{pascal(branch.name)}Action", *([action("changed", branch.name)] if len(aliases) > 2 else [])]
    return [lit(name) for name in (*(alias.text for alias in aliases), *own)]


def _value(kind: str, record: dict[str, Fragment], name: str, typed: Fragment) -> Code:
    return code(
        "_{kind}[{model}, _Literal[{text}], _Literal[{name}], {type}]",
        kind=ident(kind),
        name=lit(name),
        type=typed,
        **record,
    )


def _members(names: Sequence[Fragment]) -> list[Code]:
    """Return the lines of a union, a member each."""
    return [
        code("{name}", name=name) if at == 0 else code("| {name}", name=name) for at, name in enumerate(names)
    ]
