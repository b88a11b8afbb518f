"""A load that makes records many at a time leaves the tree as one that looks at each row by itself."""

from __future__ import annotations

import csv
import importlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, DssError, _branch_reader
from dss_runtime.adapters.csv import _lines
from dss_runtime.types import _many
from tests.generated_schemas.projects import generated

SCHEMA = """
models:
  Thing:
    key: number
    fields:
      number: str
      name: {type: str, max_length: 4, optional: true}
      size: {type: int, default: 7}
      weight: {type: float, optional: true}
      made: {type: date, optional: true}
      seen: {type: datetime, optional: true}
      kind: {enum: [small, big], default: big}
      tags: {type: list, of: str}
      rooms: {type: set, of: int, default: []}
      here: {type: bool, default: true}
      note: {type: str, optional: true}
branches:
  things: {model: Thing, duplicates: POLICY}
trees:
  Shelf:
    adapter: csv
    branches:
      things:
        path: things.csv
        unreadable: UNREADABLE
        columns: {number: id, name: b, size: c, weight: d, made: e, seen: f, kind: g, tags: h, rooms: i}
        transform: {kind: "strip | lower", note: "{j} | upper"}
        split: {tags: ";"}
        const: {here: false}
"""
HEADER = ("id", "b", "c", "d", "e", "f", "g", "h", "i", "j")
CELLS: tuple[tuple[str, ...], ...] = (
    ("1", "2", "3", "4", "5", "6", "7", " ", ""),
    ("Ann", "", " ", "too long", "é"),
    ("1", "-2", " 3", "", "x", "٣"),
    ("1.5", "-0", "", "nan", "1e5"),
    ("2026-09-01", "", "2026-02-30", "20260901"),
    ("2026-09-01T08:30Z", "", "2026-09-01 08:30+02:00", "2026-09-01"),
    ("small", " BIG ", "", "none"),
    ("a;b", "", '"a;";b', "a;;b", '"'),
    ("1,2", "", "1, 2", "x", "[1, 2]"),
    ("a", "", "\0", '"b\nc"'),
)


def _row(number: int) -> st.SearchStrategy[tuple[str, ...]]:
    """A row of which mostly nothing is wrong, and which mostly has a key of its own."""
    usual = st.tuples(st.just(f"k{number}"), *(st.sampled_from(each[:2]) for each in CELLS[1:]))
    return usual | usual | st.tuples(*map(st.sampled_from, CELLS))


ROWS = st.integers(1, 12).flatmap(lambda count: st.tuples(*map(_row, range(count))))


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, bool], Any]]:
    """What returns the modules of a package for a policy of duplicates, strict or not."""
    root = tmp_path_factory.mktemp("bulk")
    path = list(sys.path)
    sys.path.insert(0, str(root))
    made: dict[tuple[str, bool], Any] = {}

    def package(policy: str, strict: bool) -> Any:
        if (policy, strict) not in made:
            name = f"bulk_{policy}_{strict}"
            text = SCHEMA.replace("POLICY", policy)
            generated(root, name, text.replace("UNREADABLE", "error" if strict else "quarantine"))
            made[policy, strict] = [
                importlib.import_module(f"{name}.generated.{each}") for each in ("trees", "importers")
            ]
        return made[policy, strict]

    yield package
    sys.path[:] = path


def _loaded(package: Any, folder: str) -> tuple[object, ...]:
    trees, importers = package
    told: list[object] = []

    def progress(stage: str, what: str, done: int, total: int, /) -> None:
        told.append((stage, what, done))

    tree: DataStoreTree = trees.Shelf(settings={"folder": folder}, importer=importers.ShelfImporterBase)
    try:
        tree.load(progress)
    except DssError as error:
        return (str(error).replace(folder, ""),)
    (branch,) = tree.branches
    return (
        [(key, repr(record)) for key, record in branch.items()],
        [(str(row).replace(folder, ""), row.key) for row in branch.unreadable],
        branch.rows_read,
        told,
    )


@given(
    rows=ROWS,
    policy=st.sampled_from(["error", "first", "last", "quarantine"]),
    strict=st.booleans(),
    size=st.integers(1, 5),
    step=st.integers(1, 4),
    remembered=st.sampled_from([0, 10_000]),
)
def test_records_made_many_at_a_time_are_those_made_one_by_one(
    trees: Callable[[str, bool], Any],
    rows: list[tuple[str, ...]],
    policy: str,
    strict: bool,
    size: int,
    step: int,
    remembered: int,
) -> None:
    """Records, unreadable rows, errors and what progress is told are equal, over clean and dirty rows."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    package = trees(policy, strict)
    with TemporaryDirectory() as folder, patch.object(_branch_reader, "STEP", step):
        Path(folder, "things.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        with patch.object(_branch_reader, "batches_of", return_value=None):
            expected = _loaded(package, folder)
        with patch.object(_lines, "BATCH", size), patch.object(_many, "MOST", remembered):
            assert expected == _loaded(package, folder)


def test_clean_rows_are_not_looked_at_one_by_one(trees: Callable[[str, bool], Any], tmp_path: Path) -> None:
    """Of a file with nothing wrong in it, no row is parsed by the method for one row."""
    trees_module, importers = trees("error", False)
    body = "".join(f"{at},Ann,1,1.5,2026-09-01,,small,a;b,1,x\n" for at in range(1000))
    (tmp_path / "things.csv").write_text(",".join(HEADER) + "\n" + body, encoding="utf-8")
    tree = trees_module.Shelf(settings={"folder": tmp_path}, importer=importers.ShelfImporterBase)

    with patch.object(_branch_reader.BranchReader, "_counted", side_effect=AssertionError):
        tree.load()

    assert 1000 == len(tree.things)
    assert tree.things["7"].note == "X"
