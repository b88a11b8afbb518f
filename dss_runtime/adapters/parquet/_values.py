"""Columns of Arrow as lists of Python's values, none rounded and none guessed.

What pyarrow gives for a time depends on its unit and on whether pandas is installed, and is slow; so days and
times are counted here, from the integers that they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from dss_runtime.adapters.parquet._kinds import is_list, is_text
from dss_runtime.codegen import Unresolved

_EXACT = 2**53
"""From here on, not every whole number is a float, so that nobody knows which number was meant."""
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = _EPOCH.replace(tzinfo=UTC)
_FIRST_DAY = _EPOCH.toordinal()
_DAY = 86_400_000_000
_WRONG = (pa.ArrowInvalid, ValueError, OverflowError)
"""What conversions raise: a value would be rounded, is no text, or is outside of what Python counts."""
_UNTRUSTED = "is finer than a microsecond, or outside of the years 1 to 9999, and nothing is rounded unseen"


class _Reading(NamedTuple):
    """How the values of a type become Python's; the reason why one cannot, and the type that shows it."""

    values: Callable[[pa.Array], list[Any]]
    reason: str = ""
    shown: pa.DataType | None = None


def cells_of(array: pa.Array, *, nan_is_missing: bool = False) -> list[Any]:
    """Return the values of *array*, None for NULL; one that Python cannot hold exactly is Unresolved.

    Whole numbers of a column of floats are ints, up to where floats can tell them apart: tools that have no
    missing ints write floats. A point in time with a zone is in UTC.
    """
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return cells_of(array.storage, nan_is_missing=nan_is_missing)
    if types.is_dictionary(kind):
        return cells_of(_decoded(array), nan_is_missing=nan_is_missing)
    if is_list(kind):
        elements = iter(cells_of(array.flatten(), nan_is_missing=nan_is_missing))
        lengths: list[int | None] = pc.list_value_length(array).to_pylist()
        return [None if length is None else tuple(islice(elements, length)) for length in lengths]
    if types.is_floating(kind):
        return [_number(value, nan_is_missing) for value in array.to_pylist()]
    reading = _reading(kind)
    try:
        return reading.values(array)
    except _WRONG:
        return [_one(array.slice(at, 1), reading) for at in range(len(array))]


def counted(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    """Return a column of *kind*, its dates given as days and its times as microseconds since 1970."""
    if kind == pa.date32():
        return pa.array(values, pa.int32()).cast(kind)
    return pa.array(values, pa.int64()).cast(kind) if types.is_timestamp(kind) else pa.array(values, kind)


def _decoded(array: pa.Array) -> pa.Array:
    """Return the values that a dictionary's codes stand for; of views, pyarrow can make no array by codes."""
    value, index = array.type.value_type, array.type.index_type
    if types.is_string_view(value):
        array = array.cast(pa.dictionary(index, pa.large_string()))
    elif types.is_binary_view(value):
        array = array.cast(pa.dictionary(index, pa.large_binary()))
    return array.dictionary_decode()


def _reading(kind: pa.DataType) -> _Reading:
    if is_text(kind):
        return _Reading(pa.Array.to_pylist, "is no text in UTF-8: is the file damaged?", pa.large_binary())
    if types.is_timestamp(kind):
        return _Reading(_instants, _UNTRUSTED, pa.string())
    if types.is_date(kind):
        return _Reading(_days, "is outside of the years 1 to 9999", pa.string())
    if types.is_time(kind):
        return _Reading(_times, "is finer than a microsecond, or no time of a day", pa.string())
    return _Reading(pa.Array.to_pylist)


def _one(array: pa.Array, reading: _Reading) -> Any:
    """Return the only value of *array*, Unresolved where it cannot be had."""
    try:
        return reading.values(array)[0]
    except _WRONG:
        if types.is_timestamp(array.type):
            array = array.cast(pa.timestamp(array.type.unit))  # a zone that no machine knows has no text
        (shown,) = array.cast(reading.shown).to_pylist()
        return Unresolved(shown, reading.reason)


def _number(value: float | None, nan_is_missing: bool) -> float | None:
    if value is None or (nan_is_missing and value != value):
        return None
    return int(value) if value.is_integer() and -_EXACT < value < _EXACT else value


def _instants(array: pa.Array) -> list[datetime | None]:
    start = _EPOCH if array.type.tz is None else _EPOCH_UTC
    counts: list[int | None] = array.cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()
    return [None if count is None else start + timedelta(microseconds=count) for count in counts]


def _days(array: pa.Array) -> list[date | None]:
    counts: list[int | None] = array.cast(pa.date32()).cast(pa.int32()).to_pylist()
    return [None if count is None else date.fromordinal(_FIRST_DAY + count) for count in counts]


def _times(array: pa.Array) -> list[Any]:
    counts: list[int | None] = array.cast(pa.time64("us")).cast(pa.int64()).to_pylist()
    if any(count is not None and not 0 <= count < _DAY for count in counts):
        raise ValueError("no time of a day")
    return [None if count is None else (_EPOCH + timedelta(microseconds=count)).time() for count in counts]
