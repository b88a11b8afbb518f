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
    """Beyond the bounds, all goes but unsettled runs and the last good one of each target."""
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


def test_time_alone_does_not_take_the_last_good_run(tmp_path: Path) -> None:
    """After a long summer the next run still has something to be compared with."""
    with closing(Journal(tmp_path / "j.sqlite")) as journal:
        first, last = (run(journal, "t", "applied") for _ in range(2))
        journal.prune(Bounds(keep_days=-1))
        assert ([last], None) == ([each.id for each in journal.runs(9)], journal.run(first))
