"""Changes of branches: there or not, of which model, how guarded, what of duplicates."""

from __future__ import annotations

from collections.abc import Iterator

from ..artefacts.runtime import has_template
from ..schema.resolved import Branch, Limit, Schema
from .change import Change
from .comparing import Comparing
from .likely import hint, likely_renames
from .version import Path
from .words import UNTOUCHED, listed

_duplicates = {
    "error": "two rows with one key stop the run",
    "first": "of rows with one key the first counts",
    "last": "of rows with one key the last counts",
    "merge": "a method of the importer merges rows with one key; one that is written to quarantines them",
    "quarantine": "rows with one key are unreadable, and their record is protected",
}
_guarded_by_default = ("changed", "old", "unreadable")
"""The kinds that the runtime limits where the schema does not."""


def compare_branches(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of branches as such; how trees hold them is compared elsewhere."""
    yield from _there_or_not(comparing)
    for old, new in comparing.branch_pairs:
        path, old_path = ("branches", new.name), ("branches", old.name)
        if old.name != new.name:
            effect = "its records stay; handlers and generated code call it by the new name"
            message = f"branch {old.name} renamed to {new.name}"
            yield comparing.change("branch-renamed", path, old_path, message, effect)
        if not comparing.same_model(old, new):
            yield _model(comparing, old, new)
        yield from _guard(comparing, old, new)
        if old.duplicates != new.duplicates:
            message = f"duplicates of {new.name} are {new.duplicates}, before {old.duplicates}"
            way = ("duplicates",)
            effect = _duplicates[new.duplicates]
            yield comparing.change("duplicates-changed", path + way, old_path + way, message, effect)
        if old.granularity != new.granularity:
            way = ("granularity",)
            message = (
                f"handlers of {new.name} get each changed {new.granularity}, before each {old.granularity}"
            )
            effect = (
                "handlers for the other way are not called: `dss generate` names them, and where an adapter "
                "writes, it does so without them"
            )
            yield comparing.change("granularity-changed", path + way, old_path + way, message, effect)


def _there_or_not(comparing: Comparing) -> Iterator[Change]:
    old, new = comparing.old.schema, comparing.new.schema
    gone = {each.name: each for each in old.branches if each.name not in comparing.branches}
    fresh = {each.name: each for each in new.branches if each.name not in comparing.branches.values()}
    likely = likely_renames(
        {name: _shape(comparing.models.get(each.model.name, ""), old, name) for name, each in gone.items()},
        {name: _shape(each.model.name, new, name) for name, each in fresh.items()},
    )
    hints = {name: hint(*pair) for pair in likely.items() for name in pair}
    for name in gone:
        path = ("branches", name)
        names = _holders(old, name)
        written = _holders(old, name, written=True)
        if written:
            effect = f"its records in {listed(written)} stay as they are: none is added, changed or removed"
        else:
            effect = f"it is no longer read from {listed(names)}" if names else UNTOUCHED
        yield comparing.change(
            "branch-removed", path, path, f"branch {name} removed", effect,
            impact=None if names else "safe", hint=hints.get(name, ""),
        )  # fmt: skip
    for name in fresh:
        names, written = _holders(new, name), _holders(new, name, written=True)
        effect = f"{listed(names)} hold it" if names else "no tree holds it"
        if written:
            effect = taken_in(written)
        yield comparing.change(
            "branch-added", ("branches", name), None, f"branch {name} added", effect,
            impact=None if names else "safe", hint=hints.get(name, ""),
        )  # fmt: skip


def taken_in(written: tuple[str, ...]) -> str:
    """Return what happens to the records of a branch that the trees *written* have never followed in."""
    return (
        f"the next sync into {listed(written)} creates what only the left side has, and treats as old "
        "what is there alone (`dss plan` shows both)"
    )


def _shape(model: str, schema: Schema, name: str) -> tuple[object, ...]:
    return model, frozenset(_holders(schema, name))


def _holders(schema: Schema, name: str, *, written: bool = False) -> tuple[str, ...]:
    """Return the trees that hold the branch *name*; with *written* only those that records are written to."""
    return tuple(
        tree.name
        for tree in sorted(schema.trees, key=lambda tree: tree.name)
        if any(each.branch.name == name for each in tree.branches)
        and (not written or has_template(schema, tree))
    )


def _model(comparing: Comparing, old: Branch, new: Branch) -> Change:
    before = {each.name for each in old.model.fields}
    after = {each.name for each in new.model.fields}
    parts = ["its records are of another class"]
    if old.model.key != new.model.key:
        parts.append(
            f"they are told apart by {listed(new.model.key)}, so those that differ in it would be old + new"
        )
    if gone := sorted(before - after):
        parts.append(f"values of {listed(gone)} stay where they are")
    if added := sorted(after - before):
        parts.append(f"{listed(added)} {'is' if len(added) == 1 else 'are'} compared from now on")
    message = f"branch {new.name} holds records of {new.model.name}, before of {old.model.name}"
    return comparing.change(
        "branch-model-changed", ("branches", new.name, "model"), ("branches", old.name, "model"), message,
        "; ".join(parts),
    )  # fmt: skip


def _guard(comparing: Comparing, old: Branch, new: Branch) -> Iterator[Change]:
    before, after = dict(old.guard), dict(new.guard)
    for kind in sorted({*before, *after}):
        was, now = before.get(kind), after.get(kind)
        if was == now:
            continue
        path: Path = ("branches", new.name, "guard", kind)
        old_path: Path = ("branches", old.name, "guard", kind)
        rule, effect = _limit(kind, was, now)
        told = f"{now or 'none'}, before {was or 'none'}"
        message = f"the limit for {kind} records of {new.name} is {told}"
        yield comparing.change(rule, path, old_path if was else None, message, effect)


def _limit(kind: str, was: Limit | None, now: Limit | None) -> tuple[str, str]:
    """Return the rule, and what a run does, where a limit takes the place of another."""
    default = kind in _guarded_by_default
    held = "a run beyond it is held: nothing is written"
    if now is None:
        return "guard-removed", "the default limit takes its place" if default else "nothing limits them"
    if was is None:
        return ("guard-changed", f"it takes the place of the default limit; {held}") if default else (
            "guard-tightened", held)  # fmt: skip
    if was.percent != now.percent:
        return "guard-changed", f"which is stricter depends on how many there are; {held}"
    if now.amount > was.amount:
        return "guard-loosened", "a run that was held until now is carried out"
    return "guard-tightened", held
