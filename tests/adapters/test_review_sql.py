"""What a reviewer broke: a cell that the driver cannot decode, and quotes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from dss_runtime import DataStoreTree, SourceError
from dss_runtime.adapters.sql import SqlImporter, SqlSource


def test_a_cell_that_is_no_text_is_not_shown(tmp_path: Path) -> None:
    """The error names the column, and not what is in it: the field may be sensitive."""
    with sqlite3.connect(tmp_path / "people.db") as connection:
        connection.execute("CREATE TABLE people (id TEXT, pin TEXT)")
        connection.execute("INSERT INTO people VALUES ('1', CAST(x'73656372657427ff' AS TEXT))")
    connection.close()
    table = sa.Table("people", sa.MetaData(), sa.Column("id", sa.Text()), sa.Column("pin", sa.Text()))
    importer = SqlImporter(DataStoreTree(name="Moodle", settings={"url": f"sqlite:///{tmp_path}/people.db"}))

    with (
        pytest.raises(SourceError) as caught,
        importer.open(SqlSource(table=table, columns=("id", "pin"))) as rows,
    ):
        list(rows)

    assert "column 'pin'" in str(caught.value)
    assert "secret" not in f"{caught.value} {caught.value!r}"
