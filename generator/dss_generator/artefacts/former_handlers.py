"""What the classes and methods that a project writes were called before a `renamed_from` of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ..naming import handler
from ..schema.resolved import Branch, Schema, Tree, TreeBranch
from .handlers import branch_handlers
from .importers import importer_methods
from .runtime import has_template

Names: TypeAlias = dict[str, tuple[str, ...]]
"""Every name of today, with those that it may have had before, the oldest first."""


def template_names(tree: Tree) -> Names:
    """Return the names of the handlers of *tree*."""
    found: Names = {}
    for held in tree.branches:
        before = _fields_before(held)
        for each in branch_handlers(tree, held):
            kind = "changed" if each.kind == "record" else each.kind
            found |= _named(kind, held.branch, each.attribute, before)
    return found


def importer_names(tree: Tree) -> Names:
    """Return the names of all methods that the importer of *tree* may have, those to override included."""
    found: Names = {}
    for held in tree.branches:
        before = _fields_before(held)
        for kind in importer_methods(tree, held):
            found |= _named(kind, held.branch, "", before)
        for source in held.sources:
            if source.computed:
                found |= _named("computed", held.branch, source.field.name, before)
    return found


def derivation_names(schema: Schema) -> Names:
    """Return the names of the classes that derive properties."""
    deriving = [model for model in schema.models if model.own_derived]
    return {
        f"{each.name}Derivation": (f"{each.renamed_from}Derivation",) if each.renamed_from else ()
        for each in deriving
    }


def changed_hands(schema: Schema) -> list[tuple[str, str]]:
    """Return the names that were taken over: a name of today, and what it was before, which is one too.

    A file of handlers may not tell whether it is in step with those: a method of such a name may be the one
    of before. So the wiring notes them, in `CHANGED_HANDS`, and what it did not note yet is new.
    """
    if not _renames_anything(schema):
        return []
    tables = [importer_names(tree) for tree in schema.trees]
    tables += [template_names(tree) for tree in schema.trees if has_template(schema, tree)]
    tables.append(derivation_names(schema))
    found = [(new, old) for names in tables for new, olds in names.items() for old in olds if old in names]
    return sorted(set(found))


def _renames_anything(schema: Schema) -> bool:
    found = [model.renamed_from for model in schema.models]
    found += [field.renamed_from for model in schema.models for field in model.own_fields]
    return any((*found, *(branch.renamed_from for branch in schema.branches)))


def _fields_before(held: TreeBranch) -> dict[str, str]:
    return {field.name: field.renamed_from for field in held.branch.model.fields if field.renamed_from}


def _named(kind: str, branch: Branch, attribute: str, fields_before: Mapping[str, str]) -> Names:
    """Return a method's name, and those of before: the branch may be renamed, the field, or both."""
    branches = dict.fromkeys((branch.renamed_from or branch.name, branch.name))
    attributes = dict.fromkeys((fields_before.get(attribute, attribute), attribute))
    *names, today = [handler(kind, first, second) for first in branches for second in attributes]
    return {today: tuple(name for name in names if name != today)}
