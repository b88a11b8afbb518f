"""How the actions of a branch reach the methods of a generated template.

A generated template declares an abstract method, or one that leaves the action to the adapter, for each
difference that its tree is asked to carry out. The method's name follows from the action, so it is looked up:
a chain of comparisons would say the same, and takes a type checker time that grows with the square of a
model's fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dss_runtime._actions import Action


@dataclass(frozen=True, slots=True)
class Route:
    """What a generated template says of one branch.

    `unowned` names the methods that do not exist, because the tree is not asked to carry such a difference
    out; `by_record` says that one method takes all attribute changes of a record.
    """

    unowned: frozenset[str] = frozenset()
    by_record: bool = False


def values_of(action: Action) -> Mapping[str, object]:
    """Return what a generated handler takes beside its action: nothing, `new` and `old`, or `item`."""
    match action.kind:
        case "new" | "old":
            return {}
        case "changed":
            return {"new": action.new, "old": action.old}
        case "added" | "removed":
            return {"item": action.item}
