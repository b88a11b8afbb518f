"""wiring.py: the trees with the project's own importers, templates and derivations."""

from __future__ import annotations

from typing import Any

from ..code.fragments import code, docstring, ident, lit
from ..code.skeleton import Skeleton
from ..naming import snake
from ..project import Context, Project
from ..schema.resolved import Schema, Tree
from .former_handlers import changed_hands
from .former_names import former_names
from .runtime import has_template


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    deriving = [model for model in schema.models if model.own_derived]
    lines = [
        "from dss_runtime.codegen import DataStoreTree as _DataStoreTree",
        "from dss_runtime.codegen import Sync as _Sync",
    ]
    lines += [
        "from collections.abc import Callable as _Callable",
        "from collections.abc import Mapping as _Mapping",
    ]
    lines += [f"from {project.package}.trees import {tree.name}" for tree in schema.trees]
    for tree in schema.trees:
        module = f"{project.handlers_package}.{snake(tree.name)}"
        lines.append(f"from {module} import {tree.name}Importer")
        if has_template(schema, tree):
            lines.append(f"from {module} import {tree.name}Template")
    lines += [f"from {project.handlers_package}.derived import {model.name}Derivation" for model in deriving]
    if deriving:
        lines.append(f"from {project.package}.models import derivations as _derivations")
    return {
        "doc": docstring("The wiring: every tree with the project's own classes, found by convention."),
        "imports": lines,
        "trees": [_tree(schema, tree) for tree in schema.trees],
        "derivations": [
            {"attribute": ident(snake(model.name)), "derivation": ident(f"{model.name}Derivation")}
            for model in deriving
        ],
        "syncs": [
            {
                "text": lit(sync.name),
                "left": lit(sync.left),
                "right": lit(sync.right),
                "branches": lit(sync.branches),
            }
            for sync in schema.syncs
        ],
        "renames": [
            {
                "kind": lit(kind),
                "names": [{"today": lit(today), "former": lit(former)} for today, former in names.items()],
            }
            for kind, names in former_names(schema).items()
        ],
        "changed_hands": [{"today": lit(new), "former": lit(old)} for new, old in changed_hands(schema)],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the functions that the file must consist of."""
    deriving = sum(1 for model in schema.models if model.own_derived)
    return Skeleton(
        tuple(_function(tree) for tree in schema.trees), 3 + deriving + bool(changed_hands(schema))
    )


def _function(tree: Tree) -> str:
    return f"make_{snake(tree.name)}"


def _tree(schema: Schema, tree: Tree) -> dict[str, Any]:
    written = has_template(schema, tree)
    return {
        "name": ident(tree.name),
        "text": lit(tree.name),
        "function": ident(_function(tree)),
        "importer": ident(f"{tree.name}Importer"),
        "template": ident(f"{tree.name}Template") if written else None,
        "and_template": code(" and template") if written else code(""),
    }
