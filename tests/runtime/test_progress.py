"""Long work tells how far it is: what it tells is true, and telling changes nothing."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime._progress import STEP, Estimate, rows_in_all, silent, watched
from tests.runtime.people import World, left, right, worlds

Told = tuple[str, str, int, int]


class Listener:
    """Notes all that it is told."""

    def __init__(self) -> None:
        self.heard: list[Told] = []

    def __call__(self, stage: str, what: str, done: int, total: int, /) -> None:
        """Note it."""
        self.heard.append((stage, what, done, total))

    def works(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Return what was told of each work, in order."""
        found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for stage, what, done, total in self.heard:
            found[stage, what].append((done, total))
        return found


@given(st.integers(0, 3 * STEP + 1))
def test_what_is_watched_is_passed_on(number: int) -> None:
    """All items come, in order, and are told of by the thousand, from none of them to all."""
    listener = Listener()
    assert list(range(number)) == list(watched(range(number), listener, "diff", "all"))
    told = [*range(0, number, STEP), number] if number else []
    assert [("diff", "all", done, number) for done in told] == listener.heard


@given(st.integers(1, 3 * STEP), st.integers(0, 3 * STEP))
def test_no_more_is_told_than_was_taken(number: int, taken: int) -> None:
    """Who stops half way has been told of no more than what was taken."""
    listener = Listener()
    found = list(islice(watched(range(number), listener, "diff", "all"), taken))
    assert len(found) >= max((done for _, _, done, _ in listener.heard), default=0)


def test_nobody_counts_for_nobody() -> None:
    """Where nobody listens, the items are passed on as they are."""
    items = [1, 2]
    assert items is watched(items, silent, "diff", "all")


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_an_estimate_is_never_below_what_is_done(done: int, share: float) -> None:
    """Of rows that know their share there are at least as many as were read; of others nobody knows."""

    class Rows:
        def __init__(self) -> None:
            self.share = share

    total = rows_in_all(Rows(), done)
    assert total >= done if share else total == 0
    assert isinstance(total, Estimate) or not share
    assert 0 == rows_in_all(object(), done)


@given(worlds(), worlds())
def test_a_plan_is_the_same_whoever_listens(ours: World, theirs: World) -> None:
    """Telling of a diff changes nothing of it, and each side of a branch is told of from none to all."""
    diff = left(*ours) - right(*theirs)
    listener = Listener()
    assert diff.plan() == diff.plan(listener)
    sizes = {branch.name: len(branch) for branch in diff.left.branches}
    others = {branch.name: len(branch) for branch in diff.right.branches}
    works = listener.works()
    expected = {**sizes, **{f"{name}, old": size for name, size in others.items()}}
    assert {("diff", what): {0, size} for what, size in expected.items() if size} == {
        work: {done for done, _ in told} for work, told in works.items()
    }
    assert all(told[-1][0] == told[-1][1] for told in works.values())


@given(worlds(), worlds())
def test_a_sync_tells_of_each_work_to_its_end(ours: World, theirs: World) -> None:
    """Whatever is written, what is told of it only rises, never beyond its total, and reaches it."""
    listener = Listener()
    left(*ours).sync(right(*theirs), progress=listener)
    for (stage, _), told in listener.works().items():
        assert all(0 <= done <= total for done, total in told)
        assert stage == "diff" or all(before <= after for (before, _), (after, _) in pairwise(told))
        assert told[-1][0] == told[-1][1]
