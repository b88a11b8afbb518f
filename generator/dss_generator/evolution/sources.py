"""Changes of where a tree's branch has its records and their values from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .. import fieldtypes
from ..problems import shown
from ..schema.resolved import Comparison, Condition, FieldSource, Junction, Part, TreeBranch
from .change import Change
from .comparing import Comparing, Holding
from .version import Path
from .words import listed, once

_ways = {"columns": "column", "transform": "pipeline", "const": "constant", "computed": "method"}
"""The key of the schema under which a source stands, and what messages call it."""
_rules = {"columns": "column-changed", "transform": "transform-changed", "const": "constant-changed"}
_makes_it_otherwise = "each record for which that gives another value"


def compare_sources(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of `columns`, `transform`, `const`, `computed`, `split`, `where` and `derived_from`.

    Nothing of this can be compared where the adapter is another one.
    """
    adapters = {tree.name: tree.adapter for tree in comparing.old.schema.trees}
    for holding in comparing.holdings:
        if adapters[holding.tree.name] == holding.tree.adapter:
            yield from _Branch(comparing, holding).changes()


@dataclass(frozen=True, slots=True)
class _Branch:
    """A branch that a tree held and holds, read through one adapter."""

    comparing: Comparing
    holding: Holding

    @property
    def what(self) -> str:
        return f"{self.holding.after.branch.name} in {self.holding.tree.name}"

    @property
    def names(self) -> Mapping[str, str]:
        """Today's names of the fields by the former ones, empty where the branch has another model."""
        before, after = self.holding.before.branch, self.holding.after.branch
        same = self.comparing.same_model(before, after)
        return self.comparing.fields[after.model.name] if same else {}

    def change(
        self, rule: str, message: str, effect: str, *way: str, old: Path = (), hint: str = ""
    ) -> Change:
        path: Path = ("trees", self.holding.tree.name, "branches")
        return self.comparing.change(
            rule,
            (*path, self.holding.after.branch.name, *way),
            (*path, self.holding.before.branch.name, *(old or way)),
            message,
            effect,
            hint=hint,
        )

    def once(self, what: str = _makes_it_otherwise) -> str:
        return once(what, listed(sorted(self.comparing.followers(self.holding.after.branch.name))))

    def changes(self) -> Iterator[Change]:
        before, after = self.holding.before, self.holding.after
        was, now = self._derived_from(before, today=False), self._derived_from(after, today=True)
        if was != now:
            told = f"is made from {listed(sorted(now))}" if now is not None else "is read"
            former = f"from {listed(sorted(was))}" if was is not None else "read"
            message = f"{self.what} {told}, before {former}"
            yield self.change("derived-from-changed", message, self.once(), "derived_from")
        if (before.derived_from is None) == (after.derived_from is None):
            yield from self._where()
            yield from self._row_columns()
            yield from self._fields()

    def _derived_from(self, held: TreeBranch, *, today: bool) -> frozenset[str] | None:
        if held.derived_from is None:
            return None
        names = {} if today else self.comparing.branches
        return frozenset(names.get(each, each) for each in held.derived_from)

    def _where(self) -> Iterator[Change]:
        before, after = (_condition(each, each.where) for each in (self.holding.before, self.holding.after))
        if before == after:
            return
        told = {(True, False): "has a condition", (False, True): "has no condition any more"}
        message = f"{self.what} {told.get((before is None, after is None), 'has another condition')}"
        if self.holding.follows:
            effect = (
                "records that it no longer lets through are not seen, and created anew; those that it lets "
                "through from now on are old where the left side does not have them"
            )
        else:
            names = listed(sorted(self.comparing.followers(self.holding.after.branch.name)))
            effect = (
                "rows that it no longer lets through are no records, and what follows them is old; those "
                f"that it lets through from now on are new{f' in {names}' if names else ''}"
            )
        yield self.change("where-changed", message, effect, "where")

    def _row_columns(self) -> Iterator[Change]:
        """Yield the changes of `_names`, which templates, conditions and methods of the project see."""
        before, after = (
            {
                each.alias: each.source
                for each in held.columns
                if each.alias.startswith("_") and each.alias != each.source
            }
            for held in (self.holding.before, self.holding.after)
        )
        for alias in sorted({*before, *after}):
            was, now = before.get(alias), after.get(alias)
            if was == now:
                continue
            told = "is gone" if now is None else f"is the column {shown(str(now))}"
            effect = "methods of the project no longer see it in the row"
            if now is not None:
                effect = (
                    "a source without that column holds the run; methods of the project see it in the row"
                )
            former = "" if was is None else f", before {shown(str(was))}"
            message = f"{alias} of {self.what} {told}{former}"
            yield self.change("row-column-changed", message, effect, "columns", alias)

    def _fields(self) -> Iterator[Change]:
        before = {each.field.name: each for each in self.holding.before.sources}
        after = {each.field.name: each for each in self.holding.after.sources}
        for former, today in self.names.items():
            if former in before and today in after:
                yield from self._source(before[former], after[today])

    def _source(self, old: FieldSource, new: FieldSource) -> Iterator[Change]:
        way, value = _meaning(self.holding.before, old, self.names)
        new_way, new_value = _meaning(self.holding.after, new, {})
        name, what = new.field.name, f"{new.field.name} of {self.what}"
        old_way = (way, old.field.name)
        if way != new_way:
            message = f"{what} comes from a {_ways[new_way]}, before from a {_ways[way]}"
            yield self.change("source-changed", message, self.once(), new_way, name, old=old_way)
        elif value != new_value:
            message, effect, hint = f"the {_ways[way]} of {what} changed", self.once(), ""
            if way == "columns":
                message = f"{what} is in the column {shown(str(new_value))}, before in {shown(str(value))}"
                effect = f"a source without that column holds the run; {effect}"
                if self.holding.follows:
                    effect = f"what the other column holds stays there; {effect}"
                if (value, new_value) == (old.field.name, name):
                    hint = f"write `columns: {{{name}: {value}}}` to stay with the column"
            yield self.change(_rules[way], message, effect, new_way, name, old=old_way, hint=hint)
        many = new.field.type in ("set", "list") and way == new_way and way in ("columns", "transform")
        if many and old.separator != new.separator:
            message = f"{what} is split at {shown(new.separator)}, before at {shown(old.separator)}"
            yield self.change(
                "split-changed", message, self.once(), "split", name, old=("split", old.field.name)
            )


def _meaning(held: TreeBranch, source: FieldSource, names: Mapping[str, str]) -> tuple[str, object]:
    """Return the key that a source stands under, and what it says, with *names* for the fields it names."""
    if source.column is not None:
        return "columns", held.columns[source.column].source
    if source.pipeline is not None:
        parts = tuple(_part(held, each, names) for each in source.pipeline.template)
        return "transform", (parts, source.pipeline.steps)
    if source.const is not None:
        return "const", fieldtypes.field_type(source.field).parse(source.const)
    return "computed", None


def _part(held: TreeBranch, part: Part, names: Mapping[str, str]) -> tuple[str, object]:
    if part.column is not None:
        return "column", held.columns[part.column].source
    return ("field", names.get(part.field, part.field)) if part.field else ("text", part.text)


def _condition(held: TreeBranch, condition: Condition | None) -> object:
    """Return what a condition says: columns by the system's names, and operands in an order of their own."""
    match condition:
        case None:
            return None
        case Comparison():
            literals: tuple[str, ...] = condition.literals
            if condition.operator == "in":
                literals = tuple(sorted(set(literals)))
            return held.columns[condition.column].source, condition.operator, literals, condition.numeric
        case Junction():
            operands = [_condition(held, each) for each in condition.operands]
            return condition.operator, *sorted(operands, key=repr)
