"""Following a rename: which names of the user's file are those of before, and what they are called today.

A method that has a name of before, which nothing has today, is *stale*: it can only be the one that was
renamed. Where names changed hands (a field took the name that another one had), the type of a handler's
action may say that it was renamed already. Where it does not, the generated code of before says whether the
change is a new one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..artefacts.former_handlers import Names
from ..naming import pascal
from .source import Definition

Fresh: TypeAlias = Callable[[str, str], bool]
"""Whether a name of today (the first) took that of before (the second) since code was last generated."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A definition and the name that it should have."""

    definition: Definition
    new: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A definition with a name of before that cannot be renamed to any of *new*, and why."""

    definition: Definition
    new: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Following:
    """What has to be renamed, all of it at once, and what cannot be."""

    renames: tuple[Rename, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def before(self) -> frozenset[str]:
        """The names of before that something in the file has."""
        renames = [each.definition.name for each in self.renames]
        return frozenset((*renames, *(each.definition.name for each in self.conflicts)))

    @property
    def pending(self) -> frozenset[str]:
        """The names of today that something in the file is, or may be, waiting to have."""
        names = [each.new for each in self.renames]
        return frozenset((*names, *(name for each in self.conflicts for name in each.new)))


def following(names: Names, defined: Mapping[str, Sequence[Definition]], fresh: Fresh) -> Following:
    """Return which of the definitions have a name of before.

    Chains and exchanges are right, since all renames happen at once: `a` to `b` while `b` goes to `c`, or to
    `a`. A name that something else keeps is a conflict, and so is one that is not known for certain.
    """
    wanted = [
        (old, new)
        for new, olds in names.items()
        for old in olds
        if old in defined
        and (old not in names or (fresh(new, old) and not _followed(defined[old], names[old])))
    ]
    # A name of today is no name of before where its own heir is there already: it is the later one.
    while True:
        left = {old for old, _ in wanted}
        kept = [(old, new) for old, new in wanted if old not in names or new not in defined or new in left]
        if len(kept) == len(wanted):
            break
        wanted = kept
    heirs: dict[str, list[str]] = {}
    for old, new in wanted:
        heirs.setdefault(old, []).append(new)
    return _sorted_out(defined, heirs)


def _followed(defined: Sequence[Definition], olds: Sequence[str]) -> bool:
    """Return whether a definition was renamed already: its action is of the type that a name of before had.

    Renaming leaves the type to the type checker, which asks for that of today. Where it was put right there
    is no such sign: a handler with the type of its own name may be the one of before, too.
    """
    return any(_action_of(each) in map(pascal, olds) for each in defined)


def _action_of(definition: Definition) -> str:
    """Return the type of the action that a handler says it takes, such as `ChangedStudentsEmail`, or ""."""
    node = definition.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return ""
    parameters = [*node.args.posonlyargs, *node.args.args]
    match parameters[1].annotation if len(parameters) > 1 else None:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2]
        case _:
            return ""


def _sorted_out(defined: Mapping[str, Sequence[Definition]], heirs: Mapping[str, list[str]]) -> Following:
    """Tell the renames that can be made from those that cannot; one that cannot may stop others."""
    conflicts: dict[str, Conflict] = {}
    while True:
        left = heirs.keys() - conflicts.keys()
        found = {
            old: reason
            for old, new in heirs.items()
            if old in left and (reason := _reason(old, new, heirs, defined, left))
        }
        if not found:
            break
        for old, reason in found.items():
            conflicts[old] = Conflict(defined[old][-1], tuple(heirs[old]), reason)
    renames = tuple(Rename(defined[old][0], new[0]) for old, new in heirs.items() if old not in conflicts)
    return Following(renames, tuple(conflicts.values()))


def _reason(
    old: str,
    new: Sequence[str],
    heirs: Mapping[str, list[str]],
    defined: Mapping[str, Sequence[Definition]],
    left: set[str],
) -> str:
    """Return why *old* cannot be renamed, "" where it can; *left* are the names that are given up."""
    if len(new) > 1:
        return f"it may be any of {', '.join(new)} today"
    if len(defined[old]) > 1:
        return f"it is defined in line {defined[old][0].node.lineno} too"
    rivals = [each for each, names in heirs.items() if each != old and new[0] in names]
    if rivals:
        return f"{', '.join(rivals)} would be called {new[0]} too"
    if new[0] in defined and new[0] not in left:
        return f"{new[0]} is in line {defined[new[0]][0].node.lineno} already"
    return ""
