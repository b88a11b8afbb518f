"""A first schema from Parquet and Arrow files: types are declared there, the rest is in the rows."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.parquet.tables import WRITERS, write_arrow, write_parquet
from tests.parquet.test_values import NOT_IN_PARQUET, VALUES, column
from tests.pull.projects import counts, fields, pull, pulled, read, read_project, report, started, unreadable

WRITTEN = Path(__file__).parents[1] / "parquet" / "written"


@settings(max_examples=15)
@given(data=st.data())
def test_what_is_pulled_is_read(data: st.DataObject) -> None:
    """Whatever types the columns have, the schema that is pulled reads every row."""
    size = data.draw(st.integers(1, 4))
    columns = {"id": pa.array(range(size), pa.int64())}
    write = data.draw(st.sampled_from(list(WRITERS.values())))
    for at, (kind, values) in enumerate(data.draw(st.lists(st.sampled_from(VALUES), max_size=4))):
        assume(write is not write_parquet or kind not in NOT_IN_PARQUET)
        cells = data.draw(st.lists(st.none() | values.filter(_plain), min_size=size, max_size=size))
        columns[f"c{at}"] = column(cells, kind)
    with TemporaryDirectory() as place:
        folder = Path(place)
        write(pa.table(columns), folder / "things.x")
        tree = read(folder, pulled(folder, "parquet", "things.x"), {"folder": str(folder)})
    assert [] == unreadable(tree)
    assert {"things": size} == counts(tree)


def _plain(value: object) -> bool:
    """Return whether a field can hold *value*: no text with NUL, and no list with NULL in it."""
    elements = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    return not any(each is None or (isinstance(each, str) and "\0" in each) for each in elements)


def test_types_come_from_the_file(tmp_path: Path) -> None:
    """Also those that text never shows; what no field can hold is left out, and said."""
    table = pa.table(
        {
            "code": ["0012", "0034"],
            "fee": pa.array([None, 1], pa.decimal128(9, 2)),
            "seen": pa.array([0, 1_000], pa.timestamp("ns", "Europe/Vienna")),
            "local": pa.array([0, 1], pa.timestamp("ms")),
            "ident": pa.array([bytes(16), bytes(range(16))], pa.uuid()),
            "doc": pa.array(["{}", "[1]"], pa.json_()),
            "marks": pa.array([[1], []], pa.list_(pa.int8())),
            "home": pa.array([{"town": "a"}, None]),
            "pictures": pa.array([[b"a"], None]),
        }
    )
    write_arrow(table, tmp_path / "things.arrow")
    found = report(tmp_path, "parquet", "things.arrow")
    types = {name: each["type"] for name, each in fields(found, "Thing").items()}
    assert {
        "code": "str", "fee": "decimal", "seen": "datetime", "local": "datetime", "ident": "uuid",
        "doc": "json", "marks": "list",
    } == types  # fmt: skip
    text = pulled(tmp_path, "parquet", "things.arrow")
    assert "left out: home, which holds values of the type struct<town: string>, which no field can" in text
    assert "pictures" in text
    assert "timestamp[ns, tz=Europe/Vienna]" in text


def test_a_project_from_files_of_pandas_and_polars(tmp_path: Path) -> None:
    """It generates, and reads each row of each file."""
    for name in ("pandas.parquet", "polars.arrow"):
        (tmp_path / name).write_bytes((WRITTEN / name).read_bytes())
    tree = read_project(started(tmp_path, "parquet", "pandas.parquet", "polars.arrow"))
    assert [] == unreadable(tree)
    assert {"pandas": 3, "polars": 3} == counts(tree)


def test_files_of_one_kind_are_one_branch(tmp_path: Path) -> None:
    """A version in the name sets them apart, other columns do too."""
    for name, columns in (("a_1", ["id"]), ("a_2", ["id"]), ("a_3", ["id", "more"])):
        write_parquet(pa.table({each: [1, 2] for each in columns}), tmp_path / f"{name}.parquet")
    text = pulled(tmp_path, "parquet", "a_1.parquet", "a_2.parquet", "a_3.parquet")
    assert "path: [a_1.parquet, a_2.parquet]" in text
    assert "path: a_3.parquet" in text


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"id\n1\n", "is neither Parquet nor Arrow IPC"), (b"PAR1", "is damaged, cut off"), (b"", "is empty")],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes, expected: str) -> None:
    """Every one of them, and nothing is written."""
    (tmp_path / "a.parquet").write_bytes(content)
    (tmp_path / "b.parquet").write_bytes(content)
    done = pull(tmp_path, "parquet", "a.parquet", "b.parquet")
    assert (1, "") == (done.exit_code, done.stdout)
    assert 2 == done.stderr.count(expected)
    assert "none.parquet: there is no such file" in pull(tmp_path, "parquet", "none.parquet").stderr
