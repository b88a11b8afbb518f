"""The example adapter does what the conformance suite asks of every adapter, and what files of lines need."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from dss_runtime import SourceError
from tests.adapters.conformance import CsvSystem, SqlSystem
from tests.adapters.items import ITEMS, Item, item
from tests.adapters.systems import System
from tests.adapters.test_conformance import EXTREMES, check_converges, synced
from tests.extensions.jsonl import JsonlSystem


@pytest.mark.parametrize("source", [CsvSystem, JsonlSystem, SqlSystem])
@settings(max_examples=settings().max_examples // 3)
@given(ours=ITEMS, theirs=ITEMS)
def test_a_sync_into_a_file_of_lines_converges(
    source: type[System], ours: list[Item], theirs: list[Item]
) -> None:
    """Whatever both sides hold, a sync makes them equal, leaves the source alone, and needs no second one."""
    ours = ours or [item("one")]
    with TemporaryDirectory() as left, TemporaryDirectory() as right:
        one, other = source(Path(left)), JsonlSystem(Path(right))
        one.fill(ours)
        other.fill(theirs)
        check_converges(one, other, ours)


def test_the_extremes_of_every_type_are_kept(tmp_path: Path) -> None:
    """The largest, smallest and oddest values of each type come back as they are."""
    left, right = SqlSystem(tmp_path), JsonlSystem(tmp_path)
    left.fill(EXTREMES)
    right.fill([])
    check_converges(left, right, EXTREMES)


def test_what_the_schema_does_not_know_stays(tmp_path: Path) -> None:
    """Lines that are no objects, and members that are no fields, survive a sync as they are."""
    left, right = SqlSystem(tmp_path), JsonlSystem(tmp_path)
    left.fill([item("a", count=2)])
    others = ['"text"', "[1]", '{"no": "key"}']
    line = {"ident": "a", "count": "1", "blob": "", "tags": "", "marks": "", "note": "ours"}
    right.write([others[0], json.dumps(line), *others[1:]])
    synced(left, right)
    first, found, *rest = right.state().decode().splitlines()
    assert others == [first, *rest]
    assert {"note": "ours", "count": 2} == {name: json.loads(found)[name] for name in ("note", "count")}


@pytest.mark.parametrize(("content", "reason"), [("", "is empty"), ('{"ident": "a"}', "is cut off")])
def test_nothing_is_no_data(tmp_path: Path, content: str, reason: str) -> None:
    """An empty file, unless the settings allow it, and one whose last line has no end, stop a run."""
    system = JsonlSystem(tmp_path)
    (tmp_path / "items.jsonl").write_text(content, encoding="utf-8")
    tree = system.tree()
    tree.settings["may_be_empty"] = False
    with pytest.raises(SourceError, match=reason):
        tree.load()
