"""The names that generated code derives from a schema's names.

Each is made in one place, so that a handler, its stub and its caller agree; `collisions` finds the schemas
in which two different things would get one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .positions import Position
from .problems import Problems
from .schema.resolved import Branch, Schema, Tree

Named = tuple[str, str, Position]
"""A derived name, what it is for, and where that is in the schema."""


def pascal(name: str) -> str:
    """Return *name* in CapWords: `parent_links` is `ParentLinks`; inner capitals stay."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Return *name* in lower case with underscores: `PowerSchool` is `power_school`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower()


def action(kind: str, branch: str, attribute: str = "") -> str:
    """Return the alias of an action's type, such as `ChangedStudentsEmail`."""
    return f"{pascal(kind)}{pascal(branch)}{pascal(attribute)}"


def handler(kind: str, branch: str, attribute: str = "") -> str:
    """Return the name of a template's method, such as `changed_students_email`."""
    return f"{kind}_{branch}_{attribute}" if attribute else f"{kind}_{branch}"


def branch_class(branch: str, tree: str = "") -> str:
    """Return the class of a branch, or of a tree's own variant of it."""
    return f"{pascal(tree)}{pascal(branch)}Branch"


def collisions(schema: Schema, problems: Problems) -> None:
    """Add a problem for every two things whose derived names are the same."""
    seen: dict[tuple[str, str], tuple[str, Position]] = {}
    for scope, (name, what, position) in _derived(schema):
        other = seen.setdefault((scope, name), (what, position))
        if other[0] != what:
            message = f"{what} and {other[0]} at {other[1]} would both be called {name!r} in generated code"
            problems.add(position, "generated-name", f"{message}; rename one of them")


def _derived(schema: Schema) -> Iterator[tuple[str, Named]]:
    for model in schema.models:
        yield "class", (model.name, f"model {model.name}", model.position)
        yield "class", (f"{model.name}DerivationBase", f"the derivation of {model.name}", model.position)
        yield "module", (snake(model.name), f"model {model.name}", model.position)
        yield "handlers", (snake(model.name), f"model {model.name}", model.position)
    for branch in schema.branches:
        yield "class", (branch_class(branch.name), f"branch {branch.name}", branch.position)
        yield from _actions(branch)
    for tree in schema.trees:
        yield "class", (tree.name, f"tree {tree.name}", tree.position)
        yield "file", (snake(tree.name), f"tree {tree.name}", tree.position)
        yield from _tree(tree)
    if any(model.own_derived for model in schema.models):
        yield "file", ("derived", "the file of derived properties", schema.models[0].position)


def _tree(tree: Tree) -> Iterator[tuple[str, Named]]:
    for suffix in ("ImporterBase", "TemplateBase", "Importer", "Template"):
        yield "class", (f"{tree.name}{suffix}", f"tree {tree.name}", tree.position)
    for held in tree.branches:
        name = branch_class(held.branch.name, tree.name)
        yield "class", (name, f"branch {held.branch.name} of tree {tree.name}", held.position)
        yield (
            "class",
            (f"{tree.name}{pascal(held.branch.name)}Row", f"rows of {held.branch.name}", held.position),
        )


def _actions(branch: Branch) -> Iterator[tuple[str, Named]]:
    for kind in ("new", "old"):
        what = f"{kind} {branch.name}"
        yield "class", (action(kind, branch.name), what, branch.position)
        yield "method", (handler(kind, branch.name), what, branch.position)
    yield "class", (action("changed", branch.name), f"changed {branch.name}", branch.position)
    yield "method", (handler("changed", branch.name), f"changed {branch.name}", branch.position)
    yield "class", (f"{pascal(branch.name)}Action", f"the actions of {branch.name}", branch.position)
    for name in (*(each.name for each in branch.model.fields), *(each.name for each in branch.model.derived)):
        for kind in ("changed", "added", "removed"):
            what = f"{kind} {branch.name}.{name}"
            yield "class", (action(kind, branch.name, name), what, branch.position)
            yield "method", (handler(kind, branch.name, name), what, branch.position)
