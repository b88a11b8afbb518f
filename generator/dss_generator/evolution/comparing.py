"""What all comparisons share: who became what, which systems a change touches, and how a change is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ..artefacts.runtime import has_template
from ..schema.resolved import Branch, Model, Tree, TreeBranch
from .change import Change, Impact
from .change_rules import RULES
from .version import Path, Version


class Renamable(Protocol):
    """A model, a branch or a field."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def renamed_from(self) -> str:
        """What it was called before, if that was otherwise."""
        ...


def continued(old: Iterable[Renamable], new: Iterable[Renamable]) -> dict[str, str]:
    """Return the name of today, by the former one, of all that is in both versions.

    What `renamed_from` says counts before an equal name.
    """
    former, new = {each.name for each in old}, tuple(new)
    renamed = {each.renamed_from: each.name for each in new if each.renamed_from in former}
    same = {each.name: each.name for each in new if each.name in former and each.name not in renamed.values()}
    return {**same, **renamed}


@dataclass(frozen=True, slots=True)
class Holding:
    """A branch that a tree held in the old version and holds in the new one.

    `follows` says whether the tree can be the right side of a sync, so that records are written to it.
    """

    tree: Tree
    before: TreeBranch
    after: TreeBranch
    follows: bool


class Comparing:
    """Two versions, side by side."""

    def __init__(self, old: Version, new: Version) -> None:
        self.old = old
        self.new = new
        self.models = continued(old.schema.models, new.schema.models)
        self.branches = continued(old.schema.branches, new.schema.branches)

    def change(
        self,
        rule: str,
        path: Path,
        old_path: Path | None,
        message: str,
        effect: str,
        *,
        impact: Impact | None = None,
        hint: str = "",
    ) -> Change:
        """Return a change with its places; its class is that of *rule* unless *impact* says otherwise."""
        old_place = None if old_path is None else self.old.place(old_path)
        return Change(
            rule,
            impact or RULES[rule].impact,
            path,
            old_path,
            self.new.place(path, old_place.file if old_place else ""),
            old_place,
            message,
            effect,
            hint,
        )

    @cached_property
    def old_models(self) -> Mapping[str, Model]:
        """The models of the old version, by their names then."""
        return {each.name: each for each in self.old.schema.models}

    @cached_property
    def new_models(self) -> Mapping[str, Model]:
        """The models of the new version, by their names today."""
        return {each.name: each for each in self.new.schema.models}

    @cached_property
    def model_pairs(self) -> tuple[tuple[Model, Model], ...]:
        """The models that are in both versions, as they were and are."""
        return tuple((self.old_models[old], self.new_models[new]) for old, new in self.models.items())

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, str]]:
        """By today's name of a model: the names of its fields today, by their former ones."""
        return {new.name: continued(old.fields, new.fields) for old, new in self.model_pairs}

    @cached_property
    def branch_pairs(self) -> tuple[tuple[Branch, Branch], ...]:
        """The branches that are in both versions, as they were and are."""
        before = {each.name: each for each in self.old.schema.branches}
        after = {each.name: each for each in self.new.schema.branches}
        return tuple((before[old], after[new]) for old, new in self.branches.items())

    @cached_property
    def tree_pairs(self) -> tuple[tuple[Tree, Tree], ...]:
        """The trees that are in both versions, as they were and are."""
        after = {each.name: each for each in self.new.schema.trees}
        return tuple((each, after[each.name]) for each in self.old.schema.trees if each.name in after)

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """Every branch that a tree held and holds."""
        found: list[Holding] = []
        for old, new in self.tree_pairs:
            before = {self.branches.get(each.branch.name): each for each in old.branches}
            follows = has_template(self.new.schema, new)
            found += [
                Holding(new, before[each.branch.name], each, follows)
                for each in new.branches
                if each.branch.name in before
            ]
        return tuple(found)

    def same_model(self, before: Branch, after: Branch) -> bool:
        """Return whether two branches hold records of one model, which may have been renamed."""
        return self.models.get(before.model.name) == after.model.name

    def touched(
        self, models: Collection[str], old_field: str | None = None, new_field: str | None = None
    ) -> tuple[Holding, ...]:
        """Return where records of *models* were and are held, with the fields that are given."""
        return tuple(
            each
            for each in self.holdings
            if each.after.branch.model.name in models
            and self.same_model(each.before.branch, each.after.branch)
            and old_field not in each.before.omitted
            and new_field not in each.after.omitted
        )

    def followers(self, branch: str) -> tuple[str, ...]:
        """Return the trees of today that hold *branch* and can be written to."""
        schema = self.new.schema
        return tuple(
            tree.name
            for tree in schema.trees
            if has_template(schema, tree) and any(each.branch.name == branch for each in tree.branches)
        )
