"""Markers `renamed_from` that rename nothing: the rename is done, or they name something that never was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..problems import did_you_mean, shown
from .change import Change
from .comparing import Comparing, Renamable
from .version import Path


def compare_renames(comparing: Comparing) -> Iterator[Change]:
    """Yield every marker that names nothing in the old version."""
    old, new = comparing.old.schema, comparing.new.schema
    for section, before, after, continuing in (
        ("models", old.models, new.models, comparing.models),
        ("branches", old.branches, new.branches, comparing.branches),
    ):
        former = {today: name for name, today in continuing.items()}
        for each in after:
            if each.renamed_from and former.get(each.name) != each.renamed_from:
                yield _marker(comparing, (section, each.name), each, before, before)
    yield from _fields(comparing)


def _fields(comparing: Comparing) -> Iterator[Change]:
    """A field's marker renames where it does so in its model, or in any heir of that."""
    used = {
        (new.field(today).position, former)
        for _, new in comparing.model_pairs
        for former, today in comparing.fields[new.name].items()
    }
    everywhere = [each for model in comparing.old.schema.models for each in model.own_fields]
    before = {new.name: old.fields for old, new in comparing.model_pairs}
    for model in comparing.new.schema.models:
        for each in model.own_fields:
            if each.renamed_from and (each.position, each.renamed_from) not in used:
                path = ("models", model.name, "fields", each.name)
                yield _marker(comparing, path, each, before.get(model.name, ()), everywhere)


def _marker(
    comparing: Comparing,
    path: Path,
    named: Renamable,
    before: Iterable[Renamable],
    marked: Iterable[Renamable],
) -> Change:
    """Return what a marker is that renames nothing of *before*; *marked* may have had it then."""
    what = f"`renamed_from: {named.renamed_from}` of {named.name}"
    path = (*path, "renamed_from")
    if any((each.name, each.renamed_from) == (named.name, named.renamed_from) for each in marked):
        effect = f"the rename is done in {comparing.old.name}; remove it once no older version is in use"
        return comparing.change("rename-done", path, path, f"{what} was there before", effect)
    names = [each.name for each in before]
    there = f"; {shown(named.name)} had this name already, so remove it" if named.name in names else ""
    message = f"{what} names nothing in {comparing.old.name}"
    effect = f"it renames nothing{there or did_you_mean(named.renamed_from, names)}"
    return comparing.change("rename-unknown", path, None, message, effect)
