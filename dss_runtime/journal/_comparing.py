"""Stored records held against each other, in canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime.journal._values import LoggedWork
from dss_runtime.plans._values import mark_of


def ident(key: Mapping[str, Any]) -> str:
    """Return a stored key as one text, the same whenever the key is the same."""
    return repr(sorted((name, _comparable(value)) for name, value in key.items()))


def _comparable(stored: Any) -> Any:
    """Return a stored value without its sealed text, which differs every time."""
    return ("text", stored) if stored is None or isinstance(stored, str) else ("mark", mark_of(stored))


def attributes(work: LoggedWork, branch: Branch[Any, Any]) -> list[str]:
    """The fields that a work was to change, or all that the target holds, as far as the work knows them."""
    changed = {attribute for _, attribute, _ in work.actions if attribute is not None}
    known = (work.before if work.after is None else work.after) or {}
    return [
        field.name
        for field in branch.info.fields
        if not field.derived
        and field.name not in branch.omitted
        and field.name in known
        and (not changed or field.name in changed)
    ]


def is_targets_own(branch: Branch[Any, Any], name: str) -> bool:
    """Whether a run gives the field *name* at most to new records: then the target may hold what it likes."""
    route = branch.tree.template.__routes__.get(branch.name)
    methods = (f"{kind}_{branch.name}_{name}" for kind in ("changed", "added"))
    return route is not None and any(method in route.unowned for method in methods)


def same(branch: Branch[Any, Any], now: Mapping[str, Any], then: Mapping[str, Any], names: list[str]) -> bool:
    """Whether two stored records are the same in canonical form.

    Raises ValueError where a value of *then* is none of its field's type any more.
    """
    return all(_form(branch, name, now[name]) == _form(branch, name, then[name]) for name in names)


def _form(branch: Branch[Any, Any], name: str, stored: Any) -> Any:
    field = branch.info[name]
    if stored is None:
        return field.type.canonical(None)
    if isinstance(stored, str) == field.sensitive:
        raise ValueError(f"{name} was not always sensitive")
    return field.type.canonical(field.type.parse(stored)) if isinstance(stored, str) else _comparable(stored)
