"""Cells as files and databases have them: values in plain and in odd spellings, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

from dss_runtime.engines.columnar import Kind
from dss_runtime.types import FieldType
from tests.types.cases import evaluated

ODD = (
    "", " ", "\t", "\u00a0", "\u2003", "\0", "a\0b", "NULL", "NaN", "nan", "inf", "-inf", "Infinity",
    "infinity", "-0", "-0.0", "0.0", "0", "+0", "00", "1", "01", "+1", " 1", "1 ", "1\n", "\n1", "1.0",
    "1.", ".5", "1_0", "1e0", "1e3", "1E3", "1e+20", "1e400", "1e-400", "1d", "1f", "0x10", "1,5", "1.5",
    "1.50", "0.1", "0.10", "0.30000000000000004", "2.675", "1.005", "0.125", "-0.125", "0.5", "1.5e0",
    "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "-9223372036854775807", "1" * 18, "1" * 30, "1" * 400, "123456789012345.25",
    "12345678901234567.123456789012345678", "١", "１", "²", "1\u00a0", "true", "True", "TRUE", "t", "T",
    "yes", "NO", "on", "oN", "off", "f", "falſe", "ﬀ", "K", "2026-09-01", "2026-9-1", "2026-02-29",
    "2024-02-29", "0000-01-01", "0001-01-01", "0001-01-02", "9999-12-31", "10000-01-01", "-0001-01-01",
    "2026-09-01 ", "2026-09-31", "20260901", "2026-09-01 (BC)", "epoch", "today", "2026-09-01T08:30:00",
    "2026-09-01 08:30:00", "2026-09-01 08:30", "2026-09-01T08:30:00Z", "2026-09-01T08:30:00+00:00",
    "2026-09-01T10:30:00+02:00", "2026-09-01T08:30:00-0000", "2026-09-01T08:30:00+02",
    "2026-09-01 08:30:00.5", "2026-09-01 08:30:00.500000", "2026-09-01 08:30:00.5005",
    "2026-09-01 08:30:00.4995", "2026-09-01T24:00:00", "2026-09-01T23:59:60",
    "2026-09-01T08:30:00 Europe/Vienna", "2026-03-29T02:30:00", "2026-10-25T02:30:00",
    "9999-12-31T23:59:59.999999", "0001-01-01T00:00:00", "9999-12-31T23:59:59-01:00", "2026-09-01t08:30:00",
    "2026-09-01T08:30:00z", "2026-09-01  08:30:00", "2026-02-30T00:00:00", "08:30", "08:30:00", "8:30",
    "24:00", "23:59:59.9", "23:59:59.999999", "08:30:00.000", "08:30:00.0004", "08:30:00.",
    "08:30:00.1234567", "083000", "12345678-1234-5678-1234-567812345678",
    "12345678-1234-5678-1234-56781234567A", "12345678123456781234567812345678",
    "{12345678-1234-5678-1234-567812345678}", "1234567812345678-1234-567812345678",
    "12345678-1234-5678-1234-567812345678\n", "aGVsbG8=", "aGVsbG9=", "aGVsbG8", "aGVs", "AA==", "AB==",
    "====", "aGVs bG8=", "aGVs\n", "a", "A", "ä", "Ä", "a\u0301", "á", "ß", "ẞ", "ss", "SS", "İ", "i̇", "ı",
    "ſ", "é ", "´", "É", "Ǆ", "ǆ", "a,b", "b,a", "a,a", "a,b", "a,", ",", ", ", '"a","b"', '""', '"', "[",
    "[1]", "[a", '["a","b"]', "a;b", "b;a", "a\x01b", "1,2", "2,1", "01,2", "1, 2", "a||b", "b||a",
    "true,false", "2026-09-01,2026-08-01", "2024-02-29,", "08:30,09:00", "\\", "'", "''", "\\1", "$1", "%",
    "_", "x" * 61, "😀", "a😀", "&amp;", "a&b", "a-b-c", "1/9/26", "01.09.2026", "1.9.2026", "31.02.2026",
    "202609010830", "1.234,56", "1234,56", "-1,5", "+1,5", "12.34,5", "a b",
)  # fmt: skip
"""Whatever a cell may hold that some reader takes for something else."""

_SPACES = ("", "", "", " ", "\t", "\n", "\u00a0")

_NATIVE: dict[Kind, st.SearchStrategy[Any]] = {
    "int": st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1)),
    "double": st.one_of(
        st.floats(),
        st.sampled_from([0.0, -0.0, 1.0, 0.125, 2.675, 0.1 + 0.2, 1e20, 2.0**53, 0.30000000000000004]),
        st.integers(-400, 400).map(lambda number: number / 8),
    ),
    "decimal": st.one_of(
        st.decimals(-1000, 1000, places=2), st.decimals(-(10**17), 10**17, allow_nan=False, places=19)
    ),
    "bool": st.booleans(),
    "date": st.one_of(st.dates(), st.sampled_from([date.min, date.max, date(2026, 9, 1)])),
    "timestamp": st.one_of(
        st.datetimes(),
        st.sampled_from([datetime.min, datetime.max]),
        st.integers(0, 4000).map(lambda count: datetime(2026, 9, 1) + timedelta(microseconds=500 * count)),
    ),
    "instant": st.one_of(
        st.datetimes(timezones=st.just(UTC)),
        st.datetimes(datetime(2000, 1, 1), timezones=st.just(timezone(timedelta(hours=2)))),
    ),
    "time": st.one_of(st.times(), st.sampled_from([time(8, 30), time(8, 30, 0, 500)])),
    "blob": st.binary(max_size=6),
}


@cache
def natives(kind: Kind) -> st.SearchStrategy[Any]:
    """Return a strategy of the cells of a column of *kind*, with None."""
    return st.one_of(_NATIVE[kind], st.none()) if kind != "text" else st.one_of(texts(), st.none())


@cache
def texts() -> st.SearchStrategy[str]:
    """Return a strategy of texts for no type in particular."""
    some = st.text(st.sampled_from('aAäß1 0.,-:T"[\\\u00a0é\t'), max_size=5)
    return st.one_of(st.sampled_from(ODD), some, st.text(st.characters(codec="utf-8"), max_size=5))


@cache
def texts_for(kind: FieldType[Any]) -> st.SearchStrategy[str]:
    """Return a strategy of texts, most of which can be read as *kind*, and many of which mean the same."""
    values: st.SearchStrategy[Any] = evaluated(kind.strategy, kind.imports)
    plain = values.map(kind.format).filter(_encodes)
    padded = st.builds(_padded, plain, _spaces, _spaces)
    respelled = st.builds(_changed, plain, st.sampled_from(changes))
    return st.one_of(plain, padded, respelled, st.sampled_from(ODD), texts())


_spaces = st.sampled_from(_SPACES)
changes: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    str.swapcase,
    str.title,
    lambda text: f"+{text}",
    lambda text: f"0{text}",
    lambda text: f"{text}0",
    lambda text: f"{text}.0",
    lambda text: text.replace(" ", "T"),
    lambda text: text.replace("T", " "),
    lambda text: text.replace("+00:00", "Z"),
    lambda text: text.replace("-", ""),
    lambda text: text[::-1],
    lambda text: ",".join(reversed(text.split(","))),
)


def _padded(text: str, before: str, after: str) -> str:
    return f"{before}{text}{after}"


def _changed(text: str, change: Callable[[str], str]) -> str:
    return change(text)


def _encodes(text: str) -> bool:
    """Whether a database can be given *text*: half a surrogate pair is no character."""
    return not any("\ud800" <= each <= "\udfff" for each in text)
