"""A sieve changes nothing: whatever files hold, the differences are those of objects."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, DssError
from dss_runtime._sifting import Sieve, load_both
from dss_runtime.engines.duckdb import DuckDBSieve, _lines
from dss_runtime.engines.streaming import StreamingSieve
from tests.generated_schemas.conftest import world, worlds
from tests.generated_schemas.variations import alternatives
from tests.generated_schemas.worlds import Data, World
from tests.strategies.runnable import BASE, FILES, RIGHT

__all__ = ["world", "worlds"]

DIRT = [
    *["", " ", "0", "00", " 7", "7 ", "+1", "-0", "-0.0", "1.50", "1e3", "NaN", "inf", "٣", "9" * 25],
    *["true", "TRUE", "yes", "null", "NULL", "\\N", "{}", '{"a": 1}', "deadbeef", "===", "AAAA"],
    *["2026-02-30", "2026-09-01", "2026-09-01T08:00:00+05:30", "2026-09-01 08:00", "24:00"],
    *["é", "e\u0301", "İ", "ß", "ﬁ", "\xa0", "\u2003x", "\x1f", "\ufeff", "\x00", "#", "\t"],
    *['"', '""', 'a"b', "[", '["a"]', "a,b", ";", ",", "'", "line\nbreak", "x\r"],
]
BARE = [each for each in DIRT if not set(each) & set('",;\n\r\t\x00')]
"""Dirt that a cell holds without quotes, whatever the delimiter."""
PHASES = [Phase.explicit, Phase.generate]
whole = settings(max_examples=max(2, settings().max_examples // 4), phases=PHASES)
few = settings(max_examples=max(2, settings().max_examples // 10), phases=PHASES)
MARKS = st.sampled_from(["same", "left", "right"])


def dirty(
    data: st.DataObject, rows: list[list[str]], other: list[list[str]], dirt: Sequence[str] = DIRT
) -> None:
    """Put odd texts into some cells of one side or of both, and let rows come twice or short."""
    for _ in range(data.draw(st.integers(0, 3))):
        side = data.draw(MARKS)
        for number, each in enumerate((rows, other)):
            if each and side in ("same", ("left", "right")[number]):
                row = each[data.draw(st.integers(0, len(each) - 1)) if side != "same" else 0]
                if row:
                    row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.sampled_from(dirt))
    for each in (rows, other):
        if each and data.draw(st.integers(0, 7)) == 0:
            each.append(list(data.draw(st.sampled_from(each))))
        if each and data.draw(st.integers(0, 15)) == 0:
            data.draw(st.sampled_from(each)).append("one too many")


def rewritten(
    data: st.DataObject, texts: Sequence[str], delimiter: str, header: bool, bare: bool = False
) -> Iterator[str]:
    """Yield files of the same branch of two sides, dirty, and written in some way that CSV allows, or not.

    If *bare*, cells are quoted only where they have to be.
    """
    sides = [list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) for text in texts]
    bodies = [rows[1:] if header else rows for rows in sides]
    dirty(data, bodies[0], bodies[1], BARE if bare else DIRT)
    for rows, body in zip(sides, bodies, strict=True):
        quotings = [csv.QUOTE_MINIMAL] if bare else [csv.QUOTE_ALL, csv.QUOTE_MINIMAL]
        quoting: Any = data.draw(st.sampled_from(quotings))
        ending = data.draw(st.sampled_from(["\n", "\r\n"]))
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ending)
        writer.writerows([*(rows[:1] if header else []), *body])
        made = text.getvalue()
        spoilt = data.draw(st.integers(0, 15))
        yield {
            0: made.removesuffix(ending),
            1: made + ending,
            2: made.replace(f'"{delimiter}', f'" {delimiter}', 1),
            3: made.replace(f'{delimiter}"', f'{delimiter} "', 1),
            4: made.replace(ending, ending + ending, 2),
            5: "\ufeff" + made,
            6: ending + made,
        }.get(spoilt, made)


def spoil(data: st.DataObject, world: World, folders: Sequence[Path], bare: bool = False) -> None:
    """Make the files of two sides dirty, branch by branch."""
    for name, held in world.held(FILES).items():
        options = dict(held.options)
        paths = [folder / f"{name}.csv" for folder in folders]
        texts = [path.read_bytes().decode() for path in paths]
        delimiter, header = str(options["delimiter"]), bool(options["header"])
        for path, text in zip(paths, rewritten(data, texts, delimiter, header, bare), strict=True):
            path.write_bytes(text.encode())


def told(left: DataStoreTree, right: DataStoreTree) -> Any:
    """Return everything that a run would know of two trees that were read."""
    diff = left - right
    sizes = [(each.fullname, len(each), each.rows_read) for tree in (left, right) for each in tree.branches]
    actions, held_back = diff.plan()
    unreadable = [list(each.unreadable) for tree in (left, right) for each in tree.branches]
    retired = [list(each.retired.items()) for tree in (left, right) for each in tree.branches]
    return list(map(repr, actions)), held_back, sizes, list(map(repr, unreadable)), list(map(repr, retired))


def records(*trees: DataStoreTree) -> list[str]:
    """Return all records of *trees* in their order."""
    return [repr(list(branch.items())) for tree in trees for branch in tree.branches]


ENGINES: Counter[str] = Counter()


def check(pairs: Sequence[Sequence[DataStoreTree]], *sieves: Sieve) -> None:
    """Hold what the second of *pairs* reads through a sieve against what the first reads into objects."""
    (left, right), (ours, theirs) = pairs
    try:
        left.load()
        right.load()
    except DssError:
        with pytest.raises(DssError):  # of the right side perhaps, where both have one
            load_both(ours, theirs, *sieves)
        assert [] == [list(branch) for tree in (ours, theirs) for branch in tree.branches if len(branch)]
        return
    chosen = load_both(ours, theirs, *sieves)
    ENGINES.update(each.engine for each in chosen)
    for wanted, found in zip(told(left, right), told(ours, theirs), strict=True):
        assert wanted == found, chosen
    assert records(left, right) == records(ours, theirs)


def folders(data: st.DataObject, world: World, place: Path, bare: bool = False) -> tuple[Data, Data]:
    """Write the files of two sides into two folders, and return what they were made of."""
    ours = data.draw(world.data(low=1, plain=True))
    theirs = alternatives(world, data, ours)
    for name, records_of in (("left", ours), ("right", theirs)):
        (place / name).mkdir()
        world.tree(FILES, records_of, place / name)
    spoil(data, world, [place / "left", place / "right"], bare)
    return ours, theirs


@whole
@given(data=st.data())
def test_files_are_compared_as_objects_are(world: World, data: st.DataObject) -> None:
    """Two folders of files, dirty in every way, differ in columns as they differ in objects."""
    with TemporaryDirectory() as place:
        folders(data, world, Path(place))
        check_files(world, Path(place))


@whole
@given(data=st.data())
def test_lines_are_compared_as_objects_are(world: World, data: st.DataObject) -> None:
    """Files of the same layout differ in their lines as they differ in objects, however many do."""
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patched:
        patched.setattr(_lines, "MANY", 1.0)
        folders(data, world, Path(place), bare=True)
        check_files(world, Path(place))


def check_files(world: World, place: Path) -> None:
    """Hold the files of two folders, as columns, against the same files as objects."""
    pairs = [[world.again(FILES, {"folder": place / name}) for name in ("left", "right")] for _ in range(2)]
    for pair in pairs:
        pair[1].name = "Other"
    check(pairs, DuckDBSieve(always=True))


@few
@given(data=st.data())
def test_files_are_compared_with_a_database(world: World, data: st.DataObject) -> None:
    """Files and tables differ in columns as they differ in objects."""
    with TemporaryDirectory() as name:
        place = Path(name)
        ours, theirs = folders(data, world, place)
        world.create_tables(place)
        filled = world.tree(BASE, {}, place).load()
        world.tree(RIGHT, theirs).load().sync(filled)
        pairs = [
            (world.again(FILES, {"folder": place / "left"}), world.again(BASE, filled.settings))
            for _ in range(2)
        ]
        check(pairs, DuckDBSieve(always=True))
        assert ours is not theirs


@few
@given(data=st.data())
def test_files_are_streamed_past_objects(world: World, data: st.DataObject) -> None:
    """Files that are streamed past records in memory differ from them as objects do."""
    with TemporaryDirectory() as name:
        _, theirs = folders(data, world, Path(name))
        pairs = [
            (world.again(FILES, {"folder": Path(name) / "left"}), world.tree(RIGHT, theirs)) for _ in range(2)
        ]
        check(pairs, StreamingSieve(always=True))
