"""The differences between two trees: lazy, re-iterable, and always in the same order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dss_runtime._actions import Action, AttributeAction, New, Old
from dss_runtime._capacity import Capacity
from dss_runtime._collector import collector_suspended
from dss_runtime._errors import DeclarationError
from dss_runtime._naming import Naming
from dss_runtime._order import ordered_branches, records_parents_first
from dss_runtime._parents import Ref, needed_parents
from dss_runtime._progress import Progress, silent
from dss_runtime._protection import HeldBack, Protection
from dss_runtime._typing import override
from dss_runtime._unclaimed import Claims

if TYPE_CHECKING:
    from dss_runtime._branch import Branch
    from dss_runtime._tree import DataStoreTree

E = TypeVar("E", bound=New[Any, Any] | Old[Any, Any])


class Engine(Protocol):
    """What computes the differences of one branch; each method yields in the order of its own side.

    One that finds all differences at less cost than one kind after the other also has `at_once`, which
    returns an engine that is asked for new, changed and old ones of each branch, once and in this order,
    and that tells a Progress how far it is.
    """

    def new(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[New[Any, Any]]:
        """Yield the records that only *left* has."""
        ...

    def changed(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[AttributeAction]:
        """Yield the attributes that differ."""
        ...

    def old(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[Old[Any, Any]]:
        """Yield the records that only *right* has."""
        ...


class Diff:
    """The actions that make *right* equal *left*: every new, every changed, every old.

    New records come parents first and old ones children first, by the models' refs; within a branch the
    left's order decides. Nothing is computed before it is asked for, and every iteration computes afresh,
    so that after a sync the same Diff shows what is left to do.

    Only the branches that both trees have are compared; `unmatched` names the others. Raises
    DeclarationError where two trees have none in common.
    """

    def __init__(
        self, left: DataStoreTree, right: DataStoreTree, *, branches: Sequence[str] | None = None
    ) -> None:
        if isinstance(branches, str):
            raise TypeError(f"expected the names of branches, got one: write branches=[{branches!r}]")
        self.left = left
        self.right = right
        ours = {branch.name: branch for branch in left.branches}
        theirs = {branch.name: branch for branch in right.branches}
        if ours and theirs and ours.keys().isdisjoint(theirs):
            raise DeclarationError(
                f"{left.name} and {right.name} have no branch in common: {left.name} has {', '.join(ours)}, "
                f"{right.name} has {', '.join(theirs)}; branches with the same __branchname__ are compared"
            )
        unknown = [name for name in branches or () if name not in ours or name not in theirs]
        if unknown:
            raise KeyError(f"{left.name} and {right.name} have no common branch {unknown[0]!r}")
        common = {
            name: theirs[name] for name in ours if name in theirs and (branches is None or name in branches)
        }
        self.branches = tuple(ordered_branches(common))
        self.unmatched = tuple(name for name in dict.fromkeys(chain(ours, theirs)) if name not in common)
        self._ours = ours
        self._theirs = common
        self._all_theirs = theirs
        self._engine = left.engine

    def __iter__(self) -> Iterator[Action]:
        for action, held in self._walk(self._engine):
            if held is None:
                yield action

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def plan(self, progress: Progress = silent) -> tuple[list[Action], list[HeldBack]]:
        """Return the actions, and what is held back, computed once, and tell *progress* how far that is.

        `list(diff)` computes all of it twice, because it asks for the length first.
        """
        actions: list[Action] = []
        held_back: list[HeldBack] = []
        at_once: Callable[[Progress], Engine] | None = getattr(self._engine, "at_once", None)
        engine = self._engine if at_once is None else at_once(progress)
        with collector_suspended():
            for action, held in self._walk(engine):
                if held is None:
                    actions.append(action)
                else:
                    held_back.append(held)
        return actions, held_back

    def held_back(self) -> list[HeldBack]:
        """Return the differences that are not acted on, because of an unreadable row or of what stays."""
        return [held for _, held in self._walk(self._engine) if held is not None]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many actions there are, by branch and kind; branches without any are left out."""
        found: dict[str, dict[str, int]] = {}
        for action in self:
            kinds = found.setdefault(action.branch, {})
            kinds[action.kind] = kinds.get(action.kind, 0) + 1
        return found

    @override
    def __repr__(self) -> str:
        return f"<Diff {self.left.name} - {self.right.name}>"

    def _walk(self, engine: Engine) -> Iterator[tuple[Action, HeldBack | None]]:
        """Yield every difference, with what holds it back, in the order in which it would be applied."""
        protection = Protection(self._ours, self._all_theirs)
        naming = Naming(self._ours, self._all_theirs, restored=self.left.restored)
        given_up: set[Ref] = set()
        claims: dict[str, Claims] = {}
        for name in self.branches:
            theirs = self._theirs[name]
            claims[name] = Claims(self._ours[name], theirs, partial(protection.old, name))
            judged: Iterable[tuple[New[Any, Any], str | None]] = self._judged(
                engine, name, claims[name], protection
            )
            named: Mapping[Hashable, New[Any, Any]] = {}
            if theirs.generates:  # All of them are needed then: names do not hang on the order of the left.
                judged = list(judged)
                named = naming.all_named(new for new, reason in judged if reason is None)
            checked = Capacity(theirs).checked
            for new, reason in judged:
                former = new.key if new.adopts is None else new.adopts.key
                if reason is None and (former in theirs.retired or former in theirs.held):
                    given_up.update((name, former, field.name) for field in theirs.info.refs)
                yield checked(named.get(new.key, new)), _held(new, reason)
        for name in self.branches:
            theirs = self._theirs[name]
            refs = {field.name for field in theirs.info.refs}
            for action in map(Capacity(theirs).checked, engine.changed(self._ours[name], theirs)):
                if action.attribute in refs and action.error is None:
                    given_up.add((name, action.key, action.attribute))
                yield action, None
        yield from self._walk_old(engine, protection, given_up, claims)

    def _judged(
        self, engine: Engine, name: str, claims: Claims, protection: Protection
    ) -> Iterator[tuple[New[Any, Any], str | None]]:
        """Yield the new records of a branch, with what they adopt and why they are held back."""
        theirs = self._theirs[name]
        for found in _sorted(theirs, engine.new(self._ours[name], theirs)):
            new, doubt = claims.judged(found)
            yield new, protection.new(name, new.key) or doubt

    def _walk_old(
        self, engine: Engine, protection: Protection, given_up: set[Ref], claims: Mapping[str, Claims]
    ) -> Iterator[tuple[Action, HeldBack | None]]:
        olds = {
            name: {
                old.key: old
                for old in self._old(engine, self._ours[name], theirs)
                if old.key not in claims[name].adopted
            }
            for name, theirs in self._theirs.items()
            if not theirs.keeps_old
        }
        doomed = {
            name: {
                key: old
                for key, old in found.items()
                if (old.final or not self._theirs[name].retires_old)
                and protection.old(name, key) is None
                and key not in claims[name].claimed
            }
            for name, found in olds.items()
        }
        needed = needed_parents(self._all_theirs, doomed, given_up)
        for name in reversed(self.branches):
            found = iter(olds.get(name, {}).values())
            for old in _sorted(self._theirs[name], found, children_first=True):
                reason = protection.old(name, old.key) or claims[name].claimed.get(old.key)
                yield old, _held(old, reason or needed.get((name, old.key)))

    def _old(
        self, engine: Engine, ours: Branch[Any, Any], theirs: Branch[Any, Any]
    ) -> Iterator[Old[Any, Any]]:
        """Yield what is old, and what was set aside for so long that it is deleted."""
        yield from engine.old(ours, theirs)
        for key, since in theirs.expired.items():
            if key in theirs.retired and key not in theirs and key not in ours:
                yield Old(ours.name, key, theirs.retired[key], aside_since=since)


def _held(action: New[Any, Any] | Old[Any, Any], reason: str | None) -> HeldBack | None:
    if reason is None:
        return None
    return HeldBack(action.branch, action.kind, action.key, reason, action.message)


def _sorted(branch: Branch[Any, Any], actions: Iterator[E], *, children_first: bool = False) -> Iterator[E]:
    """Order the actions of a branch whose records refer to each other; pass all others through."""
    if not any(field.ref in branch.info.kinds for field in branch.info.refs):
        yield from actions
        return
    by_key: dict[Hashable, E] = {action.key: action for action in actions}
    records = {
        key: action.left if action.left is not None else action.right for key, action in by_key.items()
    }
    if children_first:  # Turned round twice: records that do not refer to each other keep their order.
        records = dict(reversed(records.items()))
    keys = records_parents_first(branch, records)
    for key in reversed(keys) if children_first else keys:
        yield by_key[key]
