"""What keeps a record that was set aside for long from being deleted for good."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dss_runtime import DataStoreTree, Place, Unclaimed, Unreadable
from dss_runtime.adapters.memory import MemorySystem
from dss_runtime.codegen import Field, ModelInfo
from dss_runtime.types import StrType
from tests.adoption.models import Importer, Members, People, Person, Template

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class Badge(Person):
    """What somebody wears; its email is the number of that person."""

    __slots__ = ()
    __dss__ = ModelInfo(
        "Badge",
        ("Badge",),
        ("number",),
        (
            Field("number", StrType()),
            Field("email", StrType(), optional=True, ref="Person"),
            Field("login", StrType(), optional=True),
        ),
    )


class Badges(People):
    """The badges."""

    __branchname__ = "badges"
    klass = Badge
    matched_by = ("login",)


class Both(Importer):
    """Reads both branches."""

    def read_badges(self) -> None:
        """Read the badges."""
        branch: Any = self.tree.branches[1]
        self.derive(branch, self.records("badges"))


class Office(DataStoreTree):
    """A system with people and badges."""

    __branches__ = (Members, Badges)
    __importer__ = Both
    __template__ = Template


def office(
    people: dict[str, Person] | None = None, badges: dict[str, Badge] | None = None, *unclaimed: Unclaimed
) -> Any:
    """Return a system, read; `0` was set aside in it for long."""
    held = MemorySystem({"people": people or {}, "badges": badges or {}}, {"badges": unclaimed})
    if "0" not in held.branch("people"):
        held.put("people", "0", Person("0", "o@x"))
        held.set_aside("people", "0")
    right: Any = Office(settings={"system": held}).load()
    right.people.expired["0"] = SINCE
    return right


def told(left: Any, right: Any) -> list[str]:
    """Return what would be done, and what is held back with the reason."""
    actions, held_back = (left - right).plan()
    return [each.message for each in actions] + [f"{each.message}: {each.reason}" for each in held_back]


FINAL = "old_people(number='0') deleted for good, set aside since 2026-01-01"


def test_who_was_set_aside_for_long_is_deleted() -> None:
    """Nothing speaks against it."""
    assert [FINAL] == told(office(), office())


def test_who_is_back_or_has_not_expired_is_not() -> None:
    """Only what is retired and on neither side goes for good."""
    left = office({"0": Person("0", "o@x")})
    assert ["new_people(number='0')"] == told(left, office())
    right = office()
    right.people.expired.clear()
    assert [] == told(office(), right)
    assert [] == told(left, left)


def test_a_child_that_stays_keeps_whom_it_refers_to() -> None:
    """As it keeps every parent; a child that goes as well does not."""
    badge = {"b": Badge("b", "0")}
    assert [f"{FINAL}: badges (number='b') stays and refers to it"] == told(
        office({}, badge), office({}, badge)
    )
    assert ["old_badges(number='b')", FINAL] == told(office(), office({}, badge))


def test_a_record_without_a_key_keeps_whom_it_refers_to() -> None:
    """It is nobody's to change, so its parents stay."""
    right = office({}, {}, Unclaimed({"email": "0", "login": "x"}))
    assert [f"{FINAL}: a record of badges without a key refers to it"] == told(office(), right)


def test_an_unreadable_row_that_may_be_theirs_keeps_them() -> None:
    """Who cannot be read on the left may be back."""
    for key in (("0",), ()):
        left = office()
        left.people.quarantine(Unreadable("people", Place("people.csv", 7), "what?", key))
        (line,) = told(left, office())
        assert line.startswith(f"{FINAL}: people.csv:7: what?")


def test_a_child_whose_deletion_fails_keeps_its_parent() -> None:
    """The deletion for good is blocked, as that of any parent."""
    right = office({}, {"b": Badge("b", "0")})
    right.settings["system"].fail("badges", "b", ValueError("no"))
    result = office().sync(right)
    assert [
        ("old_badges(number='b')", "failed"),
        (FINAL, "blocked"),
    ] == [(action.message, str(outcome.status)) for action, outcome in result]
    assert office().sync(right).ok
    assert ({}, {}) == (dict(right.settings["system"].aside("people")), right.people.retired)
