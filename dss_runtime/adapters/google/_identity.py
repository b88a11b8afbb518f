"""Which resource a work is about, and whether the one that is found is it."""

from __future__ import annotations

from typing import Any

from dss_runtime import Branch, Work
from dss_runtime._unclaimed import Unclaimed
from dss_runtime.adapters.google._paths import Json, value_at
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.adapters.google._values import encoded, has_constants


def holder_of(work: Work, branch: Branch[Any, Any]) -> Any:
    """Return the record by which the resource of *work* is found: the right side's, where there is one."""
    existing = work.adopts if work.right is None else work.right  # which may be false, as what is empty is
    return existing if existing is not None else branch.retired.get(work.key, work.left)


def names_of(target: GoogleTarget, holder: Any) -> tuple[str, ...]:
    """Return by what *holder*'s resource is found; a name is "" where it has none."""
    names: list[str] = []
    for path in target.kind.identity:
        field = target.field_of(path)
        value = _held(target, holder, field)
        names.append("" if value is None else str(encoded(target, field, value)))
    return tuple(names)


def is_holders(target: GoogleTarget, resource: Json, holder: Any) -> bool:
    """Return whether *resource* is that of *holder*: an address may be another one's by now, or an alias.

    One that is adopted still has no key, or the one it had.
    """
    if isinstance(holder, Unclaimed) and holder.key is None:
        return all(value_at(resource, target.columns[name]) == cell for name, cell in holder.cells.items())
    return all(form_in(target, resource, name) == _form(target, name, holder) for name in target.key)


def is_in_scope(target: GoogleTarget, resource: Json) -> bool:
    """Return whether *resource* is one of the branch."""
    return target.kind.holds(resource, target.below, target.groups) and has_constants(resource, target.scope)


def form_in(target: GoogleTarget, resource: Json, name: str) -> object:
    """Return the canonical form of what *resource* has for a field; None for nothing, or what is no value."""
    cell = value_at(resource, target.columns[name])
    if cell is None:
        return None
    try:
        return target.types[name].canonical(target.types[name].parse(cell))
    except ValueError:
        return None


def _form(target: GoogleTarget, name: str, holder: Any) -> object:
    value = _held(target, holder, name)
    return None if value is None else target.types[name].canonical(value)


def _held(target: GoogleTarget, holder: Any, name: str) -> Any:
    if isinstance(holder, Unclaimed) and name in target.key:
        if holder.key is None:
            return holder.cells.get(name)
        parts: Any = holder.key
        return parts if len(target.key) == 1 else parts[target.key.index(name)]
    return holder.fields.get(name) if isinstance(holder, Unclaimed) else getattr(holder, name)
