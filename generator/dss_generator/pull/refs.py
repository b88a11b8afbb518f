"""Which columns refer to the key of another table: declared, or by their names and all their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from .evidence import Column, Judged, Key, Ref, Reference, Table
from .look import blank
from .words import singular, words

_NEAR = 0.9
"""A column of which so many values are found is mentioned, though it is no ref."""


def judge_refs(tables: Sequence[Table], keys: Mapping[str, Key]) -> tuple[Judged, ...]:
    """Return *tables* with their keys and refs.

    A ref needs a target with a single key of the same type, and, unless the source vouches for it, that each
    value is a key there. Keys that would refer to each other in a circle stay plain.
    """
    return _Refs(tables, keys).judged()


class _Refs:
    """One run over all tables."""

    def __init__(self, tables: Sequence[Table], keys: Mapping[str, Key]) -> None:
        self._tables = {table.source.name: table for table in tables}
        self._keys = keys
        self._values: dict[str, frozenset[int] | None] = {}
        self._own = _own_names(tables, keys)
        self._heads = _key_names(self._own)

    def judged(self) -> tuple[Judged, ...]:
        """Return every table with what was found."""
        found = [self._table(table) for table in self._tables.values()]
        return tuple(_without_circles(found))

    def _table(self, table: Table) -> Judged:
        refs: list[Ref] = []
        doubts: list[tuple[int, str]] = []
        given = {each.column: each for each in table.source.references}
        for column in table.kept:
            reference = given.get(column.index)
            candidates = [reference.table] if reference else self._named(table, column)
            for name in candidates:
                ref, doubt = self._try(table, column, name, reference)
                if ref is not None:
                    refs.append(ref)
                    break
                if doubt:
                    doubts.append((column.index, doubt))
        return Judged(table, self._keys[table.source.name], tuple(refs), tuple(doubts))

    def _named(self, table: Table, column: Column) -> list[str]:
        """Return the tables whose key the name of *column* speaks of, what it says most clearly first."""
        name = "".join(words(column.label))
        found: list[tuple[int, str]] = []
        for target, heads in self._heads.items():
            if target == table.source.name:
                if self._keys[target].columns == (column.index,):
                    continue
                heads = tuple(f"parent{each}" for each in ("", "id", self._own[target]))
            fits = [at for at, head in enumerate(heads) if name == head or _ends_with(name, head)]
            if fits:
                found.append((fits[0], target))
        return [target for _, target in sorted(found, key=lambda each: each[0])]

    def _try(
        self, table: Table, column: Column, name: str, reference: Reference | None
    ) -> tuple[Ref | None, str]:
        """Return the ref of *column* to the table *name*, or what to say instead."""
        target = self._tables.get(name)
        if target is None:
            told = reference is not None and reference.declared
            return None, f"refers to {name}, which is not taken" if told else ""
        key = self._key_column(target)
        if key is None or (reference is not None and reference.to != key.source):
            told = reference is not None and reference.declared
            return None, f"refers to {target.source.title}, though not to its key" if told else ""
        if not _alike(table, column, key):
            if reference is None:
                return None, ""
            return (
                None,
                f"refers to {target.source.title}, whose key is {key.typed.name}, not {column.typed.name}",
            )
        where = f"{target.source.title} {key.label}"
        if reference is not None and reference.declared:
            return Ref(column.index, name, (f"refers to {where}",)), ""
        if column.blank == table.rows:
            return None, ""
        checked, missing = self._compare(table, column, target)
        if checked is None:
            return None, f"may refer to {where}, of which there are more rows than were looked at"
        if missing:
            if reference is not None or missing <= checked * (1 - _NEAR):
                return None, f"no ref to {where}: {missing:,} of {checked:,} values are not there"
            return None, ""
        fact = f"all {checked:,} values are in {where}" if checked > 1 else f"its one value is in {where}"
        if reference is not None:
            return Ref(column.index, name, facts=(fact,)), ""
        return Ref(column.index, name, doubts=(f"a ref, as {fact}",)), ""

    def _compare(self, table: Table, column: Column, target: Table) -> tuple[int | None, int]:
        """Return how many distinct values *column* has, and how many of them *target* has not.

        None where *target* has more rows than were looked at.
        """
        known = self._key_values(target)
        if known is None:
            return None, 0
        seen = frozenset(_cells(table, column.index))
        return len(seen), len(seen - known)

    def _key_values(self, target: Table) -> frozenset[int] | None:
        name = target.source.name
        if name not in self._values:
            index = self._keys[name].columns[0]
            self._values[name] = frozenset(_cells(target, index)) if target.complete else None
        return self._values[name]

    def _key_column(self, table: Table) -> Column | None:
        columns = self._keys[table.source.name].columns
        return table.column(columns[0]) if len(columns) == 1 else None


def _alike(table: Table, column: Column, key: Column) -> bool:
    """Return whether values of *column* can be values of *key*."""
    if table.source.columns[column.index].declared is None:
        return not column.typed.transform and not key.typed.transform  # texts, which are compared as they are
    ours, theirs = column.typed, key.typed
    return (ours.name, ours.of, ours.transform) == (theirs.name, theirs.of, theirs.transform)


def _ends_with(name: str, head: str) -> bool:
    return len(head) > 4 and name.endswith(head)


def _cells(table: Table, index: int) -> Iterable[int]:
    """Yield the hash of each value of a column, some more than once: a million texts would be too many."""
    rows = iter(table.source.cells((index,)))
    while chunk := list(islice(rows, 10_000)):
        yield from {hash(str(row[0])) for row in chunk if not blank(row[0])}


def _own_names(tables: Sequence[Table], keys: Mapping[str, Key]) -> dict[str, str]:
    """Return, by table, what its key is called there, where it is a single column: `sourcedid`."""
    found: dict[str, str] = {}
    for table in tables:
        columns = keys[table.source.name].columns
        column = table.column(columns[0]) if len(columns) == 1 else None
        if column is not None:
            found[table.source.name] = "".join(words(column.label))
    return found


def _key_names(own: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return, by table, the names under which others may mention its key, the clearest first.

    A key's own name counts only where no other table's key has it, and where it says more than `id`.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, key in own.items():
        thing = "".join(map(singular, words(name)))
        heads = [f"{thing}{key}", f"{thing}id"]
        if key not in _SAYING_LITTLE and list(own.values()).count(key) == 1:
            heads.append(key)
        found[name] = tuple(dict.fromkeys(heads))
    return found


_SAYING_LITTLE = ("", "id", "key", "name", "code", "number", "no", "num")


def _without_circles(found: Iterable[Judged]) -> list[Judged]:
    """Return *found* without refs by which a key would, through others, refer to itself."""
    kept: list[Judged] = []
    leads: dict[str, set[str]] = {}
    for each in found:
        name = each.table.source.name
        refs: list[Ref] = []
        for ref in each.refs:
            if ref.column in each.key.columns:
                if name == ref.table or _reaches(leads, ref.table, name):
                    continue
                leads.setdefault(name, set()).add(ref.table)
            refs.append(ref)
        kept.append(replace(each, refs=tuple(refs)))
    return kept


def _reaches(leads: Mapping[str, set[str]], start: str, goal: str) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        for each in leads.get(waiting.pop(), ()):
            if each == goal:
                return True
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return False
