"""What a row that could not be read protects: nobody is changed or removed because of a typing error.

An unreadable row leaves a hole in its side. A record that only seems to be missing must not become *old*,
and one that only seems to be missing on the right must not be created twice. The rules, all on the safe
side:

1. The key of an unreadable row is protected in its branch; so is every record that refers to it.
2. A row whose key cannot be read either protects its whole branch, and every branch that refers to that one.
3. A branch that is derived from an incomplete one is protected where its records refer to what the row
   referred to; where nothing tells which records the row would have given, as a whole.
4. Whatever a protected record refers to stays as well.
5. A protected record may join the doubtful one to another, as a parent link joins a child to a guardian. What
   derived branches hold of that other one is protected too: it may be there because of the child.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as _field
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from dss_runtime._actions import describe_key

if TYPE_CHECKING:
    from dss_runtime._branch import Branch
    from dss_runtime._unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A difference that was left alone.

    Because of a row that could not be read, of a record that stays, or of the day: `changed` ones are held
    back only where nothing but additions runs.
    """

    branch: str
    kind: Literal["new", "changed", "old"]
    key: Hashable = _field(repr=False)
    reason: str
    message: str


class Protection:
    """Says of each seemingly new or old record whether it is held back, and why."""

    def __init__(self, left: Mapping[str, Branch[Any, Any]], right: Mapping[str, Branch[Any, Any]]) -> None:
        self._left = left
        self._right = right
        self._old: dict[tuple[str, Hashable], str] = {}
        if any(branch.unreadable for branch in left.values()):
            self._protect_old()

    def new(self, branch: str, key: Hashable) -> str | None:
        """Return why a record that the right side seems to lack is not created, None when it may be."""
        for row in self._right[branch].unreadable:
            if not row.key or row.key[0] == key:
                return f"{row} (on the right side)"
        return None

    def old(self, branch: str, key: Hashable) -> str | None:
        """Return why a record that the left side seems to lack is left alone, None when it may go."""
        return self._old.get((branch, key))

    def _protect_old(self) -> None:
        """Find every record of the right side that would be old and is protected, once per diff."""
        doubts = {name: _Doubt(self._left, name) for name in self._right if name in self._left}
        kept: list[tuple[Branch[Any, Any], Any]] = []
        for name, doubt in doubts.items():
            if not doubt:
                continue
            branch = self._right[name]
            # What is set aside is not removed, but its key may move to somebody else.
            others = branch.retired.items() if branch.follows_keys else ()
            for key, record in chain(branch.removable(), others):
                reason = None if key in self._left[name] else doubt.reason(key, record)
                if reason is not None:
                    self._old[name, key] = reason
                    kept.append((branch, record))
        kept.extend(list(self._keep_joined(tuple(kept))))
        while kept:
            kept.extend(self._keep_referred(*kept.pop()))

    def _keep_joined(
        self, kept: Sequence[tuple[Branch[Any, Any], Any]]
    ) -> Iterator[tuple[Branch[Any, Any], Any]]:
        """Protect what derived branches hold of those whom *kept* joins to a doubtful record; return that."""
        for doubtful in self._left.values():
            keys = {_hashable(row.key[0]) for row in doubtful.unreadable if row.key}
            joined = self._joined(kept, doubtful.info.kinds, keys) if keys else {}
            if not joined:
                continue
            for name, branch in self._right.items():
                if name not in self._left or doubtful.name not in _sources(self._left, name):
                    continue
                fields = [field for field in branch.info.refs if field.ref in doubtful.info.kinds]
                for key, record in branch.removable():
                    reasons = [joined.get((field.ref, getattr(record, field.name))) for field in fields]
                    reason = next(filter(None, reasons), None)
                    if reason is not None and key not in self._left[name] and (name, key) not in self._old:
                        self._old[name, key] = reason
                        yield branch, record

    def _joined(
        self, kept: Sequence[tuple[Branch[Any, Any], Any]], kinds: Collection[str], keys: Collection[Hashable]
    ) -> dict[tuple[str, Hashable], str]:
        """Return whom *kept* joins to a record of *kinds* and *keys*, under every model that they are."""
        found: dict[tuple[str, Hashable], str] = {}
        for link, record in kept:
            values = [(field, getattr(record, field.name)) for field in link.info.refs]
            if not any(field.ref in kinds and value in keys for field, value in values):
                continue
            reason = f"{link.name} ({describe_key(record, link.key_of(record))}) stays"
            for field, value in values:
                for other in self._right.values():
                    if field.ref in other.info.kinds and value in other and value not in keys:
                        found.update(dict.fromkeys(((kind, value) for kind in other.info.kinds), reason))
        return found

    def _keep_referred(self, branch: Branch[Any, Any], record: Any) -> Iterable[tuple[Branch[Any, Any], Any]]:
        """Protect what *record*, which stays, refers to; return what was not protected before."""
        for field in branch.info.refs:
            key: Hashable = getattr(record, field.name)
            for other in self._right.values():
                if field.ref not in other.info.kinds or key in self._left.get(other.name, ()):
                    continue
                found = other[key] if key in other else other.retired[key] if key in other.expired else None
                if found is not None and (other.name, key) not in self._old:
                    by = f"{branch.name} ({describe_key(record, branch.key_of(record))})"
                    self._old[other.name, key] = f"{by} stays and refers to it"
                    yield other, found


class _Doubt:
    """What cannot be known of one branch of the left side, because of unreadable rows in it or before it."""

    def __init__(self, left: Mapping[str, Branch[Any, Any]], name: str) -> None:
        self._info = left[name].info
        self._keys: dict[Hashable, str] = {}
        self._refs: dict[tuple[str, Hashable], str] = {}
        self._all = ""
        for row in left[name].unreadable:
            self._doubt_own(row)
        sources = _sources(left, name)
        for other in left.values():
            if other.name != name:
                for row in other.unreadable:
                    self._doubt_other(left, other, row, derived=other.name in sources)

    def _doubt_own(self, row: Unreadable) -> None:
        if row.key:
            key = _hashable(row.key[0])
            self._keys.setdefault(key, str(row))
            for kind in self._info.kinds:
                self._refs.setdefault((kind, key), str(row))
        else:
            self._all = self._all or f"{row}; its key could not be read"

    def _doubt_other(
        self, left: Mapping[str, Branch[Any, Any]], other: Branch[Any, Any], row: Unreadable, *, derived: bool
    ) -> None:
        refers = any(field.ref in other.info.kinds for field in self._info.refs)
        if not row.key:
            if refers or derived:
                self._all = self._all or f"{row}; its key could not be read"
            return
        known = dict.fromkeys((kind, _hashable(row.key[0])) for kind in other.info.kinds)
        if derived:
            known.update(dict.fromkeys(_key_refs(left, other, row)))
            kinds = {kind for kind, _ in known}
            if not any(field.ref in kinds for field in self._info.refs) and not self._is_linked(left, kinds):
                self._all = self._all or f"{row}; {other.name} gives this branch its records"
        for ref in known:
            self._refs.setdefault(ref, str(row))

    def _is_linked(self, left: Mapping[str, Branch[Any, Any]], kinds: set[str]) -> bool:
        """Whether a third branch refers to this one and to the doubtful one, so that rule 4 protects it."""
        for third in left.values():
            refs = {field.ref for field in third.info.refs}
            if refs & kinds and any(ref in self._info.kinds for ref in refs):
                return True
        return False

    def __bool__(self) -> bool:
        return bool(self._keys or self._refs or self._all)

    def reason(self, key: Hashable, record: Any) -> str | None:
        """Return why the right side's *record* may well be on the left, None when it is surely not."""
        if key in self._keys:
            return self._keys[key]
        for field in self._info.refs:
            found = self._refs.get((field.ref, getattr(record, field.name)))
            if found is not None:
                return found
        return self._all or None


def _sources(left: Mapping[str, Branch[Any, Any]], name: str) -> set[str]:
    """The branches from which *name* is derived, directly or through others."""
    found: set[str] = set()
    waiting = list(left[name].derived_from)
    while waiting:
        source = waiting.pop()
        if source not in found and source in left:
            found.add(source)
            waiting.extend(left[source].derived_from)
    return found


def _key_refs(
    left: Mapping[str, Branch[Any, Any]], branch: Branch[Any, Any], row: Unreadable
) -> Iterable[tuple[str, Hashable]]:
    """The records that the key of an unreadable row refers to, under every model that they are."""
    names = branch.info.key
    values: Any = row.key[0]
    parts: tuple[Any, ...] = tuple(values) if len(names) > 1 else (values,)
    for name, value in zip(names, parts, strict=True):
        ref = branch.info[name].ref if branch.info.fields else ""
        if ref:
            kinds = {kind for other in left.values() if ref in other.info.kinds for kind in other.info.kinds}
            yield from ((kind, _hashable(value)) for kind in sorted(kinds | {ref}))


def _hashable(value: object) -> Hashable:
    return value if isinstance(value, Hashable) else repr(value)
