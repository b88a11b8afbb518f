"""A run that was killed while it adopted, or deleted for good: the next one finds out by reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import Unclaimed, override
from dss_runtime.adapters.memory import MemorySystem
from dss_runtime.journal import Journal, NewRun, Recording, resolve
from dss_runtime.plans import Seal
from dss_runtime.plans._identity import schema_mark
from dss_runtime.plans._values import Values
from tests.adoption.models import UNGUARDED, Club, Person, source, system

VALUES = Values(Seal(b"k" * 32))


class Killed(Recording):
    """Notes what a run intends, and nothing after that."""

    @override
    def settle(self, *_: object) -> None:
        """Forget what became of a work."""

    @override
    def committed(self, *_: object) -> None:
        """Forget that a phase has ended."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(Journal(tmp_path / "journal.sqlite")) as made:
        yield made


def club(held: MemorySystem) -> Any:
    """Return the right side, read; who is set aside there is to be deleted."""
    right: Any = Club(settings={"system": held}).load()
    right.people.expired.update(dict.fromkeys(right.people.retired, datetime(2026, 1, 1, tzinfo=UTC)))
    return right


def found(journal: Journal, held: MemorySystem, left: Any, *, happens: bool) -> tuple[str, str, str]:
    """Kill a run after its intent; return what the next one finds: remark, state and reason of its work."""
    right = club(held)
    new = NewRun(
        command="sync",
        left="L",
        right="R",
        branches=("people",),
        schema=schema_mark([right.people]),
        target="t",
    )
    number = journal.begin(new, {})
    recorder = Killed(journal, number, {"people": right.people}, VALUES)
    if not happens:
        held.fail_commit(ValueError("killed"))
    left.sync(right, policy=UNGUARDED, recorder=recorder)
    by = journal.begin(new, {})
    resolve(journal, "t", {"people": club(held).people}, VALUES, by)
    (work,) = journal.works(number)
    return work.remark, work.state, work.reason


def test_an_adoption_is_found_by_reading(journal: Journal) -> None:
    """It happened where the record is there as it was to be, with what it kept; else it did not."""
    for happens, state in ((True, "applied"), (False, "skipped")):
        held = system([], [Unclaimed({"email": "a@x", "login": "own"})])
        remark, known, _ = found(journal, held, source(Person("1", "A@x", "left")), happens=happens)
        assert ("adopts", state) == (remark, known)


def test_a_deletion_for_good_is_found_by_reading(journal: Journal) -> None:
    """It happened where the record is not even set aside any more."""
    for happens, state in ((True, "applied"), (False, "skipped")):
        held = system([Person("1", "a@x")])
        held.set_aside("people", "1")
        remark, known, _ = found(journal, held, source(), happens=happens)
        assert ("final", state) == (remark, known)


def test_no_address_is_in_the_journal(journal: Journal, tmp_path: Path) -> None:
    """Neither of the record that was there, nor of what it became."""
    held = system([], [Unclaimed({"email": "Canary@x"}, {"email": " Canary@x"})])
    found(journal, held, source(Person("1", "canary@x")), happens=True)
    texts = (path.read_bytes().lower() for path in tmp_path.iterdir())
    assert [] == [text for text in texts if b"canary" in text]
