"""Changes of the names that new records get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..schema.resolved import Generated, Part
from .change import Change, Impact
from .comparing import Comparing, Holding
from .words import listed


def compare_names(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of `generate`."""
    for holding in comparing.holdings:
        if comparing.same_model(holding.before.branch, holding.after.branch):
            yield from _changes(comparing, holding)


def _changes(comparing: Comparing, holding: Holding) -> Iterator[Change]:
    former = comparing.fields[holding.after.branch.model.name]
    before = {former.get(each.field.name, each.field.name): each for each in holding.before.generated}
    after = {each.field.name: each for each in holding.after.generated}
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was is None:
            effect = "records that are created without a value get one that nobody else has"
            yield _change(comparing, holding, "generate-added", name, name, "is generated", effect)
        elif now is None:
            told, effect = (
                "is no longer generated",
                "records that are created without a value stay without one",
            )
            yield _change(comparing, holding, "generate-removed", name, was.field.name, told, effect)
        elif (told := _difference(was, now, former, comparing.branches)) != "":
            effect = "records that are created from now on get other names; those that are there keep theirs"
            yield _change(comparing, holding, "generate-changed", name, was.field.name, told, effect)


def _change(
    comparing: Comparing, holding: Holding, rule: str, name: str, old: str, told: str, effect: str
) -> Change:
    path = ("trees", holding.tree.name, "branches")
    what = f"{name} of {holding.after.branch.name} in {holding.tree.name}"
    impact: Impact | None = None if holding.follows else "safe"
    return comparing.change(
        rule,
        (*path, holding.after.branch.name, "generate", name),
        (*path, holding.before.branch.name, "generate", old),
        f"{what} {told}",
        effect if holding.follows else f"no sync writes to {holding.tree.name}",
        impact=impact,
    )


def _difference(
    was: Generated, now: Generated, fields: Mapping[str, str], branches: Mapping[str, str]
) -> str:
    """Return how two ways to make names differ, "" where they do not; former names are given today's."""
    shared = sorted({branches.get(each, each) for each in was.shared_with})
    if _patterns(was, fields) != _patterns(now, {}):
        return "is made by other patterns"
    if shared != sorted(now.shared_with):
        return f"shares its names with {listed(now.shared_with) or 'no other branch'}"
    return ""


def _patterns(generated: Generated, fields: Mapping[str, str]) -> list[object]:
    def part(each: Part) -> tuple[str, str]:
        return each.text, fields.get(each.field, each.field)

    return [(tuple(map(part, each.template)), each.steps) for each in generated.patterns]
