"""Values that are not what they look like: nothing is rounded, or taken for something else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dss_runtime import DataStoreBranch, Place
from dss_runtime.codegen import Unresolved, number, same, text
from tests.adapters.items import NAMES, item
from tests.adapters.parquet_system import COLUMNS, ParquetSystem
from tests.parquet.tables import Write, each_format, read, refused, write_arrow, write_parquet

UNTRUSTED = "is finer than a microsecond, or outside of the years 1 to 9999, and nothing is rounded unseen"

NO_TIME = "is finer than a microsecond, or no time of a day"


@pytest.mark.parametrize(
    ("values", "kind", "shown", "reason"),
    [
        ([1_000, 1_001], pa.timestamp("ns"), "1970-01-01 00:00:00.000001001", UNTRUSTED),
        ([1_000, 1_001], pa.timestamp("ns", "Nowhere/At_all"), "1970-01-01 00:00:00.000001001", UNTRUSTED),
        ([1, 2**62], pa.timestamp("us"), f"<value out of range: {2**62}>", UNTRUSTED),
        ([1, -(2**62)], pa.timestamp("ms", "UTC"), f"<value out of range: {-(2**62)}>", UNTRUSTED),
        ([1, 2**30], pa.date32(), f"<value out of range: {2**30}>", "is outside of the years 1 to 9999"),
        ([1_000, 1_001], pa.time64("ns"), "00:00:00.000001001", NO_TIME),
        ([1_000, 90_000_000], pa.time32("ms"), "<value out of range: 90000000>", NO_TIME),
    ],
)  # fmt: skip
def test_times_that_no_field_holds(
    tmp_path: Path, values: list[int], kind: pa.DataType, shown: str, reason: str
) -> None:
    """The cell alone is unreadable; its neighbours, and NULL, are not."""
    bits = pa.int32() if kind in (pa.date32(), pa.time32("ms")) else pa.int64()
    write_parquet(pa.table({"a": pa.array([*values, None], bits).view(kind)}), tmp_path / "t")
    (first,), (second,), (third,) = read(tmp_path, "a")
    assert (Unresolved(shown, reason), None) == (second, third)
    assert not isinstance(first, Unresolved)


def test_text_that_is_none(tmp_path: Path) -> None:
    """Some writers of Parquet leave bytes of another encoding; Arrow's formats are checked as a whole."""
    column = pa.array([b"Zo\xc3\xab", b"Zo\xeb", None]).view(pa.string())
    write_parquet(pa.table({"a": column, "b": column.dictionary_encode()}), tmp_path / "t")
    wrong = Unresolved(b"Zo\xeb", "is no text in UTF-8: is the file damaged?")
    assert [("Zoë", "Zoë"), (wrong, wrong), (None, None)] == read(tmp_path, "a", "b")


def test_only_the_row_is_set_aside(tmp_path: Path) -> None:
    """Its key is known and protected; the reason names the place, the column and the value."""
    system = ParquetSystem(tmp_path)
    system.fill([item("one"), item("two"), item("three")])
    table = pq.read_table(system.path)
    at = NAMES.index("moment")
    nanoseconds = pa.array([1_000, 1_001, None], pa.int64()).view(pa.timestamp("ns", "UTC"))
    pq.write_table(table.set_column(at, "moment", nanoseconds), system.path)
    (branch,) = system.tree().load().branches
    assert isinstance(branch, DataStoreBranch)
    assert ["one", "three"] == list(branch)
    (row,) = branch.unreadable
    assert (Place(str(system.path), 2), ("two",)) == (row.place, row.key)
    assert f"moment: '1970-01-01 00:00:00.000001001' {UNTRUSTED}" == row.reason
    assert (3, system.path.stat().st_size) == (branch.rows_read, branch.bytes_read)
    assert datetime.fromtimestamp(system.path.stat().st_mtime, UTC) == branch.modified


@each_format
def test_whole_numbers_of_floats_are_ints_while_floats_tell_them_apart(tmp_path: Path, write: Write) -> None:
    """What pandas makes of ints when one is missing; a large one may have been another number."""
    values: list[Any] = [5.0, -0.0, 2.5, 2.0**53 - 1, 2.0**53, 1e300, float("inf"), None]
    write(pa.table({"a": values}), tmp_path / "t")
    found = [cell for (cell,) in read(tmp_path, "a")]
    assert [5, 0, 2.5, 2**53 - 1, 2.0**53, 1e300, float("inf"), None] == found
    assert [int, int, float, int, float, float, float, type(None)] == list(map(type, found))


@each_format
def test_nan_is_missing_only_to_pandas(tmp_path: Path, write: Write) -> None:
    """Pandas has no other word for it; to others it is the result of a calculation, and no field's value."""
    table = pa.table({"a": [float("nan"), 1.5]})
    write(table, tmp_path / "t")
    assert ["nan", "1.5"] == [str(cell) for (cell,) in read(tmp_path, "a")]
    write(table.replace_schema_metadata({"pandas": "{}"}), tmp_path / "t")
    assert [(None,), (1.5,)] == read(tmp_path, "a")


def test_a_narrow_float_is_the_number_that_it_holds(tmp_path: Path) -> None:
    """0.1 in 32 bits is not 0.1; `scale` of the field is what compares it."""
    write_arrow(pa.table({"a": pa.array([0.1], pa.float32())}), tmp_path / "t")
    assert [(0.10000000149011612,)] == read(tmp_path, "a")


@pytest.mark.parametrize(
    ("bits", "kind"),
    [
        (pa.array([86_400_001], pa.int64()), pa.date64()),
        (pa.array([90_000], pa.int32()), pa.time32("s")),
        (pa.array([b"Zo\xeb"]), pa.string()),
    ],
)
def test_arrow_that_is_none_is_refused_without_its_values(
    tmp_path: Path, bits: pa.Array, kind: pa.DataType
) -> None:
    """A date with a time, a time of no day, text of another encoding: the format allows none of them."""
    write_arrow(pa.table({"a": bits.view(kind)}), tmp_path / "t")
    assert "t: is damaged: it has values that are none of their type" == refused(tmp_path, "a")


def test_timestamps_of_spark_and_impala(tmp_path: Path) -> None:
    """INT96 counts nanoseconds, in which years after 2262 become others; the year 9999 is a favourite."""
    moments = [datetime(9999, 12, 31, 23, 59, 59), datetime(2026, 9, 1, 8, 30, 0, 1), None]
    table = pa.table({"a": pa.array(moments, pa.timestamp("us"))})
    pq.write_table(table, tmp_path / "t", use_deprecated_int96_timestamps=True)
    assert [(each,) for each in moments] == read(tmp_path, "a")


def test_a_transform_makes_no_text_of_what_cannot_be_read() -> None:
    """Nor does `where`: what stands for the value would be taken for it."""
    cell = Unresolved("1970-01-01 00:00:00.000001001", UNTRUSTED)
    for look in (text, number, partial(same, value="a")):
        with pytest.raises(ValueError, match="is finer than a microsecond"):
            look(cell)


WRITTEN = Path(__file__).parent / "written"
SEEN = datetime(2026, 9, 1, 8, 30, 15, 250_000, tzinfo=UTC)
BY_ALL = [
    ("0012", 5, 1.5, True, SEEN),
    ("0034", None, None, False, None),
    ("0056", 6, 3, True, datetime(2026, 2, 28, tzinfo=UTC)),
]
BY_MOST = [
    ("Zoë", date(2012, 3, 4), Decimal("12.50"), ("a", "b")),
    ("Li", date(2011, 12, 31), Decimal("0.00"), ()),
    ("Zoë", None, None, None),
]


@pytest.mark.parametrize("name", sorted(each.name for each in WRITTEN.iterdir() if each.suffix != ".md"))
def test_files_that_others_have_written(name: str) -> None:
    """The same frame by pandas, polars and fastparquet; polars alone tells NaN from a missing value."""
    found = read(WRITTEN, "id", "grade", "mean", "active", "seen", path=(name,))
    if name.startswith("polars"):
        assert "nan" == str(found[1][2])
        found[1] = BY_ALL[1] if found[1][:2] == BY_ALL[1][:2] else found[1]
    assert BY_ALL == found
    if not name.startswith("fastparquet"):
        assert BY_MOST == read(WRITTEN, "name", "born", "fee", "tags", path=(name,))


def test_the_index_of_a_frame_is_a_column() -> None:
    """Pandas writes one that is no mere count under a name of its own."""
    assert [(7,), (8,), (9,)] == read(WRITTEN, "__index_level_0__", path=("pandas.parquet",))


def test_every_field_has_a_column_that_fits_it() -> None:
    """The suite's files of items leave no field type out."""
    assert set(NAMES) == set(COLUMNS)
