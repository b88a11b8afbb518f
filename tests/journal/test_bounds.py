"""How much a journal keeps."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.journal import Bounds, Journal, NewRun, RunState

STATES: tuple[RunState, ...] = ("applied", "incomplete", "held", "failed")


def run(journal: Journal, target: str, state: RunState, *works: str, note: str = "") -> int:
    """Note a run with works in these states, and return its number."""
    new = NewRun(command="sync", left="L", right="R", branches=("a",), schema="s", target=target)
    number = journal.begin(new, {})
    journal.add_works(
        (number, at, "new", "a", "{}", "[]", None, None, each, note, 1, "") for at, each in enumerate(works)
    )
    journal.end(number, state, {})
    return number


RUNS = st.lists(
    st.tuples(st.sampled_from("tu"), st.sampled_from(STATES), st.booleans()), min_size=1, max_size=12
)


@given(RUNS, st.integers(1, 12), st.sampled_from([1, 10**9]))
def test_what_is_open_and_what_the_next_run_is_compared_with_stays(
    runs: list[tuple[str, RunState, bool]], keep_runs: int, max_size: int
) -> None:
    """Beyond the bounds all goes but unsettled runs, the last good ones of targets and the last success."""
    with tempfile.TemporaryDirectory() as folder, closing(Journal(Path(folder, "j.sqlite"))) as journal:
        numbers = [run(journal, target, state, *["intended"] * open_) for target, state, open_ in runs]
        needed = {number for number, (_, _, open_) in zip(numbers, runs, strict=True) if open_}
        for target in "tu":
            good = [
                number
                for number, (its, state, _) in zip(numbers, runs, strict=True)
                if its == target and state in ("applied", "incomplete")
            ]
            needed.update(good[-1:])
        successes = [
            number for number, (_, state, _) in zip(numbers, runs, strict=True) if state == "applied"
        ]
        needed.update(successes[-1:])
        journal.prune(Bounds(keep_runs=keep_runs, max_size=max_size))
        kept = {each.id for each in journal.runs(100)}
        newest = set(numbers[-keep_runs:]) if max_size > 1 else set[int]()
        assert needed | newest == kept


def test_a_journal_that_is_too_large_becomes_smaller(tmp_path: Path) -> None:
    """The oldest runs go until what is left is within the bound, and the file shrinks."""
    path = tmp_path / "j.sqlite"
    with closing(Journal(path)) as journal:
        for _ in range(20):
            run(journal, "t", "applied", *["applied"] * 50, note="x" * 1000)
    before = path.stat().st_size
    with closing(Journal(path)) as journal:
        assert 0 < journal.prune(Bounds(max_size=500_000))
        assert 20 in {each.id for each in journal.runs(100)}
    assert path.stat().st_size <= 500_000 < before


def started(journal: Journal, *days: int) -> None:
    """Note good runs, each so many days after the first."""
    for day in days:
        number = run(journal, "t", "applied")
        with journal.transaction() as connection:
            connection.execute(
                "UPDATE runs SET started = date('2026-01-01', ?) || 'T00:00:00.000+00:00' WHERE id = ?",
                (f"{day} days", number),
            )


def kept(journal: Journal, keep_days: int) -> list[int]:
    """Return which runs are kept for so many days."""
    journal.prune(Bounds(keep_days=keep_days))
    return sorted(each.id for each in journal.runs(99))


def test_what_is_older_than_the_latest_run_by_more_than_the_bound_goes(tmp_path: Path) -> None:
    """Age is measured from the latest run."""
    with closing(Journal(tmp_path / "j.sqlite")) as journal:
        started(journal, 0, 9, 10, 20)
        assert [3, 4] == kept(journal, 10)


def test_time_alone_does_not_take_the_last_good_run(tmp_path: Path) -> None:
    """After a long summer the next run still has something to be compared with."""
    with closing(Journal(tmp_path / "j.sqlite")) as journal:
        started(journal, 0, 1)
        other = run(journal, "u", "failed")
        with journal.transaction() as connection:
            connection.execute("UPDATE runs SET started = '2026-03-01T00:00:00+00:00' WHERE id = ?", (other,))
        assert [2, 3] == kept(journal, 10)


@given(st.lists(st.integers(101, 10**5), min_size=1, max_size=3), st.integers(0, 100))
def test_a_clock_that_is_wrong_for_some_nights_wipes_nothing(ahead: list[int], keep_days: int) -> None:
    """Runs from the far future, as many as there are, do not make those of today old."""
    with tempfile.TemporaryDirectory() as folder, closing(Journal(Path(folder, "j.sqlite"))) as journal:
        started(journal, 0, 0, *(sum(ahead[: at + 1]) for at in range(len(ahead))), 0)
        assert list(range(1, len(ahead) + 4)) == kept(journal, keep_days)
