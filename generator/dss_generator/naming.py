"""The names that generated code derives from a schema's names.

Each is made in one place, so that a handler, its stub and its caller agree; `collisions` finds the schemas
in which two different things would get one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .names import keywords
from .positions import Position
from .problems import Problems
from .schema.resolved import Branch, Model, Schema, Tree

Named = tuple[str, str, Position]
"""A derived name, what it is for, and where that is in the schema."""


@lru_cache(maxsize=10_000)
def pascal(name: str) -> str:
    """Return *name* in CapWords: `parent_links` is `ParentLinks`; inner capitals stay."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Return *name* in lower case with underscores: `PowerSchool` is `power_school`, `Class` is `class_`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    lower = spaced.lower()
    return f"{lower}_" if lower in keywords else lower


def action(kind: str, branch: str, attribute: str = "") -> str:
    """Return the alias of an action's type, such as `ChangedStudentsEmail`."""
    return f"{pascal(kind)}{pascal(branch)}{pascal(attribute)}"


def handler(kind: str, branch: str, attribute: str = "") -> str:
    """Return the name of a template's method, such as `changed_students_email`."""
    return f"{kind}_{branch}_{attribute}" if attribute else f"{kind}_{branch}"


def branch_class(branch: str, tree: str = "") -> str:
    """Return the class of a branch, or of a tree's own variant of it."""
    return f"{pascal(tree)}{pascal(branch)}Branch"


_TAKEN = (
    "Outcome",
    "Derivations",
    "CHANGED_HANDS",
    "RENAMES",
    "SYNCS",
    "TREES",
    "TYPE_CHECKING",
    "actions",
    "annotations",
    "derivations",
    "final",
    "override",
)
"""What generated modules and handler files call by its own name, beside what they define for the schema."""

_ATTRIBUTES = (
    "by_record",
    "compare",
    "derived_from",
    "disabled_by",
    "duplicates",
    "guard",
    "keeps_old",
    "key_of",
    "klass",
    "make",
    "omitted",
    "order",
    "retires_old",
    "settings",
    "targets",
    "tree",
)
"""What generated classes and functions define inside, where a model or tree of that name would be hidden."""


def collisions(schema: Schema, problems: Problems) -> None:
    """Add a problem for every two things whose derived names are the same."""
    seen: dict[tuple[str, str], tuple[str, Position | None]] = {}
    for name in (*_TAKEN, *_ATTRIBUTES):
        seen["class", name] = (f"what generated code calls {name}", None)
    for scope, (name, what, position) in _derived(schema):
        other, place = seen.setdefault((scope, name), (what, position))
        if other != what:
            there = f"{other} at {place}" if place is not None else other
            message = f"{what} and {there} would both be called {name!r} in generated code"
            problems.add(position, "generated-name", f"{message}; rename one of them")


def _derived(schema: Schema) -> Iterator[tuple[str, Named]]:
    parents = {model.name: model.extends for model in schema.models}
    for model in schema.models:
        yield from _model(model)
        # Inside of its class, and of functions that take its fields, a model is called by its name too.
        name = model.name
        while name:
            yield f"fields of {model.name}", (name, f"model {name}", model.position)
            name = parents[name]
    for branch in schema.branches:
        what = f"branch {branch.name}"
        yield "class", (branch_class(branch.name), what, branch.position)
        yield from _actions(branch)
    for tree in schema.trees:
        what = f"tree {tree.name}"
        yield "class", (tree.name, what, tree.position)
        yield "class", (f"make_{snake(tree.name)}", what, tree.position)
        yield "file", (snake(tree.name), what, tree.position)
        yield from _tree(tree)
    if any(model.own_derived for model in schema.models):
        yield "file", ("derived", "the file of derived properties", schema.models[0].position)


def _model(model: Model) -> Iterator[tuple[str, Named]]:
    what, names = f"model {model.name}", snake(model.name)
    for name in (model.name, f"{model.name}DerivationBase", f"{model.name}Derivation"):
        yield "class", (name, what, model.position)
    for name in (f"{names}_record", f"{names}_records"):
        yield "class", (name, what, model.position)
    yield "module", (names, what, model.position)
    for field in model.fields:
        yield f"fields of {model.name}", (field.name, f"field {field.name}", field.position)
    for derived in model.derived:
        yield f"fields of {model.name}", (derived.name, f"field {derived.name}", derived.position)
    for derived in model.own_derived:
        yield f"derivation of {model.name}", ("override", "the mark of handlers", model.position)
        yield f"derivation of {model.name}", (derived.name, f"property {derived.name}", derived.position)
    for field in model.fields:
        name = f"_{model.name}__{field.name}"
        yield "constant", (name, f"field {model.name}.{field.name}", field.position)


def _tree(tree: Tree) -> Iterator[tuple[str, Named]]:
    for suffix in ("ImporterBase", "TemplateBase", "Importer", "Template"):
        yield "class", (f"{tree.name}{suffix}", f"tree {tree.name}", tree.position)
    for held in tree.branches:
        branch, what = held.branch.name, f"branch {held.branch.name} of tree {tree.name}"
        yield "class", (branch_class(branch, tree.name), what, held.position)
        yield "class", (f"{tree.name}{pascal(branch)}Row", f"rows of {branch}", held.position)
        for name in (branch, branch_class(branch), branch_class(branch, tree.name)):
            yield f"tree {tree.name}", (name, what, held.position)
        yield "constant", (f"{snake(tree.name)}__{branch}", what, held.position)
        for source in held.sources:
            name = f"_{snake(tree.name)}__{branch}__{source.field.name}"
            yield "constant", (name, f"{what}, field {source.field.name}", held.position)
        for kind in ("read", "keep", "parse", "key", "retired", "load", "derived", "merge"):
            yield "class", (f"{kind}_{branch}", f"the methods that read {branch}", held.branch.position)


def _actions(branch: Branch) -> Iterator[tuple[str, Named]]:
    for kind in ("new", "changed", "old"):
        yield "class", (action(kind, branch.name), f"{kind} {branch.name}", branch.position)
        yield "class", (handler(kind, branch.name), f"handling {kind} {branch.name}", branch.position)
    yield "class", (f"{pascal(branch.name)}Action", f"the actions of {branch.name}", branch.position)
    for name in (*(each.name for each in branch.model.fields), *(each.name for each in branch.model.derived)):
        for kind in ("changed", "added", "removed"):
            what = f"{kind} {branch.name}.{name}"
            yield "class", (action(kind, branch.name, name), what, branch.position)
            yield "class", (handler(kind, branch.name, name), f"handling {what}", branch.position)
