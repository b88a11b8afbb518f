"""Values come back as they were written, whatever the type and the file format."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from hypothesis import assume, given
from hypothesis import strategies as st
from pyarrow import types

from tests.parquet.tables import WRITERS, read, write_parquet


def in_utc(value: datetime) -> datetime:
    """Return *value* with the zone that it is in."""
    return value.replace(tzinfo=UTC)


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
OCTETS = st.binary(max_size=8)
MOMENTS = st.datetimes(timezones=st.just(UTC))
NANOSECONDS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))
VALUES: tuple[tuple[pa.DataType, st.SearchStrategy[Any]], ...] = (
    (pa.null(), st.none()),
    (pa.bool_(), st.booleans()),
    *((pa.uint8(), st.integers(0, 2**8 - 1)), (pa.uint64(), st.integers(0, 2**64 - 1))),
    *((pa.int8(), st.integers(-(2**7), 2**7 - 1)), (pa.int64(), st.integers(-(2**63), 2**63 - 1))),
    *((pa.float32(), st.floats(width=32)), (pa.float64(), st.floats()), (pa.float16(), st.floats(width=16))),
    (pa.decimal32(9, 2), st.decimals(-(10**6), 10**6, places=2)),
    (pa.decimal64(18, 0), st.decimals(-(10**17), 10**17, places=0)),
    (pa.decimal128(38, 10), st.decimals(-(10**27), 10**27, places=10)),
    (pa.decimal256(76, 30), st.decimals(-(10**45), 10**45, places=30)),
    *((kind, TEXT) for kind in (pa.string(), pa.large_string(), pa.string_view())),
    *((kind, OCTETS) for kind in (pa.binary(), pa.large_binary(), pa.binary_view())),
    (pa.binary(3), st.binary(min_size=3, max_size=3)),
    *((kind, st.dates()) for kind in (pa.date32(), pa.date64())),
    (pa.time32("s"), st.times().map(lambda value: value.replace(microsecond=0))),
    (pa.time32("ms"), st.times().map(lambda value: value.replace(microsecond=7_000))),
    *((pa.time64(unit), st.times()) for unit in ("us", "ns")),
    (pa.timestamp("s"), st.datetimes().map(lambda value: value.replace(microsecond=0))),
    (pa.timestamp("ms"), st.datetimes().map(lambda value: value.replace(microsecond=9_000))),
    *((pa.timestamp("us"), st.datetimes()), (pa.timestamp("ns"), NANOSECONDS)),
    (pa.timestamp("us", "UTC"), MOMENTS),
    (pa.timestamp("us", "Europe/Vienna"), MOMENTS),
    (pa.timestamp("ns", "+05:30"), NANOSECONDS.map(in_utc)),
    *((pa.dictionary(pa.int8(), kind), TEXT) for kind in (pa.string(), pa.large_string(), pa.string_view())),
    (pa.dictionary(pa.int32(), pa.timestamp("ns")), NANOSECONDS),
    (pa.dictionary(pa.int32(), pa.binary_view()), OCTETS),
    (pa.json_(), st.just('{"a": 1}')),
    (pa.list_(pa.string()), st.lists(TEXT, max_size=3).map(tuple)),
    (pa.list_(pa.timestamp("ns", "UTC")), st.lists(NANOSECONDS.map(in_utc), max_size=3).map(tuple)),
    (pa.large_list(pa.int64()), st.lists(st.none() | st.integers(-9, 9), max_size=3).map(tuple)),
    (pa.list_view(pa.int64()), st.lists(st.integers(-9, 9), max_size=3).map(tuple)),
    (pa.list_(pa.date32(), 2), st.tuples(st.dates(), st.dates())),
)  # fmt: skip
NOT_IN_PARQUET = (
    pa.dictionary(pa.int8(), pa.string_view()),
    pa.dictionary(pa.int32(), pa.binary_view()),
    pa.list_view(pa.int64()),
    pa.list_(pa.date32(), 2),
)
"""What pyarrow has no way to write to Parquet, or before 25 to read: a NULL of lists of one length."""


def same(one: Any, other: Any) -> bool:
    """Return whether values are equal, NaN too."""
    return bool(one == other or (one != one and other != other))


def column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return a column of *kind*; most dictionaries pyarrow does not make by itself."""
    if not types.is_dictionary(kind):
        return pa.array(values, kind)
    held = list(dict.fromkeys(value for value in values if value is not None))
    codes = [None if value is None else held.index(value) for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(codes, kind.index_type), pa.array(held, kind.value_type))


@given(st.data())
def test_what_is_written_is_read(data: st.DataObject) -> None:
    """All types, NULL among them, in every format; lists are tuples, and points in time are in UTC."""
    kind, values = data.draw(st.sampled_from(VALUES), label="type")
    written = data.draw(st.lists(st.none() | values, min_size=1, max_size=5))
    write = data.draw(st.sampled_from(list(WRITERS.values())))
    assume(write is not write_parquet or kind not in NOT_IN_PARQUET)
    with TemporaryDirectory() as folder:
        write(pa.table({"a": column(written, kind)}), Path(folder) / "t")
        found = [cell for (cell,) in read(Path(folder), "a")]
    assert len(written) == len(found)
    assert all(map(same, written, found)), (written, found)
