"""What reading costs, what is told before it, and what others may ask."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dss_runtime import Check, SettingsError
from dss_runtime._extras import MissingExtraError
from dss_runtime._file_checks import examined
from dss_runtime.adapters.parquet import ParquetRows, ParquetSource
from dss_runtime.adapters.parquet._rows import look
from tests.adapters.items import item
from tests.adapters.parquet_system import ParquetSystem
from tests.parquet.tables import Write, each_format, importer

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ROWS = 300_000


def test_a_large_row_group_is_read_in_pieces(tmp_path: Path) -> None:
    """Of one row group of 38 MB, no more than a tenth is in memory; other columns are not read at all."""
    texts = [f"{number:0120}" for number in range(ROWS)]
    table = pa.table({"a": texts, "b": texts})
    pq.write_table(table, tmp_path / "t", row_group_size=ROWS, use_dictionary=False, compression="none")
    assert 1 == pq.read_metadata(tmp_path / "t").num_row_groups
    del table, texts
    before, most = pa.total_allocated_bytes(), 0
    for number, _ in enumerate(ParquetRows(tmp_path, ParquetSource(path=("t",), columns=("a",)))):
        if number % 1_000 == 0:
            most = max(most, pa.total_allocated_bytes() - before)
    assert 0 < most < 4_000_000


@each_format
def test_what_is_told_of_files_before_they_are_read(tmp_path: Path, write: Write) -> None:
    """The columns by the schema, one row as a sample, size and age."""
    write(pa.table({"id": [1], "nane": ["a"]}), tmp_path / "t_2.x")
    write(pa.table({"id": [1]}).slice(0, 0), tmp_path / "empty")
    two_hours_ago = NOW.timestamp() - 7200
    os.utime(tmp_path / "t_2.x", (two_hours_ago, two_hours_ago))
    sources = {
        "good": ParquetSource(path=("t_*.x",), columns=("id",), newest=True),
        "bad": ParquetSource(path=("t_2.x",), columns=("name",)),
        "none": ParquetSource(path=("empty",), columns=("id",)),
    }
    size = (tmp_path / "t_2.x").stat().st_size
    found = [each for each in examined(tmp_path, sources, NOW, look) if each.topic in ("reachable", "schema")]
    assert [
        Check("reachable", "ok", f"the folder {tmp_path} is there"),
        Check("schema", "ok", "good: t_2.x can be read, with all 1 columns"),
        Check(
            "schema", "error", f"bad: {tmp_path}/t_2.x: the file has no column 'name', did you mean 'nane'?"
        ),
    ] == found[:3]
    assert "is without a row" in found[3].text
    age = next(each for each in examined(tmp_path, sources, NOW, look) if each.topic == "limits")
    assert Check("limits", "ok", f"good: {size:,} bytes, the oldest file was written 2 hours ago") == age


def test_a_tree_tells_what_it_reads(tmp_path: Path) -> None:
    """`dss doctor` and guards on age ask the importer; an engine asks for the files and their columns."""
    system = ParquetSystem(tmp_path)
    system.fill([item("one")])
    tree = system.tree()
    reader = tree.importer
    assert [] == [each for each in reader.examine() if each.state == "error"]
    written = datetime.fromtimestamp(system.path.stat().st_mtime, UTC)
    assert {"items": written} == reader.last_written()
    source = ParquetSource(path=("items.*",), columns=("ident",))
    assert [system.path.resolve()] == [found.path for found in importer(tmp_path).files(source)]


@pytest.mark.parametrize("settings", [{}, {"folder": ""}, {"folder": 7}])
def test_a_folder_is_needed(settings: dict[str, object]) -> None:
    """The error names the setting."""
    tree = ParquetSystem(Path()).tree()
    tree.settings = settings
    with pytest.raises(SettingsError, match=r"\[trees.ParquetTree\] folder = "):
        tree.load()


def test_what_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyarrow comes with an extra."""
    for name in [each for each in sys.modules if each.startswith("dss_runtime.adapters.parquet")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"python -m pip install 'datastoresync\[parquet\]'"):
        __import__("dss_runtime.adapters.parquet")
