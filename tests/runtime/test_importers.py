"""Importers written by hand: where rows come from, what becomes of them, and of a load that fails."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from dss_runtime import DataStoreTree, DefaultImporter, DuplicateKeyError, Model, RowError, override
from dss_runtime.codegen import Importer
from tests.runtime.people import SchoolsBranch, StudentsBranch, branch, student
from tests.runtime.things import Things, ThingsBranch, held
from tests.runtime.unreadable import unreadable


class FromSettings(DefaultImporter):
    """Reads the rows that the settings hold."""

    @override
    def reader(self, branch: Any) -> Any:
        return self.settings[branch.name]


def load(rows: Any, importer: type[DefaultImporter] = FromSettings) -> Things:
    """Return a tree of things that has read *rows*."""
    tree = Things(importer=importer, settings={"things": rows})
    assert tree is +tree
    return tree


def content(tree: DataStoreTree) -> dict[Any, dict[str, Any]]:
    """Return the attributes of each thing."""
    return {key: {**vars(record)} for key, record in held(tree).items()}


def test_rows_are_mappings_or_positional() -> None:
    """A mapping holds the keywords of `make`, a sequence its positional values, key first."""

    class Pair(Model):
        def __init__(self, idnumber: str, name: str = "") -> None:
            super().__init__(idnumber, name=name)

    class Pairs(ThingsBranch):
        klass: Any = Pair

    class Tree(Things):
        __branches__ = Pairs

    tree = Tree(
        importer=FromSettings, settings={"things": [{"idnumber": "1", "name": "a"}, ("2", "b"), ["3"]]}
    )
    _ = +tree

    assert {"1": "a", "2": "b", "3": ""} == {key: record.name for key, record in held(tree).items()}


def test_a_reader_may_be_a_generator_or_a_context_manager() -> None:
    """A context manager is entered before and left after its rows are read, also when a row is wrong."""
    events: list[str] = []

    class Managed(DefaultImporter):
        @override
        def reader(self, branch: Any) -> Any:
            return self.opened()

        @contextmanager
        def opened(self) -> Generator[Iterable[Mapping[str, Any]]]:
            """Give the rows."""
            events.append("open")
            try:
                yield self.rows()
            finally:
                events.append("close")

        def rows(self) -> Iterator[Mapping[str, Any]]:
            """Yield the rows."""
            for row in self.tree.settings["things"]:  # type: ignore[attr-defined]
                events.append("row")
                yield row

    assert ["1", "2"] == list(held(load([{"idnumber": "1"}, {"idnumber": "2"}], Managed)))
    assert ["open", "row", "row", "close"] == events
    events.clear()
    with pytest.raises(RowError):
        load([{"no": "key"}], Managed)
    assert ["open", "row", "close"] == events


def test_readin_branch_may_make_records_or_give_rows() -> None:
    """Records that it makes itself, rows that it returns and rows that it yields all count."""

    class Makes(DefaultImporter):
        @override
        def readin_branch(self, branch: Any) -> None:
            branch.make("1")

    class Returns(DefaultImporter):
        @override
        def readin_branch(self, branch: Any) -> Any:
            return [{"idnumber": "1"}]

    class Both(DefaultImporter):
        @override
        def readin_branch(self, branch: Any) -> Any:
            branch.make("0")
            yield {"idnumber": "1"}

    assert [["1"], ["1"], ["0", "1"]] == [list(held(load([], each))) for each in (Makes, Returns, Both)]


def test_rows_are_prepared_dropped_and_filtered() -> None:
    """A row is prepared first; None drops it, and what is left may still be filtered out."""

    class Choosy(FromSettings):
        @override
        def kwargs_preprocessor(self, row: dict[str, Any]) -> dict[str, Any] | None:
            return None if row["name"] == "drop" else {**row, "name": row["name"].upper()}

        @override
        def filter_out(self, **row: Any) -> bool:
            return bool(row["name"] == "HIDE")

    rows = [{"idnumber": str(number), "name": name} for number, name in enumerate(["a", "drop", "hide", "b"])]

    assert {"0": {"idnumber": "0", "name": "A"}, "3": {"idnumber": "3", "name": "B"}} == content(
        load(rows, Choosy)
    )
    assert "a" == rows[0]["name"]


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        (["a"], ["b", "a"], ["a", "b"]),
        ({"a"}, {"b"}, {"a", "b"}),
        ({"a"}, ["b"], {"a", "b"}),
        ([], ["a"], ["a"]),
    ],
)
def test_rows_with_lists_of_one_key_are_merged(first: Any, second: Any, merged: Any) -> None:
    """Members that a second row adds are added to the record; the other values of the first row stay."""
    rows = [{"idnumber": "1", "name": "x", "tags": first}, {"idnumber": "1", "name": "x", "tags": second}]

    assert {"1": {"idnumber": "1", "name": "x", "tags": merged}} == content(load(rows))


def test_a_second_row_without_lists_is_an_error() -> None:
    """Nobody knows which of two rows is right, unless the importer says so."""
    rows = [{"idnumber": "1", "name": "x"}, {"idnumber": "1", "name": "y"}]

    with pytest.raises(DuplicateKeyError, match="override resolve_duplicate to merge rows"):
        load(rows)

    class Last(FromSettings):
        @override
        def resolve_duplicate(self, existing: Any, **row: Any) -> Any:
            return Model(existing.idnumber, before=existing.name, **row)

    assert {"1": {"idnumber": "1", "before": "x", "name": "y"}} == content(load(rows, Last))


def test_a_second_positional_row_can_be_resolved_too() -> None:
    """Without names only the record that is there can be given."""

    class First(FromSettings):
        @override
        def resolve_duplicate(self, existing: Any, **row: Any) -> Any:
            assert not row
            return existing

    assert {"1": {"idnumber": "1"}} == content(load([("1",), ("1",)], First))


def test_settings_of_the_tree_come_before_those_of_the_class() -> None:
    """What the class sets are defaults, and neither is changed by the other."""

    class Defaults(FromSettings):
        settings: ClassVar[Mapping[str, Any]] = {"things": [], "delimiter": ",", "path": "a.csv"}  # type: ignore[misc]

    tree = Things(importer=Defaults, settings={"path": "b.csv"})

    assert {"things": [], "delimiter": ",", "path": "b.csv"} == tree.importer.settings
    assert ({"path": "b.csv"}, "a.csv") == (tree.settings, Defaults.settings["path"])


class Traced(DefaultImporter):
    """Tells in which order it is called."""

    trace: ClassVar[list[str]] = []

    @override
    def init(self) -> None:
        self.trace.append("init")

    @override
    def readin_branch(self, branch: Any) -> None:
        self.trace.append(branch.name)

    @override
    def on_import_complete(self) -> None:
        self.trace.append("complete")


def test_every_branch_is_read_once_between_two_hooks() -> None:
    """Branches that others are derived from come first, else their order decides."""
    Traced.trace.clear()

    class Derived(ThingsBranch):
        derived_from: ClassVar[tuple[str, ...]] = ("students", "nowhere")
        order: ClassVar[int] = 1

    class Tree(DataStoreTree):
        __branches__ = (Derived, SchoolsBranch, StudentsBranch)
        __importer__ = Traced

    _ = +Tree()

    assert ["init", "students", "things", "schools", "complete"] == Traced.trace


class FailsLate(FromSettings):
    """Fails after it has read everything."""

    error: ClassVar[BaseException] = OSError("gone")

    @override
    def on_import_complete(self) -> None:
        if self.settings.get("fail"):
            raise self.error


@pytest.mark.parametrize("error", [OSError("gone"), KeyboardInterrupt()], ids=["an error", "an interrupt"])
def test_a_load_that_fails_leaves_the_tree_as_it_was(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records, order, retired and unreadable rows of before are back; the collector works again."""
    monkeypatch.setattr(FailsLate, "error", error)
    tree = Things(importer=FailsLate, settings={"things": [{"idnumber": "2"}, {"idnumber": "1"}]})
    _ = +tree
    thing = held(tree)
    thing.retired["9"] = Model("9")
    row = unreadable(tree, "things", "8")
    before = (list(thing.items()), dict(thing.retired), [row])
    tree.importer.settings["fail"] = True  # type: ignore[index]
    tree.importer.settings["things"].append({"idnumber": "3"})

    with pytest.raises(type(error)):
        tree.load()

    assert before == (list(thing.items()), thing.retired, thing.unreadable)
    assert gc.isenabled()


def test_loading_replaces_what_was_there() -> None:
    """A load forgets records, retired ones and unreadable rows of the one before."""
    tree = load([{"idnumber": "1"}])
    unreadable(tree, "things", "8")
    held(tree).retired["9"] = Model("9")

    _ = +tree

    assert (["1"], {}, []) == (list(held(tree)), held(tree).retired, held(tree).unreadable)


def test_the_collector_is_suspended_while_loading_and_left_as_it_was() -> None:
    """A caller who has switched the collector off finds it off afterwards."""
    seen: list[bool] = []

    class Looks(DefaultImporter):
        @override
        def readin_branch(self, branch: Any) -> None:
            seen.append(gc.isenabled())

    load([], Looks)
    assert ([False], True) == (seen, gc.isenabled())
    gc.disable()
    try:
        load([], Looks)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_progress_is_told_now_and_then() -> None:
    """A listener hears of the beginning, of every thousandth row, and of the end, with the total."""
    heard: list[tuple[str, str, int, int]] = []

    def listen(stage: str, what: str, done: int, total: int, /) -> None:
        heard.append((stage, what, done, total))

    Things(importer=FromSettings, settings={"things": [(number,) for number in range(2500)]}).load(listen)

    assert [
        ("read", "things", 0, 2500), ("read", "things", 1000, 2500),
        ("read", "things", 2000, 2500), ("read", "things", 2500, 2500),
    ] == heard  # fmt: skip


def test_a_generated_importer_reads_by_the_method_of_the_branch() -> None:
    """`read_<branch>` is called for each branch."""

    class Generated(Importer):
        def read_students(self) -> None:
            branch(self.tree, "students").put("1", student("1"))

        def read_schools(self) -> None:
            """Read none."""

    class Tree(DataStoreTree):
        __branches__ = (StudentsBranch, SchoolsBranch)
        __importer__ = Generated

    assert ["1"] == list(branch(+Tree(), "students"))
