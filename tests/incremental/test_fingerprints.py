"""Fingerprints of rows and of keys, and what facts hold for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dss_runtime import Place
from dss_runtime._reading import Cells
from dss_runtime._tabular import TextFile
from dss_runtime.engines.fingerprints import Facts
from dss_runtime.engines.fingerprints._facts import UNKNOWN, WIDTH, Hashing, each
from dss_runtime.engines.fingerprints._keys import Keys, StrangeKeyError, form
from dss_runtime.engines.fingerprints._lines import Lines
from dss_runtime.engines.fingerprints._native import NativeRows

SECRET = b"k" * 16

numbers = st.one_of(
    st.integers(), st.booleans(), st.decimals(allow_nan=False), st.floats(allow_nan=False), st.just(2**61)
)
clocks = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
plain = st.one_of(
    st.text(st.characters(codec=None)), st.dates(), st.datetimes(), st.times(), st.uuids(), st.binary()
)
keys = st.one_of(numbers, clocks, plain, st.tuples(numbers, plain), st.tuples(plain, plain))


class Given:
    """Rows that a test gives."""

    unreadable: Sequence[tuple[Place, str]] = ()

    def __init__(self, *rows: Cells) -> None:
        self._rows = rows
        self._at = 0

    def __iter__(self) -> Iterator[Cells]:
        for row in self._rows:
            self._at += 1
            yield row

    def place(self) -> Place:
        """Return the number of the row."""
        return Place("given", self._at)


def native(*rows: Cells) -> list[bytes]:
    """Return the fingerprints of rows."""
    found = NativeRows(Given(*rows), SECRET).fingerprints()
    assert isinstance(found, bytes)
    return list(each(found))


@given(key=keys, other=keys)
@example(key=1, other=True)
@example(key=Decimal("1.50"), other=1.5)
@example(key=0.0, other=-0.0)
@example(
    key=datetime(2026, 1, 1, 5, 30, tzinfo=timezone(timedelta(hours=5.5))),
    other=datetime(2026, 1, 1, tzinfo=UTC),
)
def test_equal_keys_have_one_form(key: Any, other: Any) -> None:
    """Whatever the dict of a branch takes for one key has one form, which is the same every time."""
    assert form(key) == form(key)
    if key == other and hash(key) == hash(other):
        assert form(key) == form(other)


@given(key=plain, other=plain)
def test_other_keys_have_other_forms(key: Any, other: Any) -> None:
    """Texts, days and the like that are not equal differ in form: else all would be read."""
    if type(key) is type(other) and key != other:
        assert form(key) != form(other)


def test_a_key_of_a_strange_type() -> None:
    """Of a type that is not known here, nobody can tell which keys are equal."""
    with pytest.raises(StrangeKeyError, match="two keys of the type complex are equal"):
        form(1j)
    hashing = Hashing(SECRET, "key")
    assert 1j not in Keys(hashing, hashing(form(1)))
    assert True in Keys(hashing, hashing(form(1)))


@given(
    rows=st.lists(st.lists(st.one_of(numbers, clocks, plain, st.none()), min_size=1, max_size=3).map(tuple))
)
def test_rows_with_one_fingerprint_are_the_same_to_the_type(rows: list[tuple[Any, ...]]) -> None:
    """Two rows have one fingerprint just if they are equal, value by value and type by type."""
    marks = native(*rows)
    for (row, mark), (other, its) in itertools.combinations(zip(rows, marks, strict=True), 2):
        assert (mark == its) == (exact(row) == exact(other))
    side = NativeRows(Given(*rows), SECRET)
    assert [exact(row) for row in side.all()] == [exact(row) for row in rows]


def exact(row: Cells) -> list[tuple[type, str]]:
    """Return what tells a row from all that are not the very same."""
    return [(type(cell), repr(cell)) for cell in row]


class Odd(str):
    """A text that is more than a text."""


@pytest.mark.parametrize("cell", [Odd("x"), memoryview(b"x"), bytearray(b"x"), ["x"], {"x": 1}, object(), 1j])
def test_a_value_of_another_type_has_no_fingerprint(cell: Any) -> None:
    """Nobody knows here what else such a value is; so its row is parsed in every run."""
    assert [UNKNOWN] == native(("a", cell))


def test_types_are_told_apart() -> None:
    """What a driver gives as another type is another row."""
    cells = [
        1,
        1.0,
        True,
        "1",
        b"1",
        Decimal(1),
        date(2026, 1, 1),
        "2026-01-01",
        time(1),
        UUID(int=1),
        None,
        "",
    ]
    assert len(set(native(*((cell,) for cell in cells)))) == len(cells)


def test_another_key_gives_other_fingerprints() -> None:
    """Without the project's key, nobody can try which value a fingerprint is of."""
    marks = {Hashing(secret, kind)(b"x") for secret in (SECRET, b"o" * 16) for kind in ("a", "b")}
    assert 4 == len(marks)
    assert {WIDTH} == set(map(len, marks))


@given(st.lists(st.binary(min_size=WIDTH * 3, max_size=WIDTH * 3)))
def test_facts_come_back_as_they_were(pairs: list[bytes]) -> None:
    """What the journal keeps is what was proven."""
    columns = [b"".join(pair[at : at + WIDTH] for pair in pairs) for at in (0, WIDTH, 2 * WIDTH)]
    facts = Facts(*columns)
    assert facts == Facts.unpacked(facts.packed())
    assert len(pairs) == len(facts)


class Text:
    """Files that a test gives."""

    def __init__(self, file: TextFile) -> None:
        self._file = file

    def text_files(self) -> list[TextFile]:
        """Return the only one."""
        return [self._file]

    def lines_of(self, files: Any, wanted: Any, /) -> Any:
        """Nothing is read here."""
        raise NotImplementedError


@pytest.fixture
def hashed(tmp_path: Path) -> Callable[..., bytes | str]:
    """What hashes the lines of a file."""

    def hashed(text: bytes, **options: Any) -> bytes | str:
        path = tmp_path / "rows.csv"
        path.write_bytes(text)
        usual: dict[str, Any] = {
            "wanted": (0, 1), "cells": 2, "header": True, "delimiter": ",", "quote": '"', "encoding": "utf-8",
        }  # fmt: skip
        return Lines(Text(TextFile(path=path, shown="rows.csv", **(usual | options))), SECRET).fingerprints()

    return hashed


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        (b"a,b\n1,\x002\n", {}, "rows.csv holds a NUL byte"),
        (b"a,b\n1,\r2\n", {}, "rows.csv holds a carriage return without a line feed"),
        (b"a,b\n1," + b"x" * (1 << 17) + b"\n", {}, "rows.csv has a line of more than 131,072 bytes"),
        (
            b"a,b\n1,2\n",
            {"encoding": "cp1252"},
            "rows.csv is in cp1252, and only UTF-8 can be read a line at a time",
        ),
        (b"a\n1\n", {"cells": 1}, "rows.csv has a single column, so that a row may be blank"),
        (b"a,b\n", {}, "rows.csv has no row"),
        (b'a,"b\nc"\n1,2\n', {}, "rows.csv has a header that is not its first line alone"),
    ],
)
def test_files_whose_lines_are_no_rows(
    hashed: Callable[..., bytes | str], text: bytes, options: dict[str, Any], reason: str
) -> None:
    """What is told of a file that has to be read in full."""
    assert reason == hashed(text, **options)


def test_lines_are_told_by_what_they_hold_and_how_it_is_read(hashed: Callable[..., bytes | str]) -> None:
    """The last line needs no end; other columns, delimiters or quotes make other rows of the same bytes."""
    usual = hashed(b"a,b\n1,2\n3,4\n")
    assert usual == hashed(b"a,b\n1,2\n3,4") == hashed(b"x,y\n1,2\n3,4\n")
    assert usual == hashed(b"1,2\n3,4\n", header=False)
    others: list[dict[str, Any]] = [{"wanted": (1, 0)}, {"delimiter": ";", "cells": 3}, {"quote": ""}]
    found = {hashed(b"1,2\n3,4\n", header=False, **each) for each in others}
    assert usual not in found
    assert 3 == len(found)
    assert usual != hashed(b"1,2\r\n3,4\r\n", header=False)
