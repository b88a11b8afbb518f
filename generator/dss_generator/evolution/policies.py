"""Changes of what a tree's branch does with its records: who owns fields, what old ones get, its options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from ..problems import shown
from ..schema.resolved import Match, OldPolicy, Scalar, TreeBranch
from .change import Change, Impact
from .comparing import Comparing, Holding
from .words import listed, once, targets

_ownership = ("never", "create_only", "fill_empty", "always")
"""The sync policies, each of which writes more than the one before."""
_written = {
    "never": "never",
    "create_only": "when a record is created",
    "fill_empty": "where there is nothing",
    "always": "always",
}
_readable = 60
"""The longest text that a message repeats."""


def compare_policies(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of `omit`, `sync`, `old`, `returns`, `unreadable` and the adapter's own keys."""
    adapters = {tree.name: tree.adapter for tree in comparing.old.schema.trees}
    for holding in comparing.holdings:
        policies = _Policies(comparing, holding)
        yield from policies.fields()
        yield from policies.old_records()
        yield from policies.deletion()
        yield from policies.adoption()
        yield from policies.unreadable_rows()
        if adapters[holding.tree.name] == holding.tree.adapter:
            yield from policies.options()


class _Policies:
    """A branch that a tree held and holds."""

    def __init__(self, comparing: Comparing, holding: Holding) -> None:
        self._comparing = comparing
        self._holding = holding
        self._before = holding.before
        self._after = holding.after
        self._path = ("trees", holding.tree.name, "branches")
        self._what = f"{self._after.branch.name} in {holding.tree.name}"

    def _change(
        self, rule: str, message: str, effect: str, *way: str, old: str = "", impact: Impact | None = None
    ) -> Change:
        before = (*way[:-1], old) if old else way
        return self._comparing.change(
            rule,
            (*self._path, self._after.branch.name, *way),
            (*self._path, self._before.branch.name, *before),
            message,
            effect,
            impact=impact,
        )

    def fields(self) -> Iterator[Change]:
        """Which fields the tree holds, and whose they are there."""
        before, after = self._before, self._after
        if not self._comparing.same_model(before.branch, after.branch):
            return
        for former, today in self._comparing.fields[after.branch.model.name].items():
            what = f"{today} of {self._what}"
            if today in after.omitted and former not in before.omitted:
                stay = "existing values stay there, and nothing updates them"
                effect = stay if self._holding.follows else "it is no longer read, and so not compared"
                yield self._change("field-omitted", f"{what} is omitted", effect, "omit", today, old=former)
            elif former in before.omitted and today not in after.omitted:
                effect = once("each record whose value differs", targets((self._holding,)))
                if not self._holding.follows:
                    effect = "it is read, and compared in the systems that follow"
                yield self._change(
                    "field-held", f"{what} is no longer omitted", effect, "omit", today, old=former
                )
            elif today not in after.omitted and (
                (was := before.sync_policy(former)) != (now := after.sync_policy(today))
            ):
                yield self._ownership(today, former, was, now)

    def _ownership(self, today: str, former: str, was: str, now: str) -> Change:
        told = f"is written {_written[now]}" if now != "never" else "is never written"
        message = f"{today} of {self._what} {told}, before {_written[was]}"
        widened = _ownership.index(now) > _ownership.index(was)
        if not self._holding.follows:
            rule = "sync-policy-widened" if widened else "sync-policy-narrowed"
            effect = f"no sync writes to {self._holding.tree.name}"
            return self._change(rule, message, effect, "sync", today, old=former, impact="safe")
        if widened:
            effect = (
                "values that were left to it are overwritten with those of the left side, where they differ"
            )
            return self._change("sync-policy-widened", message, effect, "sync", today, old=former)
        effect = "values that differ from the left side stay as they are there"
        return self._change("sync-policy-narrowed", message, effect, "sync", today, old=former)

    def old_records(self) -> Iterator[Change]:
        """What old records get, and those that return."""
        was, now = self._before.old, self._after.old
        if (was.kind, _set(was.set)) != (now.kind, _set(now.set)):
            rule = {"delete": "old-deleted", "keep": "old-kept", "set": "old-set-aside"}[now.kind]
            message = f"old records of {self._what} {_fate(now)}, before they {_fate(was)}"
            impact: Impact | None = None if self._holding.follows else "safe"
            effect = self._fate_of_old(was, now) if self._holding.follows else "no sync writes there"
            yield self._change(rule, message, effect, "old", impact=impact)
        # What a return gets follows by itself from what was set, unless the schema says it.
        says = self._comparing.new.has((*self._path, self._after.branch.name, "returns"))
        same_set = _set(was.set) == _set(now.set)
        if was.kind == now.kind == "set" and (says or same_set) and _set(was.returns) != _set(now.returns):
            message = f"records that return to {self._what} get {_values(now.returns)}"
            effect = f"before it was {_values(was.returns)}: those that have returned keep that"
            yield self._change("returns-changed", message, effect, "returns")

    def _fate_of_old(self, was: OldPolicy, now: OldPolicy) -> str:
        alone = "every record that the left side does not have"
        if now.kind == "delete":
            until = "kept" if was.kind == "keep" else "set aside"
            return f"{alone} is deleted, also those that were {until} until now (`dss plan` counts them)"
        if now.kind == "keep":
            return "records that the left side does not have stay as they are"
        also = {
            "keep": ", also those that were kept until now",
            "set": "; those that were set aside before, without these values, are old again",
        }
        return f"{alone} gets {_values(now.set)}{also.get(was.kind, '')} (`dss plan` counts them)"

    def deletion(self) -> Iterator[Change]:
        """After how long records are deleted that were set aside."""
        was, now = self._before.old, self._after.old
        if was.delete_after == now.delete_after or now.kind != "set":
            return
        message = f"records of {self._what} that were set aside are {_after(now.delete_after)}"
        sooner = now.delete_after and (not was.delete_after or now.delete_after < was.delete_after)
        effect = "those that have been for so long are deleted by the next runs (`dss plan` counts them)"
        if sooner:
            impact: Impact | None = None if self._holding.follows else "safe"
            effect = effect if self._holding.follows else "no sync writes there"
            yield self._change("delete-after-sooner", message, effect, "old", impact=impact)
        else:
            yield self._change("delete-after-later", message, "they stay for longer", "old")

    def adoption(self) -> Iterator[Change]:
        """By what records are known that have no key."""
        was, now = self._before.match, self._after.match
        if not self._comparing.same_model(self._before.branch, self._after.branch):
            return
        names = self._comparing.fields[self._after.branch.model.name]
        former = (
            None if was is None else Match(tuple(names.get(each, each) for each in was.by), was.moved_keys)
        )
        if former == now:
            return
        impact: Impact | None = None if self._holding.follows else "safe"
        if now is None:
            message = f"records without a key of {self._what} are no longer adopted"
            effect = "they are unreadable rows: while there are any, nothing new is created"
            yield self._change("match-removed", message, effect, "match", impact=impact)
            return
        moved = ", and keys may move" if now.moved_keys else ""
        message = f"records without a key of {self._what} are known by {listed(now.by)}{moved}"
        effect = "new records adopt them where one matches one (`dss plan` shows which)"
        yield self._change(
            "match-added" if was is None else "match-changed", message, effect, "match", impact=impact
        )

    def unreadable_rows(self) -> Iterator[Change]:
        """What a row does that cannot be read."""
        if self._before.unreadable != self._after.unreadable:
            stops = self._after.unreadable == "error"
            message = f"an unreadable row of {self._what} {'stops' if stops else 'no longer stops'} the run"
            effect = (
                "one typing error, and nothing is written" if stops else "its record is protected instead"
            )
            yield self._change("unreadable-changed", message, effect, "unreadable")

    def options(self) -> Iterator[Change]:
        """What the adapter's own keys say."""
        if (self._before.derived_from is None) != (self._after.derived_from is None):
            return
        before = _options(self._before, self._comparing.branches)
        after = _options(self._after, {})
        system = self._holding.tree.system
        for name in sorted({*before, *after}):
            was, now = before.get(name), after.get(name)
            if was == now:
                continue
            message = f"{name} of {self._what} is {_told(now)}, before {_told(was)}"
            if any(isinstance(each, str) and len(each) > _readable for each in (was, now)):
                message = f"{name} of {self._what} is another one"
            if name in (*system.needs, *system.selects):
                yield self._change("place-changed", message, self._moved(), name)
            else:
                effect = (
                    "its rows are read otherwise: a run is held, or rows are unreadable, where that is wrong"
                )
                if name in system.at_creation:
                    effect = (
                        "records get it when they are created from now on; those that are there keep theirs"
                    )
                yield self._change("option-changed", message, effect, name)

    def _moved(self) -> str:
        names = listed(sorted(self._comparing.followers(self._after.branch.name)))
        if self._holding.follows:
            return (
                "what is there is compared with the left side: what it lacks is new, what only it has is "
                "old; what was held elsewhere stays as it is"
            )
        return f"records that it does not give are old{f' in {names}' if names else ''}, others are new"


def _set(values: Iterable[tuple[str, Scalar]]) -> frozenset[tuple[str, type, Scalar]]:
    """Return columns and values in no order; True and 1 are two values."""
    return frozenset((column, type(value), value) for column, value in values)


def _after(days: int) -> str:
    return f"deleted after {days} day{'' if days == 1 else 's'}" if days else "never deleted"


def _fate(old: OldPolicy) -> str:
    return {"delete": "are deleted", "keep": "are kept"}.get(old.kind, f"get {_values(old.set)}")


def _values(values: Iterable[tuple[str, Scalar]]) -> str:
    return listed(sorted(f"{column} = {_shown(value)}" for column, value in values)) or "nothing"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, tuple):
        return listed(str(each) for each in cast("tuple[object, ...]", value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _options(held: TreeBranch, branches: Mapping[str, str]) -> dict[str, object]:
    """Return the adapter's options; columns with values in no order, since they have none.

    `references` name *branches*, by what they are called today.
    """
    found: dict[str, object] = {}
    for name, value in held.options:
        pairs = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
        if name == "references":
            named = cast("tuple[tuple[str, tuple[str, ...]], ...]", pairs)
            pairs = tuple(
                (column, tuple(branches.get(each, each) for each in several)) for column, several in named
            )
        if pairs and all(isinstance(each, tuple) for each in pairs):
            found[name] = _set(cast("tuple[tuple[str, Scalar], ...]", pairs))
        else:
            found[name] = value
    return found


def _told(value: object) -> str:
    match value:
        case None:
            return "not given"
        case bool():
            return str(value).lower()
        case frozenset():
            return _values(
                (column, each) for column, _, each in cast("frozenset[tuple[str, type, Scalar]]", value)
            )
        case tuple():
            return listed(shown(str(each)) for each in cast("tuple[object, ...]", value))
        case _:
            return shown(str(value)) if value != "" else "none"
