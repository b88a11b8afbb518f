"""The handlers that a tree's template has: what templates.py declares and what stubs are written for."""

from __future__ import annotations

from dataclasses import dataclass

from ..code.fragments import Code, code, ident, lit
from ..naming import action, handler
from ..schema.resolved import Field, Tree, TreeBranch
from .fields import annotation, compared, derived_annotation, element_annotation, handled, is_members
from .runtime import adapter_writes

_DOCS = {
    "new": "Create a record that only the left side has: `action.left`.",
    "old": "Deal with a record that the left side no longer has: `action.right`.",
    "changed": "Carry out a changed value.",
    "added": "Add a member that only the left side's collection has.",
    "removed": "Remove a member that only the right side's collection has.",
    "record": "Carry out all changes of one record: `change.changes`.",
}


@dataclass(frozen=True, slots=True)
class Handler:
    """One method of a template; `value_type` is None where the action has no value."""

    kind: str
    branch: str
    attribute: str
    value_type: Code | None
    optional: bool

    @property
    def name(self) -> str:
        """The method's name."""
        kind = "changed" if self.kind == "record" else self.kind
        return handler(kind, self.branch, self.attribute)

    @property
    def action(self) -> str:
        """The alias of its action's type."""
        kind = "changed" if self.kind == "record" else self.kind
        return action(kind, self.branch, self.attribute)

    @property
    def parameter(self) -> str:
        """What its first parameter is called."""
        return "change" if self.kind == "record" else "action"

    @property
    def values(self) -> Code:
        """Its keyword-only parameters, with the comma before them."""
        if self.value_type is None:
            return code("")
        if self.kind == "changed":
            return code(", *, new: {type}, old: {type}", type=self.value_type)
        return code(", *, item: {type}", type=self.value_type)

    @property
    def doc(self) -> str:
        """One line on what it is for."""
        return _DOCS[self.kind]


def handlers(tree: Tree) -> list[Handler]:
    """Return the handlers of *tree*, branch by branch."""
    return [each for held in tree.branches for each in branch_handlers(tree, held)]


def branch_handlers(tree: Tree, held: TreeBranch) -> list[Handler]:
    """Return the handlers of one branch of *tree*: new, then old, then the attributes."""
    branch = held.branch
    writes = adapter_writes(tree, held)
    found = [Handler("new", branch.name, "", None, writes)]
    if held.old.kind != "keep":
        found.append(Handler("old", branch.name, "", None, writes))
    attributes = attribute_handlers(tree, held)
    if branch.granularity == "record":
        if attributes:
            found.append(Handler("record", branch.name, "", None, all(each.optional for each in attributes)))
        return found
    return found + attributes


def attribute_handlers(tree: Tree, held: TreeBranch) -> list[Handler]:
    """Return the handlers of single attributes, whatever the branch's granularity."""
    branch, found = held.branch, list[Handler]()
    writes = adapter_writes(tree, held)
    written = own_columns(held)
    for field in handled(held):
        # Where there are no sources the adapter holds records as they are.
        optional = writes and (not held.sources or field.name in written)
        if is_members(field):
            typed = element_annotation(field)
            found += [
                Handler(kind, branch.name, field.name, typed, optional) for kind in ("added", "removed")
            ]
        else:
            found.append(Handler("changed", branch.name, field.name, annotation(field), optional))
    for derived in branch.model.derived:
        # No system stores a derived property: where an adapter writes, it follows from the fields.
        found.append(Handler("changed", branch.name, derived.name, derived_annotation(derived), writes))
    return found


def own_columns(held: TreeBranch) -> dict[str, int]:
    """Return, by field, the index of the one column that holds it; a field without one is left out."""
    found: dict[str, int] = {}
    for source in held.sources:
        column = source.column
        if column is None and source.pipeline is not None and len(source.pipeline.template) == 1:
            column = source.pipeline.template[0].column
        if column is not None:
            found[source.field.name] = column
    return found


def special_columns(tree: Tree, held: TreeBranch) -> list[Code]:
    """Return, where the adapter wants to know, which columns may be several values, and which bytes."""
    if not tree.system.lists:
        return []
    own = own_columns(held)
    fields = [source.field for source in held.sources if source.field.name in own]
    found = {
        "several": [field for field in fields if field.of],
        "octets": [field for field in fields if "bytes" in (field.type, field.of)],
    }
    return [
        code("{name}=frozenset({names})", name=ident(name), names=lit(_names(held, own, several)))
        for name, several in found.items()
        if several
    ]


def _names(held: TreeBranch, own: dict[str, int], fields: list[Field]) -> tuple[str, ...]:
    return tuple(sorted(str(held.columns[own[field.name]].source) for field in fields))


def unhandled(tree: Tree, held: TreeBranch) -> list[tuple[str, str]]:
    """Return the kinds and attributes of actions that have a type but no handler on this tree."""
    known = {(each.kind, each.attribute) for each in attribute_handlers(tree, held)}
    found: list[tuple[str, str]] = [("old", "")] if held.old.kind == "keep" else []
    for field in compared(held.branch.model):
        kinds = ("added", "removed") if is_members(field) else ("changed",)
        found += [(kind, field.name) for kind in kinds if (kind, field.name) not in known]
    return found
