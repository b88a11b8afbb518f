"""Everyone who is measured finds exactly what differs; what is told of the measurements follows from them."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("resource", reason="the benchmarks need Linux or macOS")

from benchmarks.processes import Cost, FailedError
from benchmarks.records.contestants.by_hand import counted, differences, load
from benchmarks.records.files import Files, write_csv, write_database
from benchmarks.records.limits import TARGET, verdicts
from benchmarks.records.measuring import EndedError, Run, medians, run
from benchmarks.records.project import write_project
from benchmarks.records.rounds import Results
from benchmarks.records.tables import limits_table, size_table
from benchmarks.records.workload import (
    EVERYDAY,
    FIELDS,
    HEAVY,
    MIXTURES,
    Counts,
    Mixture,
    expected,
    left,
    right,
)
from benchmarks.records.writes import SIZE
from benchmarks.records.writes.measuring import Writes

RECORDS = 300


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Give two small sides with their project."""
    made = Files(tmp_path_factory.mktemp("records"), RECORDS)
    write_csv(made)
    write_database(made)
    write_project(made.project)
    return made


@given(st.integers(1, 12), st.sampled_from((EVERYDAY, HEAVY, Mixture(0, 0), Mixture(30, 70))))
def test_what_is_expected_is_what_differs(hundreds: int, mixture: Mixture) -> None:
    """The counts in closed form are those of a comparison, and each changed record differs in one field."""
    size = hundreds * 100
    ours, theirs = ({row.code: row for row in side} for side in (left(size), right(size, mixture)))
    assert size == len(ours) == len(theirs)
    assert expected(size, mixture) == counted(differences(ours, theirs))


def test_the_sides_are_the_same_every_time() -> None:
    """Two runs measure the same records."""
    assert list(right(RECORDS)) == list(right(RECORDS))
    assert list(left(RECORDS)) == list(left(RECORDS))


@pytest.mark.parametrize("size", [0, -100, 150, 7919 * 100])
def test_a_size_that_does_not_come_out_even_is_refused(size: int) -> None:
    """Sizes whose counts would not be exact are refused."""
    with pytest.raises(ValueError, match="expected a multiple of 100"):
        expected(size)


def test_the_parser_by_hand_reads_what_was_written(files: Files) -> None:
    """The records of a file are those that were written, with their types."""
    read = load(files.left_csv)
    assert list(left(RECORDS)) == [tuple(getattr(each, name) for name in FIELDS) for each in read.values()]


@pytest.mark.parametrize("name", ["objects", "pair", "table", "plan", "sync", "loop"])
def test_everyone_finds_what_differs(files: Files, name: str) -> None:
    """A contestant ends well only where it has found what is there, and tells what its stages cost."""
    measured = run("benchmarks.records.run", (name, str(files.folder), str(RECORDS)), patience=120)
    assert measured.compared.cpu > 0
    assert measured.peak > 1_000_000


def test_a_wrong_count_is_an_error(files: Files) -> None:
    """A contestant that does not find what is expected makes the benchmark fail, and the message says so."""
    with pytest.raises(FailedError, match="loop found"):
        run("benchmarks.records.run", ("loop", str(files.folder), str(RECORDS + 100)), patience=120)


def test_who_takes_too_long_is_ended(files: Files) -> None:
    """A run is ended when it takes longer than it may."""
    with pytest.raises(EndedError, match="not done after 0 s"):
        run("benchmarks.records.run", ("objects", str(files.folder), str(RECORDS)), patience=0.0)


def test_of_several_runs_each_figure_has_its_median() -> None:
    """The middle one counts, of each figure by itself."""
    runs = [_run(cpu, peak) for cpu, peak in ((3.0, 10), (1.0, 30), (2.0, 20))]
    assert _run(2.0, 20) == medians(runs)


def test_growth_is_the_power_of_the_size() -> None:
    """A hundred times the time for ten times the records is a growth of two."""
    results = Results({("loop", 1_000): _run(0.1), ("loop", 10_000): _run(10.0)})
    assert results.growth("loop", 1_000) is None
    assert pytest.approx(2.0) == results.growth("loop", 10_000)


def test_a_limit_is_held_with_a_million_records_alone() -> None:
    """The same ratio is over with a million records, and no verdict with fewer."""
    for size, said in ((TARGET, False), (TARGET // 10, None)):
        results = Results({("objects", size): _run(2.0), ("loop", size): _run(1.0)})
        (reading,) = (each for each in verdicts(results, Writes()) if each.what.startswith("reading"))
        assert pytest.approx(2.0) == reading.found
        assert reading.ok is said


def test_more_than_a_million_records_decide_nothing() -> None:
    """A limit is about a million records, where ten million were measured as well."""
    costs = {
        ("pair", TARGET): 1.0,
        ("duckdb", TARGET): 1.0,
        ("pair", 10 * TARGET): 9.0,
        ("duckdb", 10 * TARGET): 1.0,
    }
    results = Results({key: _run(cpu) for key, cpu in costs.items()})
    (found,) = (each for each in verdicts(results, Writes()) if each.what.endswith("SQL by hand"))
    assert (TARGET, True) == (found.size, found.ok)


@pytest.mark.parametrize(("cpu", "wall", "ok"), [(1.0, 80.0, True), (80.0, 79.0, False)])
def test_how_long_one_waits_is_told_by_the_clock(cpu: float, wall: float, ok: bool) -> None:
    """The limit to DiffSync is about the clock, whatever the processor did meanwhile."""
    cost = Cost(wall, cpu)
    results = Results(
        {("diffsync", TARGET): Run({"diff": cost}, cost, 1), ("pair", TARGET): _run(1.0)},
    )
    (found,) = (each for each in verdicts(results, Writes()) if each.what.startswith("DiffSync"))
    assert (cpu, wall, ok) == (found.found, found.clock, found.ok)


def test_writing_is_held_to_its_limit() -> None:
    """Writing is over where it takes more of the processor than by hand; the clock is told beside it."""
    costs = {("product", "sqlite"): Cost(9.0, 2.0), ("hand", "sqlite"): Cost(3.0, 1.0)}
    (found,) = verdicts(Results(), Writes(costs=costs))
    assert (2.0, 3.0, False) == (found.found, found.clock, found.ok)
    assert "over" in list(limits_table([found]))[-1]


def test_who_is_left_out_is_told_with_the_reason() -> None:
    """A table names who is missing, and why."""
    results = Results({("loop", 1_000): _run(1.0)}, {("pair", 1_000): "not done after 1 s"})
    lines = "\n".join(size_table(results, 1_000))
    assert "by hand: parser and loop" in lines
    assert "not done after 1 s." in lines


def test_by_what_the_product_has_found_them_is_told() -> None:
    """A table names the path that was chosen."""
    results = Results({("pair", 1_000): dataclasses.replace(_run(1.0), engine="duckdb")})
    assert any("the path that it chooses: duckdb" in each for each in size_table(results, 1_000))


def test_the_actions_written_are_sixty_thousand() -> None:
    """The mixture that is written is what the limit is about."""
    assert Counts(10_000, 40_000, 10_000) == expected(SIZE, MIXTURES["heavy"])
    assert 60_000 == Writes().actions


def _run(cpu: float, peak: int = 1) -> Run:
    cost = Cost(cpu, cpu)
    return Run({"read": cost, "diff": cost, "diff by hand": cost}, cost, peak)
