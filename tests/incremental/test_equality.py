"""Fingerprints change nothing: however both sides change from run to run, the plan is that of a full run."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, DssError
from tests.generated_schemas.conftest import world, worlds
from tests.generated_schemas.variations import alternatives
from tests.generated_schemas.worlds import UNGUARDED, World
from tests.incremental.remembering import Remembering, records, told
from tests.strategies.runnable import BASE, FILES, RIGHT

__all__ = ["world", "worlds"]

Trees: TypeAlias = tuple[DataStoreTree, DataStoreTree]

ODD = [
    "",
    " ",
    "0",
    "00",
    "-0",
    "true",
    "é",
    "e\u0301",
    "\xa0x",
    '"',
    'a"b',
    "two\nlines",
    "\x00",
    "x\r",
    "x,y;z\tw",
]
ENGINES: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _something_was_left_out() -> Iterator[None]:
    """Nothing of this holds for anything if no branch is ever sifted."""
    ENGINES.clear()
    yield
    assert ENGINES["left out"]


def check(memory: Remembering, trees: Callable[[], Trees]) -> None:
    """Hold one run with what *memory* knows against one that reads all there is."""
    left, right = trees()
    ours, theirs = trees()
    try:
        left.load()
        right.load()
    except DssError:
        with pytest.raises(DssError):  # where there are several, it may be another one
            memory.load(ours, theirs)
        whole = zip(records(ours, theirs), records(left, right), strict=True)
        assert all(found in ("[]", wanted) for found, wanted in whole)  # and nothing is there in part
        return
    for each in memory.load(ours, theirs):
        branch = next(one for one in ours.branches if one.name == each.branch)
        ENGINES["left out" if branch.rest is not None and len(branch.rest) else each.reason] += 1
    assert told(left, right) == told(ours, theirs)
    assert records(left, right) == records(ours, theirs)


class Files:
    """The files of one side, which somebody edits."""

    def __init__(self, world: World, folder: Path) -> None:
        self.folder = folder
        self.files = {
            folder / f"{name}.csv": (str(options["delimiter"]), bool(options["header"]))
            for name, held in world.held(FILES).items()
            for options in [dict(held.options)]
        }

    def rows(self, path: Path) -> list[list[str]]:
        """Return the rows of a file."""
        text = path.read_bytes().decode()
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=self.files[path][0]))

    def edit(self, data: st.DataObject, other: Files) -> None:
        """Change some rows, as people and exports do; *other* is the other side."""
        for path, (delimiter, header) in self.files.items():
            before = path.read_bytes()
            rows = self.rows(path)
            body = rows[header:]
            for _ in range(data.draw(st.integers(0, 2))):
                change(data, body, other.rows(other.folder / path.name)[header:])
            text = io.StringIO(newline="")
            quoting: Any = csv.QUOTE_MINIMAL if data.draw(st.integers(0, 5)) == 5 else csv.QUOTE_ALL
            ending = data.draw(st.sampled_from(["\r\n"] * 5 + ["\n"]))
            csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ending).writerows(
                [*rows[:header], *body]
            )
            made = text.getvalue()
            spoilt = data.draw(st.integers(0, 40))
            made = {
                0: made.removesuffix(ending),
                1: made + ending,
                2: made.replace(f'"{delimiter}', delimiter, 1),
                3: made.replace('"', "", 1),
                4: "\ufeff" + made,
                5: made + '"',
            }.get(spoilt, made)
            path.write_bytes(made.encode())
            other_way = data.draw(st.integers(0, 20)) == 0
            if other_way and not spoilt:
                path.write_bytes(before)


def change(data: st.DataObject, rows: list[list[str]], others: list[list[str]]) -> None:
    """Change *rows* once; *others* are those of the other side."""
    kind = data.draw(st.sampled_from(["cell", "odd", "gone", "twice", "short", "moved", "theirs", "mixed"]))
    if not rows:
        return
    at = data.draw(st.integers(0, len(rows) - 1))
    row = rows[at]
    cell = data.draw(st.integers(0, max(0, len(row) - 1)))
    near = data.draw(st.sampled_from(rows + others))
    match kind:
        case "cell" if row and cell < len(near):
            row[cell] = near[cell]
        case "odd" if row:
            row[cell] = data.draw(st.sampled_from(ODD))
        case "gone":
            del rows[at]
        case "twice":
            rows.append(list(row))
        case "short" if data.draw(st.integers(0, 5)) == 0:
            row.append("one too many")
        case "moved":
            rows.append(rows.pop(at))
        case "theirs" if others:
            rows[at] = list(data.draw(st.sampled_from(others)))
        case "mixed" if others:
            rows.append([*row[:cell], *data.draw(st.sampled_from(others))[cell:]])
        case _:
            pass


def begun(world: World, data: st.DataObject, place: Path, *, same: bool = False) -> tuple[Files, Files]:
    """Write the files of two sides that have much in common."""
    ours = data.draw(world.data(low=1, plain=True))
    theirs = ours if same else alternatives(world, data, ours)
    for name, each in (("left", ours), ("right", theirs)):
        (place / name).mkdir()
        world.tree(FILES, each, place / name)
    return Files(world, place / "left"), Files(world, place / "right")


@settings(max_examples=max(2, settings().max_examples // 6))
@given(data=st.data())
def test_files_that_are_edited_from_run_to_run(world: World, data: st.DataObject) -> None:
    """Two folders of files differ as they do in objects, whoever edits which of them between the runs."""
    with TemporaryDirectory() as name:
        place, memory = Path(name), Remembering()
        left, right = begun(world, data, place, same=data.draw(st.booleans()))

        def trees() -> Trees:
            found = tuple(world.again(FILES, {"folder": each.folder}) for each in (left, right))
            found[1].name = "Other"
            return found[0], found[1]

        for _ in range(4):
            check(memory, trees)
            left.edit(data, right)
            right.edit(data, left)


@settings(max_examples=max(2, settings().max_examples // 10))
@given(data=st.data())
def test_a_database_that_is_brought_in_step(world: World, data: st.DataObject) -> None:
    """Files and tables differ as they do in objects, when syncs and others write to the tables between."""
    with TemporaryDirectory() as name:
        place, memory = Path(name), Remembering()
        left, right = begun(world, data, place)
        world.create_tables(place)
        settings = dict(world.tree(BASE, {}, place).settings)

        def trees() -> Trees:
            return world.again(FILES, {"folder": left.folder}), world.again(BASE, settings)

        def bring(tree: DataStoreTree) -> None:
            target = world.again(BASE, settings).load()
            tree.load().sync(target, policy=UNGUARDED)

        bring(world.tree(RIGHT, alternatives(world, data, data.draw(world.data(low=1, plain=True)))))
        for _ in range(3):
            check(memory, trees)
            who = data.draw(st.sampled_from(["sync", "somebody", "nobody"]))
            try:
                if who == "sync":
                    bring(trees()[0])
                if who == "somebody":
                    bring(world.again(FILES, {"folder": right.folder}))
            except DssError:
                pass  # A file that cannot be read brings nobody in step.
            left.edit(data, right)
