"""Files of one layout are compared line by line; where anything is odd, cell by cell, or as objects."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dss_generator.schema.resolved import Schema
from dss_runtime import DataStoreTree, DefaultTemplate, Policy, SourceError, UnknownOutcomeError, override
from dss_runtime._sifting import Sieve, Sifting, load_both
from dss_runtime._tabular import State
from dss_runtime.adapters.csv._rows import CsvRows
from dss_runtime.engines.duckdb import DuckDBSieve, _proof
from dss_runtime.engines.duckdb._lines import alike_lines
from dss_runtime.engines.streaming import StreamingSieve
from tests.generated_schemas.handlers import importer_of
from tests.generated_schemas.projects import generated
from tests.strategies.loading import resolved

TEXT = """
models:
  Person:
    key: code
    fields: {name: str, code: str, born: date, size: {type: float, optional: true}}
branches:
  people: {model: Person, duplicates: first}
trees:
  Left: {adapter: csv, branches: {people: {path: "left*.csv"}}}
  Right: {adapter: csv, branches: {people: {path: "right.csv", columns: {size: height}}}}
"""
ROWS = [f"Ada {number},P{number},2001-02-{number:02},{number}.5" for number in range(1, 21)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Schema]]:
    """A generated package, whose two trees read files."""
    root = tmp_path_factory.mktemp("lines")
    generated(root, "dss_lines", TEXT)
    path = list(sys.path)
    sys.path.insert(0, str(root))
    yield "dss_lines", resolved(TEXT)
    sys.path[:] = path


class Files:
    """Two folders of files, and how they are compared; `looked` tells what lines have proven, if anything."""

    def __init__(self, folder: Path, package: tuple[str, Schema], patched: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._package, self._schema = package
        self.looked: list[bool] = []
        patched.setattr(_proof, "alike_lines", self._look)

    def _look(self, *arguments: Any) -> Any:
        found = alike_lines(*arguments)
        self.looked.append(found is not None)
        return found

    def write(self, left: list[str], right: list[str], ending: str = "\n", last: str = "\n") -> None:
        """Write the rows of both sides."""
        for name, column, rows in (("left", "size", left), ("right", "height", right)):
            text = ending.join([f"name,code,born,{column}", *rows]) + last
            (self._folder / f"{name}.csv").write_bytes(text.encode(errors="surrogateescape"))

    def prefix(self, name: str, text: str) -> None:
        """Put *text* before all that was written of a side."""
        path = self._folder / f"{name}.csv"
        path.write_bytes(text.encode() + path.read_bytes())

    def tree(self, name: str, template: type[DefaultTemplate] | None = None) -> DataStoreTree:
        """Return a tree that is not read yet."""
        (tree,) = (each for each in self._schema.trees if each.name == name)
        made: Any = getattr(self._module("trees"), name)
        found: DataStoreTree = made(
            settings={"folder": self._folder},
            importer=importer_of(self._module("importers"), tree),
            template=template,
        )
        return found

    def compared(self) -> tuple[list[str], list[str], str]:
        """Return the differences, what is unreadable, and the engine, after a comparison with objects."""
        (left, right), (ours, theirs) = ([self.tree(name) for name in ("Left", "Right")] for _ in range(2))
        left.load()
        right.load()
        (chosen,) = load_both(ours, theirs, DuckDBSieve(always=True))
        assert told(left, right) == told(ours, theirs)
        assert len(ours.branches[0]) == len(left.branches[0])
        return *told(ours, theirs), chosen.engine

    def _module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self._package}.generated.{name}")


def told(left: DataStoreTree, right: DataStoreTree) -> tuple[list[str], list[str]]:
    """Return what differs, and which rows are unreadable, in order."""
    actions = [repr(action) for action in left - right]
    return actions, [str(each) for tree in (left, right) for each in tree.branches[0].unreadable]


@pytest.fixture
def files(tmp_path: Path, package: tuple[str, Schema], monkeypatch: pytest.MonkeyPatch) -> Files:
    """Files that are not written yet."""
    return Files(tmp_path, package, monkeypatch)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("ends", [0, 1, 2])
def test_only_lines_that_differ_are_read(files: Files, ending: str, ends: int) -> None:
    """Rows in another order are proven by their lines, whatever ends these, and the others compared."""
    others = [ROWS[1].replace("2.5", "2.50"), ROWS[0].replace("Ada", "Bo"), *ROWS[:1:-1]]
    files.write(ROWS, others, ending, ending * ends)
    actions, unreadable, engine = files.compared()
    assert ["<Changed changed_people_name(code='P1', old='Bo 1', new='Ada 1')>"] == actions
    assert ([], "duckdb", [True]) == (unreadable, engine, files.looked)


def test_equal_lines_that_cannot_be_read(files: Files) -> None:
    """A day that is none is quarantined on both sides, though both lines are the same."""
    wrong = "Eve,P0,2001-02-30,1.5"
    files.write([*ROWS, wrong], [wrong, *ROWS])
    actions, unreadable, engine = files.compared()
    assert ([], "duckdb", [True]) == (actions, engine, files.looked)
    assert ["left.csv", "right.csv"] == sorted(
        each.partition(":")[0].rpartition("/")[2] for each in unreadable
    )


@pytest.mark.parametrize(
    "odd",
    [
        [ROWS[3]],  # a key that is there twice
        ["Ada,P99,2001-02-03,1.5,2"],
        ["Ada,P99,2001-02-03"],
        [""],
        ['"Ada",P99,2001-02-03,1.5'],
        ["A\x1fda,P99,2001-02-03,1.5"],
        [f"Bo,P9{at},2001-02-03,1.5" for at in range(30)],  # many
    ],
    ids=["twice", "long", "short", "blank", "quoted", "control", "many"],
)
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_what_lines_do_not_tell(files: Files, odd: list[str], side: str) -> None:
    """Where lines are no rows, or too few are alike, somebody else looks; the differences are the same."""
    middle = [*ROWS[:5], *odd, *ROWS[5:]]
    files.write(middle if side != "right" else ROWS, middle if side != "left" else ROWS)
    *_, engine = files.compared()
    assert files.looked == [False] or engine == "memory" or (side == "both" and len(odd) > 1)


@pytest.mark.parametrize("broken", ['"Ada" "x"', '"Ada"  ""', '"" "Ada"'])
def test_a_broken_cell_above_rows_that_differ(files: Files, broken: str) -> None:
    """DuckDB takes two quoted texts with spaces between for one; no row below is taken for another."""
    above = ['"A\nda",P98,2001-02-03,1.5', f"{broken},P99,2001-02-03,1.5"]
    files.write([*above, *ROWS], [*above, *ROWS[:9], ROWS[9].replace("Ada", "Bo"), *ROWS[10:]])
    actions, unreadable, _ = files.compared()
    assert ["<Changed changed_people_name(code='P10', old='Bo 10', new='Ada 10')>"] == actions
    assert 2 == len(unreadable)


@pytest.mark.parametrize("before", ["\n", "\r\n", " \n", '""\n'])
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_a_header_below_an_empty_line(files: Files, before: str, side: str) -> None:
    """Lines that hold nothing are passed over before the header too, which is then no row."""
    files.write(ROWS, ROWS[::-1])
    for name in ("left", "right"):
        if side in (name, "both"):
            files.prefix(name, before)
    assert ([], []) == files.compared()[:2]


@pytest.mark.parametrize("side", [0, 1])
def test_a_line_that_is_no_utf8(files: Files, side: int) -> None:
    """A byte that cannot be decoded is told as by objects, whichever lines are alike."""
    rows = [[f"Ada,P{number},2001-02-03,1.5" for number in range(10_000)] for _ in range(2)]
    rows[side].append("A\udcffda,P99,2001-02-03,1.5")
    files.write(rows[0], rows[1])
    with pytest.raises(SourceError, match="is not utf-8"):
        load_both(files.tree("Left"), files.tree("Right"), DuckDBSieve(always=True))
    assert [False] == files.looked


def test_several_files_of_one_side(files: Files, tmp_path: Path) -> None:
    """The rows of files that follow each other are told apart by their lines as well."""
    files.write(ROWS[:9], [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    rest = "\n".join(["name,code,born,size", *ROWS[9:19], ROWS[19].replace("20.5", "x")])
    (tmp_path / "left2.csv").write_text(rest, encoding="utf-8")
    actions, unreadable, engine = files.compared()
    assert ["<Changed changed_people_name(code='P1', old='Bo 1', new='Ada 1')>"] == actions
    assert (1, "duckdb", [True]) == (len(unreadable), engine, files.looked)
    assert "left2.csv:12: size" in unreadable[0]


def test_a_key_that_is_there_twice_beside_rows_without_one(files: Files) -> None:
    """Rows that are nobody's keep no other row from being proven, and a key that two rows have only these."""
    odd = [ROWS[3], "Eve,,2001-02-03,1.5", "Bo,,2001-02-03,1.5"]
    files.write([*ROWS, *odd], [*odd, *ROWS])
    assert "duckdb" == files.compared()[-1]
    ours, theirs = files.tree("Left"), files.tree("Right")
    load_both(ours, theirs, DuckDBSieve(always=True))
    assert [19, 19] == [len(tree.branches[0].rest or ()) for tree in (ours, theirs)]


@pytest.mark.parametrize("when", ["of", "lines_of"])
def test_a_file_that_is_gone_meanwhile(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Whenever a file is taken away, that is told, and no tree has a part of its records."""
    files.write(ROWS, [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    ours, theirs = files.tree("Left"), files.tree("Right")
    made: Any = State if when == "of" else CsvRows
    original: Any = getattr(made, when)

    def without_the_file(*arguments: Any) -> Any:
        (tmp_path / "left.csv").unlink(missing_ok=True)
        return original(*arguments[-1:] if when == "of" else arguments)

    monkeypatch.setattr(made, when, without_the_file)
    with pytest.raises(SourceError, match=r"left\.csv"):
        load_both(ours, theirs, DuckDBSieve(always=True))
    assert [0, 0] == [len(tree.branches[0]) for tree in (ours, theirs)]


@pytest.mark.parametrize("rows", [ROWS[:9], [*ROWS, "Eve,P0,2001-02-03,1.5"], ROWS[::-1]])
@pytest.mark.parametrize(
    "sieve", [DuckDBSieve(always=True), StreamingSieve(always=True)], ids=["duckdb", "streaming"]
)
def test_a_file_that_changes_while_its_other_rows_are_read(
    files: Files, monkeypatch: pytest.MonkeyPatch, sieve: Sieve, rows: list[str]
) -> None:
    """Rows that were not read before are only those of the file that was compared, as long as it is read."""
    files.write(ROWS, [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    ours, theirs = files.tree("Left"), files.tree("Right")
    (chosen,) = load_both(ours, theirs, sieve)
    assert "memory" != chosen.engine
    original = CsvRows.batches

    def of_another_file(self: CsvRows) -> Any:
        files.write(rows, rows)
        return original(self)

    monkeypatch.setattr(CsvRows, "batches", of_another_file)
    for _ in range(2):  # who asks once more is not given a part of them
        with pytest.raises(SourceError, match=r"left\.csv: has changed since it was compared: run again"):
            list(ours.branches[0].items())
    assert 1 == len(ours - theirs)


def test_records_that_could_not_be_had_before_the_other_side_came(files: Files, tmp_path: Path) -> None:
    """Where code of the project goes on without the records that it asked for, the comparison does not."""
    files.write(ROWS, [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    ours, theirs = files.tree("Left"), files.tree("Right")
    whole = (tmp_path / "left.csv").read_bytes()
    with Sifting(ours, theirs, [DuckDBSieve(always=True)]) as sifting:
        ours.load()
        (tmp_path / "left.csv").write_bytes(whole + b"Eve,P")
        for _ in range(2):
            with pytest.raises(SourceError, match="it is truncated"):
                list(ours.branches[0])
        theirs.load()
        with pytest.raises(SourceError, match="it is truncated"):
            sifting.finish()
    assert [0, 0] == [len(tree.branches[0]) for tree in (ours, theirs)]


def test_that_all_rows_are_looked_at_is_told(files: Files) -> None:
    """Whoever waits for the query hears what it is about, and how many rows were read after it."""
    files.write(ROWS, [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    assert ("diff", "people", 0, 0) in progress(files)


def test_how_long_it_takes_to_read_what_is_refused(files: Files) -> None:
    """Where objects are made of all rows in the end, it is told how many there will be, as ever."""
    rows = [f"Ada,P{number},2001-02-03,1.5" for number in range(3_000)]
    files.write(rows, [*rows, '"A" "da",P-1,2001-02-03,1.5'])
    found = [(done, total) for stage, _, done, total in progress(files) if stage == "read" and done]
    assert [1_000, 2_000, 3_000] * 2 == [done for done, _ in found]
    assert all(done <= total < 2 * len(rows) for done, total in found)


def progress(files: Files) -> list[tuple[str, str, int, int]]:
    """Return what somebody hears who waits for both sides."""
    told: list[tuple[str, str, int, int]] = []

    def tell(stage: str, what: str, done: int, total: int, /) -> None:
        told.append((stage, what, done, total))

    sides = [files.tree(name) for name in ("Left", "Right")]
    load_both(sides[0], sides[1], DuckDBSieve(always=True), progress=tell)
    return told


@pytest.mark.parametrize("error", [ValueError("no"), UnknownOutcomeError("no answer")])
def test_handlers_write_to_the_file_whose_rows_were_left_out(
    files: Files, tmp_path: Path, error: Exception
) -> None:
    """One that fails is no reason to read that file again, and takes no other record with it."""

    class Appending(DefaultTemplate):
        def new_people(self, action: Any) -> None:
            if action.key == "P97":
                raise error
            with (tmp_path / "right.csv").open("a") as file:
                file.write(f"{action.left.name},{action.key},2001-02-03,1.5\n")

        def changed_people_name(self, action: Any) -> None:
            pass

        @override
        def look(self, work: Any) -> Any:
            return None

    new = [f"Eve,P{number},2001-02-03,1.5" for number in (96, 97, 98)]
    files.write([*ROWS, *new], [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    left, right = files.tree("Left"), files.tree("Right", Appending)
    load_both(left, right, DuckDBSieve(always=True))
    result = left.sync(right, policy=Policy(guarded=False, sleep=lambda _seconds: None))
    found = {action.key: str(outcome.status) for action, outcome in result}
    assert {"P96": "applied", "P97": "failed", "P98": "applied", "P1": "applied"} == found
    assert ["P97"] == [action.key for action in left - right]


CHANGES: Mapping[str, Callable[[Any, str, Any], object]] = {
    "delete": lambda branch, key, _record: branch.delete(key),
    "delete_all": lambda branch, key, _record: branch.delete_all([key]),
    "replace": lambda branch, key, record: branch.replace(key, record),
    "put": lambda branch, key, record: branch.put(key, record),
}
"""What code of a project may do to a branch that was read."""


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("change", CHANGES)
def test_a_record_that_was_left_out_may_be_changed(files: Files, side: int, change: str) -> None:
    """All are made then: the differences and their number are those of trees that were read as ever."""
    files.write(ROWS, [ROWS[0].replace("Ada", "Bo"), *ROWS[1:]])
    sifted, plain = ([files.tree(name) for name in ("Left", "Right")] for _ in range(2))
    load_both(sifted[0], sifted[1], DuckDBSieve(always=True))
    for tree in plain:
        tree.load()
    for trees in (sifted, plain):
        branch: Any = trees[side].branches[0]
        assert "P7" in branch
        record = trees[side].branches[0].klass(name="Eve", code="P7", born=date(2001, 2, 3), size=1.5)
        CHANGES[change](branch, "P7", record)
    assert told(*plain) == told(*sifted)
    assert [len(tree.branches[0]) for tree in plain] == [len(tree.branches[0]) for tree in sifted]
