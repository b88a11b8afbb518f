"""What a careful programmer writes to carry differences out: each statement once, with many rows.

It does less than the product: a record that cannot be written undoes its whole phase, and nobody knows which
it was; there are no outcomes for each record, and no records in memory follow what was written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.records.contestants.by_hand import Found
from benchmarks.records.files import INSERT, SEPARATOR, TABLE
from benchmarks.records.workload import FIELDS

if TYPE_CHECKING:
    import sqlalchemy as sa

FIELDS_OF = attrgetter(*FIELDS)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: rows that are new, values and keys by field, keys that are old."""

    new: list[tuple[Any, ...]]
    changed: Mapping[str, list[tuple[Any, str]]]
    old: list[tuple[str]]


def work_of(found: Found, adapted: Mapping[str, Callable[[Any], Any]]) -> Work:
    """Return what differs as parameters; fields whose values the driver does not take are *adapted*."""
    places = [(FIELDS.index(name), adapt) for name, adapt in adapted.items()]
    new: list[tuple[Any, ...]] = []
    changed: dict[str, list[tuple[Any, str]]] = {}
    old: list[tuple[str]] = []
    for kind, key, attribute, left, _ in found:
        if kind == "new":
            row = list(FIELDS_OF(left))
            for place, adapt in places:
                row[place] = adapt(row[place])
            new.append(tuple(row))
        elif kind == "changed":
            value = adapted[attribute](left) if attribute in adapted else left
            changed.setdefault(attribute, []).append((value, key))
        else:
            old.append((key,))
    return Work(new, changed, old)


def write_sqlite(url: sa.URL, found: Found) -> None:
    """Write by `executemany`, each phase in one transaction."""
    adapted: Mapping[str, Callable[[Any], Any]] = {
        "born": lambda day: day.isoformat(),
        "active": int,
        "courses": SEPARATOR.join,
        "changed_at": lambda moment: moment.isoformat(" "),
    }
    work = work_of(found, adapted)
    with closing(sqlite3.connect(str(url.database))) as connection:
        with connection:
            connection.executemany(INSERT, work.new)
        with connection:
            for name, rows in work.changed.items():
                done = connection.executemany(f"UPDATE {TABLE} SET {name} = ? WHERE code = ?", rows)
                _see(done.rowcount, rows)
        with connection:
            done = connection.executemany(f"DELETE FROM {TABLE} WHERE code = ?", work.old)
            _see(done.rowcount, work.old)


def write_postgresql(url: sa.URL, found: Found) -> None:
    """Write new rows by COPY and the others by `executemany`, each phase in one transaction."""
    work = work_of(found, {"courses": SEPARATOR.join})
    with psycopg.connect(
        host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database
    ) as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {TABLE} ({', '.join(FIELDS)}) FROM STDIN".encode()) as copy:
            _all(copy.write_row, work.new)
        connection.commit()
        for name, rows in work.changed.items():
            cursor.executemany(f"UPDATE {TABLE} SET {name} = %s WHERE code = %s".encode(), rows)
            _see(cursor.rowcount, rows)
        connection.commit()
        cursor.executemany(f"DELETE FROM {TABLE} WHERE code = %s".encode(), work.old)
        _see(cursor.rowcount, work.old)


def _see(hit: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """End it, and so undo the phase, where a row was not there; nobody would know which."""
    if hit != len(rows):
        raise SystemExit(f"{hit} rows were written, expected {len(rows)}")


def _all(write: Callable[[tuple[Any, ...]], None], rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        write(row)


BY_HAND: Mapping[str, Callable[[sa.URL, Found], None]] = {
    "sqlite": write_sqlite,
    "postgresql": write_postgresql,
}
"""How each kind of database is written."""
