"""The same values in a file of text and in files of columns become the same records."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.conformance import CsvSystem
from tests.adapters.items import ITEMS, Item, item
from tests.adapters.parquet_system import ArrowSystem, ParquetSystem
from tests.adapters.systems import System, fitted


@given(items=ITEMS, kind=st.sampled_from([ParquetSystem, ArrowSystem]))
def test_the_records_are_those_of_csv(items: list[Item], kind: type[System]) -> None:
    """Every field type: text is parsed, values are taken as they are, and no difference is left."""
    held = fitted(items, CsvSystem, kind) or [item("one")]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        systems = (CsvSystem(Path(one)), kind(Path(other)))
        for system in systems:
            system.fill(held)
        text, columns = (system.tree().load() for system in systems)
    assert 0 == len(text - columns) == len(columns - text)
    for tree in (text, columns):
        (branch,) = tree.branches
        assert (len(held), []) == (branch.rows_read, branch.unreadable)
