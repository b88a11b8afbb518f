"""branches.py: the branches, with `make` typed by their model."""

from __future__ import annotations

from typing import Any

from ..code.fragments import Code, Fragment, code, docstring, ident, lit, tuple_of
from ..code.skeleton import Skeleton
from ..naming import branch_class
from ..project import Context, Project
from ..schema.resolved import Branch, Field, Schema
from .fields import annotation, default, doc_of, imports_for, key_annotation

_METHODS = ("make", "key_of", "compare")


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    names = [
        "Branch as _Branch",
        "Difference as _Difference",
        "override as _override",
        "Duplicates as _Duplicates",
    ]
    if any(branch.guard for branch in schema.branches):
        names += ["DEFAULT_GUARD as _DEFAULT_GUARD", "Guard as _Guard", "Limit as _Limit"]
    lines = [f"from dss_runtime.codegen import {name}" for name in names]
    lines += ["from collections.abc import Callable as _Callable", "from typing import ClassVar as _ClassVar"]
    lines += [f"from {project.package}.models import {branch.model.name}" for branch in schema.branches]
    lines += imports_for(branch.model for branch in schema.branches)
    return {
        "doc": docstring("The branches: the records of one model, by key."),
        "imports": lines,
        "branches": [_branch(branch, order) for order, branch in enumerate(schema.branches)],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of."""
    names: list[str] = []
    for branch in schema.branches:
        name = branch_class(branch.name)
        names += [name, *(f"{name}.{method}" for method in _METHODS)]
    return Skeleton(tuple(names), 0)


def _branch(branch: Branch, order: int) -> dict[str, Any]:
    model = branch.model
    single = len(model.key) == 1
    argument = ident(model.key[0] if single else "key")
    fields = [field for field in model.fields if field.name not in model.key]
    keys = [
        code("{name}=_key", name=ident(name))
        if single
        else code("{name}=_key[{at}]", name=ident(name), at=lit(at))
        for at, name in enumerate(model.key)
    ]
    values = [code("record.{name}", name=ident(name)) for name in model.key]
    return {
        "name": ident(branch_class(branch.name)),
        "text": lit(branch.name),
        "model": ident(model.name),
        "doc": doc_of(branch.doc, f"The branch {branch.name}, by {' and '.join(model.key)}."),
        "key": key_annotation(model),
        "order": lit(order),
        "duplicates": lit(branch.duplicates) if branch.duplicates != "error" else None,
        "by_record": lit(True) if branch.granularity == "record" else None,
        "guard": _guard(branch),
        "argument": argument
        if single or "key" not in {field.name for field in fields}
        else ident("_idnumber"),
        "parameters": [_parameter(field) for field in fields],
        "arguments": [*keys, *(code("{name}={name}", name=ident(field.name)) for field in fields)],
        "key_value": values[0] if single else tuple_of(values),
    }


def _parameter(field: Field) -> Code:
    value = default(field)
    parts: dict[str, Fragment] = {"name": ident(field.name), "type": annotation(field)}
    if value is None:
        return code("{name}: {type}", **parts)
    return code("{name}: {type} = {value}", value=value, **parts)


def _guard(branch: Branch) -> list[Code]:
    found: dict[str, list[Code]] = {}
    for kind, limit in branch.guard:
        parts = {"amount": lit(float(limit.amount)), "percent": lit(limit.percent)}
        found.setdefault(kind, []).append(code("_Limit({amount}, percent={percent})", **parts))
    return [
        code("{kind}: {limits}", kind=lit(kind), limits=limits[0] if len(limits) == 1 else tuple_of(limits))
        for kind, limits in found.items()
    ]
