"""Which columns tell a table's rows apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, islice

from ..fieldtypes import key_types
from .distinct import Distinct
from .evidence import Column, Key, Table
from .labels import is_personal, is_telling
from .words import singular, words

few_rows = 20
"""Below this many rows, what is unique may be so by chance."""
_MOST_COMBINED = 8
_AT_ONCE = 28
"""So many combinations are tried in one reading: of eight columns, every pair."""
_INEXACT = ("bool", "datetime", "time")
"""Types that read differing texts as one value, so that distinct texts are no evidence."""


def choose_key(table: Table) -> Key:
    """Return the best key of *table*: what is declared, else one unique column, else two or three together.

    Where nothing is unique, the choice still loads, and a doubt says so.
    """
    declared = _declared(table)
    if declared is not None:
        return declared
    found = _undeclared(table)
    if not table.source.key:
        return found
    doubt = "the declared key cannot be one here: a column of it is left out, or of a type that no key has"
    return Key(found.columns, found.facts, (doubt, *found.doubts))


def _undeclared(table: Table) -> Key:
    if not table.source.judged:
        return _by_name(table)
    rank = _Rank(table)
    single = sorted((column for column in table.kept if _may(column) and column.unique), key=rank)
    telling = [column for column in single if is_telling(column.label)]
    own = [column for column in telling if rank.is_own(column)]
    if own or (telling and (table.rows >= few_rows or not _links(table, rank))):
        return _found(table, ((own or telling)[0],))
    if single and not telling and table.rows >= few_rows and not (_generic(single[0]) or _links(table, rank)):
        return _found(table, (single[0],))
    together = _combination(table)
    if together and (not single or all(is_telling(column.label) for column in together)):
        return _found(table, together)
    return _found(table, (single[0],)) if single else _nothing(table)


def _links(table: Table, rank: _Rank) -> bool:
    """Return whether *table* seems to link others: several of its columns name something else's key.

    With few rows one of them may be unique by chance, where only both together tell links apart.
    """
    naming = [column for column in table.kept if _may(column) and is_telling(column.label)]
    return len(naming) > 1 and not any(map(rank.is_own, naming))


def _declared(table: Table) -> Key | None:
    columns = [table.column(index) for index in table.source.key]
    if not columns:
        return None
    if any(column is None or not _may(column, declared=True) for column in columns):
        return None
    doubts: list[str] = []
    blank = sum(column.blank for column in columns if column is not None)
    if blank:
        doubts.append(f"blank in {blank:,} of {table.rows:,} rows, which will be unreadable")
    if any(column is not None and column.typed.name == "datetime" for column in columns):
        doubts.append("a point in time in a key is compared in UTC")
    return Key(table.source.key, (table.source.key_fact,), tuple(doubts))


def _may(column: Column, *, declared: bool = False) -> bool:
    """Return whether *column* can be in a key."""
    if column.typed.name not in key_types() or column.typed.transform == "{own}":
        return False
    return declared or (column.typed.name not in _INEXACT and not column.blank)


def _generic(column: Column) -> bool:
    """Return whether a column that happens to be unique is more likely to say something of the record."""
    return column.typed.name not in ("str", "int", "uuid") or is_personal(column.label)


class _Rank:
    """Puts first what is most likely a key, to judge by its name and place."""

    def __init__(self, table: Table) -> None:
        self._own = singular(words(table.source.name)[-1]) if words(table.source.name) else ""

    def is_own(self, column: Column) -> bool:
        """Return whether the name of *column* speaks of this very table's records: `id`, `Student_Number`."""
        found = words(column.label)
        if "".join(found) in ("id", "uuid", "guid", "sourcedid", f"{self._own}id"):
            return True
        return is_telling(column.label) and bool(found) and found[0] == self._own

    def __call__(self, column: Column) -> tuple[int, int]:
        if self.is_own(column):
            score = 0
        elif is_telling(column.label):
            score = 2
        elif _generic(column):
            score = 5 if is_personal(column.label) else 4
        else:
            score = 3
        return score, column.index


def _combination(table: Table) -> tuple[Column, ...]:
    """Return the first two columns, else three, that together are unique; those that refer come first."""
    able = [column for column in table.kept if _may(column)]
    # Columns that look like numbers of something, then the leftmost.
    able.sort(key=lambda column: (not is_telling(column.label), _generic(column), column.index))
    able = able[:_MOST_COMBINED]
    for size in (2, 3):
        waiting = combinations(able, size)
        while some := list(islice(waiting, _AT_ONCE)):
            found = _first_unique(table, some)
            if found:
                return tuple(sorted(found, key=lambda column: column.index))
    return ()


def _first_unique(table: Table, tried: Sequence[tuple[Column, ...]]) -> tuple[Column, ...]:
    indexes = tuple(sorted({column.index for columns in tried for column in columns}))
    places = [tuple(indexes.index(column.index) for column in columns) for columns in tried]
    looks = [Distinct() for _ in tried]
    rows = iter(table.source.cells(indexes))
    while chunk := list(islice(rows, 2_000)):
        for look, at in zip(looks, places, strict=True):
            look.add(_joined(chunk, at))
        if all(look.repeated for look in looks):
            return ()
    return next((columns for look, columns in zip(looks, tried, strict=True) if look.is_unique()), ())


def _joined(rows: Iterable[Sequence[object]], at: tuple[int, ...]) -> Iterable[str]:
    return (repr([str(row[each]) for each in at]) for row in rows)


def _found(table: Table, columns: Sequence[Column]) -> Key:
    what = "unique" if len(columns) == 1 else "unique together"
    doubts: list[str] = []
    if not table.complete:
        doubts.append("the other rows were not looked at")
    if table.rows < few_rows:
        doubts.append("so few rows are little evidence")
    elif len(columns) > 1 or not is_telling(columns[0].label):
        doubts.append("nothing declares it to be a key")
    return Key(tuple(column.index for column in columns), (f"{what} in {table.scope}",), tuple(doubts))


def _nothing(table: Table) -> Key:
    """Choose what loads where no few columns are unique."""
    able = [column for column in table.kept if column.typed.name in key_types()]
    able = [column for column in able if column.typed.transform != "{own}"]
    if not able:
        return Key((), doubts=("no column can be a key: all of them were left out or are of other types",))
    best = min(able, key=lambda column: (column.blank > 0, not is_telling(column.label), column.index))
    doubts = [
        f"nothing is unique in {table.scope}, not even three columns together: say what tells records apart"
    ]
    if best.blank:
        doubts.append("rows in which it is blank will be unreadable")
    return Key((best.index,), doubts=tuple(doubts))


def _by_name(table: Table) -> Key:
    """Choose by names alone, where there are no rows."""
    able = [column for column in table.kept if column.typed.name in key_types()]
    if not able:
        return Key((), doubts=("no column can be a key",))
    rank = _Rank(table)
    best = min(able, key=lambda column: (column.optional, rank(column)))
    return Key((best.index,), doubts=("chosen by its name: nothing says what tells records apart",))
