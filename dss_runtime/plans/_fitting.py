"""Whether the actions of a plan still fit together with the target as it is now.

Each record alone may be as it was, and still the target has changed around it: a row that cannot be read any
more, a child that somebody has given to a parent that is to go, a parent that is gone, a name that somebody
else has got. A diff holds all that back, or gives another name; a plan was made without it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dss_runtime._actions import Action
from dss_runtime._branch import Branch
from dss_runtime._naming import Naming
from dss_runtime._parents import Ref, needed_parents
from dss_runtime._protection import Protection

CHANGED: Final = "changed since planned"
"""How the reason begins why an action of a plan is not carried out any more."""


def parents_there(
    right: Iterable[Branch[Any, Any]], branch: Branch[Any, Any], left: object, names: Iterable[str]
) -> Iterator[str]:
    """Yield which ref fields of *names* lead *left*, a record of *branch*, to one that the target has."""
    others = tuple(right)
    for field in branch.info.refs:
        if field.name in names:
            key: Hashable = getattr(left, field.name)
            if any(field.ref in each.info.kinds and (key in each or key in each.retired) for each in others):
                yield field.name


def refitted(right: Mapping[str, Branch[Any, Any]], actions: Sequence[Action]) -> list[Action]:
    """Return *actions*, with an `error` where the rest of the target speaks against one of them."""
    protection, naming = Protection({}, right), Naming({}, right)
    found: list[Action] = []
    given_up: set[Ref] = set()
    doomed: dict[str, dict[Hashable, object]] = {}
    for action in actions:
        branch = right[action.branch]
        if action.kind == "new" and action.error is None:
            reason = protection.new(action.branch, action.key) or naming.refusal(action)
            if reason is not None:
                action = replace(action, error=f"{CHANGED}: {reason}")
            former = action.key if action.adopts is None else action.adopts.key
            if reason is None and (former in branch or former in branch.retired):
                given_up.update((action.branch, former, field.name) for field in branch.info.refs)
        elif action.kind == "old" and action.error is None and (action.final or not branch.retires_old):
            doomed.setdefault(action.branch, {})[action.key] = action.right
        elif action.attribute is not None and action.error is None:
            given_up.add((action.branch, action.key, action.attribute))
        found.append(action)
    needed = needed_parents(right, doomed, given_up)
    return [
        replace(action, error=f"{CHANGED}: {needed[action.branch, action.key]}")
        if action.kind == "old" and action.error is None and (action.branch, action.key) in needed
        else action
        for action in found
    ]
