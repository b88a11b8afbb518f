"""What holds for every adapter, and for every pair of them."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    DataStoreTree,
    Outcome,
    Policy,
    SourceError,
    Status,
    SyncResult,
    UnknownOutcomeError,
    Work,
)
from tests.adapters.conformance import InMemory, effort, pairs, some, source, target
from tests.adapters.items import Item, item
from tests.adapters.systems import System, fitted
from tests.services.proxy import Proxy

EXTREMES = (
    item("0042", text="0042", count=2**63 - 1, ratio=sys.float_info.max, price=Decimal("9" * 34 + ".9999")),
    item("min", count=-(2**63), ratio=-5e-324, price=Decimal("-0.0001"), flag=False, blob=bytes(range(256))),
    item("first", day=date.min, moment=datetime.min.replace(tzinfo=UTC), local=datetime.min, clock=time.min),
    item("last", day=date.max, moment=datetime.max.replace(tzinfo=UTC), local=datetime.max, clock=time.max),
    item("ids", uid=UUID(int=0), kind="ñ", doc={"": [None, 1, 1.5, True, {"ä": ""}]}, ratio=math.pi),
    item("max id", uid=UUID(int=2**128 - 1), kind="in active", doc="", ratio=-0.0, flag=True),
    item("text", text="x" * 100_000, tags=frozenset({"", ",", '"', "[", "\n"}), marks=(3, 1, 2, 3)),
    item("white", text=" \t\r\n\r\n\u2028\x0b\x1f ", tags=frozenset({" ", "\r"})),
    item("none"),
)
UNICODE = ("café", "cafe\u0301", "👩‍🏫", "שלום", "\u202eabc", "ﬁ", "ß", "ẞ", "İ", "ı", "\ufeffbom", "𝕏")


def synced(left: System, right: System, policy: Policy | None = None) -> tuple[SyncResult, DataStoreTree]:
    """Sync two systems through new trees, and return the right one too."""
    ours, theirs = left.tree().load(), right.tree().load()
    policy = policy or Policy(guarded=False)
    return ours.sync(theirs, policy=policy), theirs


def read(system: System) -> dict[Any, Any]:
    """Return what a new tree reads, by key."""
    return records(system.tree().load())


def records(tree: DataStoreTree) -> dict[Any, Any]:
    """Return all records of a tree, by key."""
    (branch,) = tree.branches
    assert [] == branch.unreadable
    return dict(branch)


def check_converges(left: System, right: System, ours: Iterable[Item]) -> None:
    """Check that a sync makes the right side equal the left one, and that the next one has nothing to do."""
    before = left.state()
    wanted, theirs = left.tree().load(), right.tree().load()
    result = wanted.sync(theirs, policy=Policy(guarded=False))
    assert (True, ()) == (result.ok, result.of(Status.FAILED))
    assert 0 == len(wanted - theirs)
    held = right.state()
    again, anew = synced(left, right)
    assert 0 == len(again)
    assert {each.ident: each for each in ours} == records(anew)
    assert (before, held) == (left.state(), right.state())


@pairs()
def test_a_sync_converges(source: type[System], target: type[System]) -> None:
    """Whatever both sides hold, a sync makes them equal, leaves the source alone, and needs no second one."""

    @effort(3, source, target)
    @given(ours=some(source, target), theirs=some(source, target) | st.just([]))
    def converges(ours: list[Item], theirs: list[Item]) -> None:
        with TemporaryDirectory() as left, TemporaryDirectory() as right:
            one, other = source(Path(left)), target(Path(right))
            one.fill(ours)
            other.fill(theirs)
            check_converges(one, other, ours)

    converges()


@source()
def test_what_is_held_is_read(source: type[System]) -> None:
    """Every value of every type is read as it is held, by the types' own strategies."""

    @effort(1, source)
    @given(items=some(source))
    def is_read(items: list[Item]) -> None:
        with TemporaryDirectory() as folder:
            system = source(Path(folder))
            system.fill(items)
            assert {each.ident: each for each in items} == read(system)

    is_read()


@pairs()
def test_extremes_survive(source: type[System], target: type[System], tmp_path: Path) -> None:
    """The smallest, largest and strangest values of every type arrive as they are."""
    left, right = pair(source, target, tmp_path)
    items = fitted(EXTREMES, source, target)
    left.fill(items)
    check_converges(left, right, items)
    assert "0042" == read(right)["0042"].text


@pairs()
def test_unicode_survives(source: type[System], target: type[System], tmp_path: Path) -> None:
    """Keys and texts that only look alike stay apart, and none is normalised."""
    left, right = pair(source, target, tmp_path)
    items = [item(text, text=text, tags=frozenset({text}), doc={text: text}) for text in UNICODE]
    items = fitted(
        [*items, *(item(f"number {at}", text=text) for at, text in enumerate(UNICODE))], source, target
    )
    left.fill(items)
    check_converges(left, right, items)
    held = {each.text for each in read(right).values()}
    assert {text for text in UNICODE if source.holds("text", text) and target.holds("text", text)} <= held


def many_items(system: type[System]) -> list[Item]:
    """Return as many items as a system is tried with; DSS_MANY asks for another number."""
    many = int(os.environ.get("DSS_MANY") or system.many)
    found = [item(f"{number:05}", text=f"Name {number}", count=number) for number in range(many)]
    return fitted(found, system)


@source()
def test_a_source_of_many_records_is_read(source: type[System], tmp_path: Path) -> None:
    """Of many records none is lost on the way from a source, and each is what it was."""
    system = source(tmp_path)
    items = many_items(source)
    system.fill(items)
    assert {each.ident: each for each in items} == read(system)


@target()
def test_an_empty_target_is_filled_with_many_records(target: type[System], tmp_path: Path) -> None:
    """A target without any record is legal, and a large first sync ends well, as does the last one."""
    left, right = pair(InMemory, target, tmp_path)
    items = many_items(target)
    many = len(items)
    left.fill(items)
    check_converges(left, right, items)
    later = (
        item(each.ident, text="changed" if at % 10 else "", count=each.count)
        for at, each in enumerate(items[many // 2 :])
    )
    left.fill(fitted(later, target))
    result, _ = synced(left, right)
    assert (True, many) == (result.ok, len(result))
    assert many // 2 == len(read(right))


@target("refuses")
def test_a_failing_record_fails_alone(target: type[System], tmp_path: Path) -> None:
    """Of a batch with one record that cannot be written, all others are; the next run tries it again."""
    left, right = pair(target, target, tmp_path)
    right.fill([item("bad change", text="a"), *(item(f"old {number}") for number in range(20))])
    left.fill([item("bad change", text="b"), *(item(f"new {number}") for number in range(20))])
    right.refuse("bad change")
    result, theirs = synced(left, right)
    ((action, outcome),) = [(action, outcome) for action, outcome in result if not outcome.ok]
    assert ("bad change", Status.FAILED) == (action.key, outcome.status)
    assert target.refusal in outcome.reason
    assert ["bad change"] == [action.key for action in left.tree().load() - theirs]
    assert ["bad change"] == [action.key for action in left.tree().load() - right.tree().load()]


@target("refuses")
@pytest.mark.parametrize("phase", ["new", "old"])
def test_a_failing_record_fails_alone_when_made_or_removed(
    target: type[System], phase: str, tmp_path: Path
) -> None:
    """What holds for changes holds for records that are made and removed."""
    left, right = pair(target, target, tmp_path)
    full, bare = (left, right) if phase == "new" else (right, left)
    full.fill(item(f"item {number}") for number in range(20))
    bare.fill([])
    right.refuse("item 7")
    result, _ = synced(left, right)
    ((key, reason),) = [(action.key, outcome.reason) for action, outcome in result if not outcome.ok]
    assert ("item 7", True) == (key, target.refusal in reason)
    assert (19, 20) == (result.counts[Status.APPLIED], len(result))


@target()
def test_a_record_that_is_gone_meanwhile_fails_alone(target: type[System], tmp_path: Path) -> None:
    """A change of a record that somebody has removed since it was read is no success."""
    left, right = pair(target, target, tmp_path)
    right.fill(item(f"item {number}", text="1") for number in range(10))
    left.fill(item(f"item {number}", text="2") for number in range(10))
    ours, theirs = left.tree().load(), right.tree().load()
    right.forget("item 3")
    failed = [
        action.key for action, outcome in ours.sync(theirs, policy=Policy(guarded=False)) if not outcome.ok
    ]
    assert ["item 3"] == failed


@target("locks")
def test_a_transient_error_is_tried_again(target: type[System], tmp_path: Path) -> None:
    """What fails because somebody else has locked it is written when the lock is gone, once."""
    left, right = pair(target, target, tmp_path)
    right.fill([item("changed", text="1"), item("old")])
    left.fill([item("changed", text="2"), item("new")])
    ours, theirs = left.tree().load(), right.tree().load()
    unlock = right.lock()
    result = ours.sync(theirs, policy=Policy(guarded=False, sleep=unlock))
    assert (True, 3) == (result.ok, len(result))
    assert 2 == next(outcome.attempts for _, outcome in result)
    assert {"changed": item("changed", text="2"), "new": item("new")} == read(right)


@target()
@pytest.mark.parametrize("happened", [True, False])
def test_a_lost_answer_is_looked_into(
    target: type[System], happened: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is found, what was not is written; neither is written twice."""
    left, right = pair(target, target, tmp_path)
    right.fill([item("changed", text="1"), item("old")])
    left.fill([item("changed", text="2"), *(item(f"new {number}") for number in range(3))])
    ours, theirs = left.tree().load(), right.tree().load()
    real, lost = theirs.template.write, list[str]()

    def write(works: Sequence[Work]) -> Sequence[Outcome]:
        if works[0].phase in lost:
            return real(works)
        lost.append(works[0].phase)
        if happened:
            real(works)
        raise UnknownOutcomeError("timed out")

    monkeypatch.setattr(theirs.template, "write", write)

    result = ours.sync(theirs, policy=Policy(guarded=False, sleep=lambda _seconds: None))

    assert {Status.APPLIED: 5} == result.counts
    assert {1 if happened else 2} == {outcome.attempts for _, outcome in result}
    assert read(left) == read(right)


@target("transactions")
def test_nothing_is_half_written_when_a_phase_dies(target: type[System], tmp_path: Path) -> None:
    """When a phase cannot be completed, system and tree are as before, and nothing counts as applied."""
    left, right = pair(target, target, tmp_path)
    right.fill([item("changed", text="1"), item("old")])
    left.fill([item("changed", text="2"), *(item(f"new {number}") for number in range(5))])
    held = right.state()
    right.refuse_commit()
    result, theirs = synced(left, right)
    assert {Status.UNKNOWN: 5, Status.SKIPPED: 2} == result.counts
    assert held == right.state()
    assert 7 == len(left.tree().load() - theirs)


@target("transactions")
def test_a_handler_that_raises_leaves_nothing_behind(target: type[System], tmp_path: Path) -> None:
    """What a handler wrote before it raised is undone, what the handlers of other records wrote stays."""
    left, right = pair(target, target, tmp_path)
    right.fill([])
    left.fill(item(f"item {number}") for number in range(4))
    tree = right.tree().load()
    written = type(tree.template)

    class Template(written):  # type: ignore[misc, valid-type]
        def new_items(self, action: Any) -> Outcome:
            outcome: Outcome = self.write_one(action)
            if action.key == "item 2":
                raise RuntimeError("after it was written")
            return outcome

    tree = type(tree)(settings=tree.settings, template=Template).load()
    result = left.tree().load().sync(tree, policy=Policy(guarded=False))
    assert ["item 2"] == [action.key for action, outcome in result if not outcome.ok]
    assert {"item 0", "item 1", "item 3"} == set(read(right)) == set(tree.branches[0])


@source("damage")
def test_a_partial_read_is_never_taken_for_data(source: type[System], tmp_path: Path) -> None:
    """Where a source cannot be read as a whole, the import stops and the tree keeps what it had."""
    system = source(tmp_path)
    system.fill(fitted((item(f"item {number}", marks=(1, 2, 3)) for number in range(10)), source))
    tree = system.tree().load()
    system.damage()
    with pytest.raises(SourceError):
        tree.load()
    assert 10 == len(tree.branches[0])


@source("network")
def test_a_read_that_is_cut_off_is_never_taken_for_data(source: type[System], tmp_path: Path) -> None:
    """Wherever the connection breaks while all is read, the import stops, or has read all of it."""
    system = source(tmp_path)
    system.fill(item(f"item {number}", text=f"Name {number}") for number in range(300))
    with Proxy(system.port) as proxy:
        tree = system.tree(proxy.port).load()
        whole, needed = dict(tree.branches[0]), proxy.answered
        stopped = 0
        for part in range(12):
            proxy.cut_after(needed * part // 12)
            try:
                tree.load()
            except SourceError:
                stopped += 1
            assert whole == dict(tree.branches[0])
    assert stopped > 0


@target("network")
@pytest.mark.parametrize("part", range(1, 6))
def test_a_write_that_is_cut_off_is_made_good(target: type[System], part: int, tmp_path: Path) -> None:
    """Wherever the connection breaks while a batch is written, no record is written twice or counted wrongly.

    What the run says was applied is there; the next run does the rest.
    """
    left, right = pair(target, target, tmp_path)
    before = [
        *(item(f"old {number}") for number in range(40)),
        *(item(f"{n}", text="1") for n in range(1, 41)),
    ]
    after = [
        *(item(f"new {number}") for number in range(40)),
        *(item(f"{n}", text="2") for n in range(1, 41)),
    ]
    left.fill(after)
    ours = left.tree().load()
    policy = Policy(guarded=False, sleep=lambda _seconds: None)
    with Proxy(right.port) as proxy:
        right.fill(before)
        unhurt = right.tree(proxy.port).load()
        read_with = proxy.answered
        assert ours.sync(unhurt, policy=policy).ok
        needed = proxy.answered - read_with
        right.fill(before)
        theirs = right.tree(proxy.port).load()
        proxy.cut_after(needed * part // 6)
        result = ours.sync(theirs, policy=policy)
    held = read(right)
    for action, outcome in result:
        if outcome.status is Status.APPLIED:
            assert held.get(action.key) == ours.branches[0].get(action.key)
    synced(left, right)
    assert {each.ident: each for each in after} == read(right)


@target("network")
def test_a_slow_network_changes_nothing(target: type[System], tmp_path: Path) -> None:
    """A network that takes its time is waited for."""
    left, right = pair(target, target, tmp_path)
    items = [item(f"item {number}", text="1") for number in range(5)]
    left.fill(items)
    right.fill([])
    with Proxy(right.port) as proxy:
        proxy.slow(0.02)
        theirs = right.tree(proxy.port).load()
        assert left.tree().load().sync(theirs, policy=Policy(guarded=False)).ok
    assert {each.ident: each for each in items} == read(right)


@target("network")
def test_a_server_that_is_away_holds_the_run(target: type[System], tmp_path: Path) -> None:
    """A server that refuses connections is no empty one, and nothing counts as written that was not."""
    left, right = pair(target, target, tmp_path)
    left.fill([item("new"), item("changed", text="2")])
    right.fill([item("changed", text="1"), item("old")])
    held = right.state()
    with Proxy(right.port) as proxy:
        theirs = right.tree(proxy.port)
        proxy.refuse()
        with pytest.raises(SourceError):
            theirs.load()
        proxy.refuse(refused=False)
        theirs.load()
        proxy.refuse()
        policy = Policy(guarded=False, sleep=lambda _seconds: None)
        result = left.tree().load().sync(theirs, policy=policy)
    assert Status.APPLIED not in result.counts
    assert held == right.state()


@target("network")
def test_a_server_that_is_started_again_is_reached_again(target: type[System], tmp_path: Path) -> None:
    """Connections that broke between the read and the write are made anew."""
    left, right = pair(target, target, tmp_path)
    left.fill([item("new"), item("changed", text="2")])
    right.fill([item("changed", text="1"), item("old")])
    with Proxy(right.port) as proxy:
        theirs = right.tree(proxy.port).load()
        proxy.cut()
        policy = Policy(guarded=False, sleep=lambda _seconds: None)
        assert left.tree().load().sync(theirs, policy=policy).ok
    assert read(left) == read(right)


@target("rights")
def test_lost_rights_are_no_empty_system(target: type[System], tmp_path: Path) -> None:
    """An account that may no longer read or write holds the run, and writes nothing."""
    left, right = pair(target, target, tmp_path)
    left.fill([item("new"), item("changed", text="2")])
    right.fill([item("changed", text="1"), item("old")])
    ours, theirs, held = left.tree().load(), right.tree().load(), right.state()
    right.take_rights()
    result = ours.sync(theirs, policy=Policy(guarded=False, sleep=lambda _seconds: None))
    assert (False, held) == (result.ok, right.state())
    assert Status.APPLIED not in result.counts
    with pytest.raises(SourceError):
        right.tree().load()


def pair(source: type[System], target: type[System], folder: Path) -> tuple[System, System]:
    """Return a new system of each kind."""
    (folder / "left").mkdir()
    (folder / "right").mkdir()
    return source(folder / "left"), target(folder / "right")


@source()
def test_the_settings_it_reads_are_known(source: type[System], tmp_path: Path) -> None:
    """What reaches the system is among the settings that its adapter names, so others can be found."""
    tree = source(tmp_path).tree()
    assert set(tree.settings) <= (type(tree.importer).known_settings or set())
