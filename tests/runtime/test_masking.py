"""Sensitive values are masked wherever a person or a log could read them."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    Action,
    Added,
    Changed,
    DataStoreBranch,
    DataStoreTree,
    DefaultTemplate,
    Difference,
    DuplicateKeyError,
    HeldBack,
    New,
    Old,
    Outcome,
    Phase,
    Place,
    RecordChange,
    Removed,
    TransientError,
    Unreadable,
    override,
)
from dss_runtime._masking import scrub
from dss_runtime._template import Work
from dss_runtime.codegen import Answer, Field, ModelInfo
from dss_runtime.types import IntType, SetType
from tests.runtime.faults import writing
from tests.runtime.people import TEXT, UNGUARDED, Obedient, Row, left, patient, right, school, student


class Account(Row):
    """An account whose key, number and groups nobody may see."""

    __slots__ = ("groups", "name", "number", "pin")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Account",
        ("Account",),
        ("number", "name"),
        (
            Field("number", TEXT, sensitive=True),
            Field("name", TEXT),
            Field("pin", IntType(), sensitive=True),
            Field("groups", SetType(of=TEXT), sensitive=True),
        ),
    )


class AccountsBranch(DataStoreBranch):
    """Accounts."""

    __branchname__ = "accounts"
    klass = Account
    guard = UNGUARDED


class Bank(DataStoreTree):
    """A system of accounts."""

    __branches__ = AccountsBranch
    __template__ = Obedient


def bank(*accounts: Account, template: type[DefaultTemplate] = Obedient) -> Bank:
    """Return a tree of accounts."""
    tree = Bank(template=template)
    for each in accounts:
        tree.branches[0].put((each.number, each.name), each)  # type: ignore[attr-defined]
    return tree


def account(number: str, pin: int = 4711, *groups: str, name: str = "main") -> Account:
    """Return an account."""
    return Account(number=number, name=name, pin=pin, groups=frozenset(groups))


SECRETS = ("DE4400", "DE5500", "DE6600", "4711", "8822", "hidden-a", "hidden-b")


def hides(text: str) -> bool:
    """Whether no secret can be read in *text*."""
    return not any(secret in text for secret in SECRETS)


def two_banks(template: type[DefaultTemplate] = Obedient) -> tuple[Bank, Bank]:
    """Return two trees with a difference of each kind."""
    ours = [account("DE4400", 4711, "hidden-a"), account("DE5500")]
    theirs = [account("DE4400", 8822, "hidden-b"), account("DE6600")]
    return bank(*ours), bank(*theirs, template=template)


def test_messages_and_representations_are_masked() -> None:
    """Every kind of action, and what is made of actions, shows asterisks for sensitive parts."""
    a, b = two_banks()
    actions = list(a - b)

    assert [
        "new_accounts(number='***', name='main')",
        "changed_accounts_pin(number='***', name='main', old='***', new='***')",
        "added_accounts_groups(number='***', name='main', item='***')",
        "removed_accounts_groups(number='***', name='main', item='***')",
        "old_accounts(number='***', name='main')",
    ] == [action.message for action in actions]
    assert [
        f"<{type(action).__name__} {action.message}>" for action in actions
    ] == [repr(action) for action in actions]  # fmt: skip
    assert hides(repr(a >> b))
    assert hides(repr(Work("new", "accounts", ("DE4400", "main"), tuple(actions[:1]))))
    change: RecordChange[Any, Any, Any] = RecordChange(
        "accounts", ("DE4400", "main"), actions[1].left, actions[1].right, tuple(actions[1:4])
    )
    assert "<RecordChange changed_accounts(number='***', name='main', attributes=('pin', 'groups'))>" == repr(
        change
    )


def leaks(action: Action) -> str:
    """Return a text that quotes everything, as an error of a driver does."""
    shown = [record for record in (action.left, action.right) if record is not None]
    return " ".join(f"{each.number!r} {each.pin} {sorted(each.groups)}" for each in shown)


class Leaking(DefaultTemplate):
    """Puts all it knows into what it says."""

    @override
    def perform(self, action: Action, /) -> Answer:
        if action.kind == "new":
            raise ValueError(leaks(action))
        if action.kind == "old":
            raise TransientError(leaks(action))
        return Outcome.failed(leaks(action))

    @override
    def on_failure(self, action: Action, outcome: Outcome) -> None:
        raise RuntimeError(leaks(action))


def test_what_handlers_say_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    """Exceptions, reasons and the log show no sensitive value of the record."""
    a, b = two_banks(Leaking)

    with caplog.at_level(logging.DEBUG):
        result = a.sync(b, policy=patient())

    assert {"failed"} == {outcome.status for _, outcome in result}
    assert "ValueError: *** *** []" == result.results[0][1].reason
    assert all(hides(outcome.reason) for _, outcome in result)
    assert 5 == len(caplog.messages)
    assert hides(caplog.text)


def test_the_error_of_a_batch_is_masked_for_all_of_it() -> None:
    """No record's reason shows a value of another record of its batch."""

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        raise ValueError(" ".join(leaks(work.actions[0]) for work in works))

    a = bank(account("DE4400", 4711, "hidden-a"), account("DE5500", 8822))

    result = a.sync(bank(template=writing(wrote, "new_accounts")), policy=patient())

    assert 2 == len(result)
    assert all(hides(outcome.reason) for _, outcome in result)


def test_a_failed_commit_is_masked() -> None:
    """A database that quotes its parameters when it refuses a commit tells nobody."""

    class Commits(Obedient):
        @override
        def end(self, phase: Phase) -> None:
            raise ValueError(" ".join(map(leaks, self.seen)))

    a, b = two_banks(Commits)

    result = a >> b

    assert "unknown" == result.results[0][1].status
    assert all(hides(outcome.reason) for _, outcome in result)


def test_what_stopped_a_run_is_masked() -> None:
    """The reason of what was not tried names the action that failed, masked."""
    a, b = two_banks(Leaking)

    result = a.sync(b, policy=patient(on_error="stop"))

    assert "stopped after new_accounts(number='***', name='main') failed" == result.results[1][1].reason


def test_held_back_records_are_masked() -> None:
    """Neither the message, nor the reason, nor the representation shows a key that is sensitive."""
    a, b = bank(), bank(account("DE4400"))
    row = Unreadable(
        "Bank.accounts", Place("accounts.txt", 3), "pin: '***' expected a number", (("DE4400", "main"),)
    )
    a.branches[0].quarantine(row)

    (held,) = (a - b).held_back()

    assert ("old_accounts(number='***', name='main')", ("DE4400", "main")) == (held.message, held.key)
    assert hides(repr(held) + repr(row) + str(row) + held.reason)
    assert isinstance(held, HeldBack)


def test_a_key_that_is_there_twice_is_masked() -> None:
    """The error of keys that equal each other without being of one type shows neither."""

    class Numbers(AccountsBranch):
        klass: Any = type(
            "Number",
            (Row,),
            {
                "__dss__": ModelInfo(
                    "N", ("N",), ("idnumber",), (Field("idnumber", IntType(), sensitive=True),)
                )
            },
        )

    class Tree(DataStoreTree):
        __branches__ = Numbers

    branch = Tree().branches[0]
    branch.put(4711, branch.klass(idnumber=4711))

    with pytest.raises(DuplicateKeyError) as caught:
        branch.existing(4711.0)

    text = (
        "".join(traceback.format_exception(caught.value))
        + repr(caught.value)
        + repr(pickle.dumps(caught.value))
    )
    assert hides(text.replace("branch.existing(4711.0)", "").replace("put(4711", ""))


SECRET = st.text(st.sampled_from("ab'\\\n é"), min_size=1, max_size=6)


@given(SECRET, SECRET, st.text(st.sampled_from("xyz ")))
def test_no_part_of_a_secret_is_left(one: str, two: str, around: str) -> None:
    """Text that quotes sensitive values, however one contains the other, shows none of them."""
    record = student("1", email=one + two)
    other = student("2", email=two)

    text = scrub(f"{around}{one + two}{around}{two!r}{one + two!r}", record, other)

    assert one + two not in text.replace("***", "")
    assert scrub(around, record) == around or one + two in around


def test_nothing_is_masked_where_nothing_is_sensitive() -> None:
    """Records without sensitive values, and no records at all, leave a text as it is."""
    assert "Ann 1" == scrub("Ann 1", student("1", name="Ann", email=None), school("1"), None)
    assert "Ann 1" == scrub("Ann 1", student("1", name="Ann", email=""))


@pytest.mark.parametrize("kind", [New, Old, Changed, Added, Removed])
def test_values_of_plain_fields_are_shown(kind: type[Action]) -> None:
    """What is not sensitive can be read in the message."""
    a = left(school("S"), student("1", name="new", courses=frozenset("x")), student("2"))
    b = right(school("S"), student("1", name="old", courses=frozenset("y")), student("3"))
    shown = {
        New: "new_students(idnumber='2')",
        Old: "old_students(idnumber='3')",
        Changed: "changed_students_name(idnumber='1', old='old', new='new')",
        Added: "added_students_courses(idnumber='1', item='x')",
        Removed: "removed_students_courses(idnumber='1', item='y')",
    }

    assert [shown[kind]] == [action.message for action in a - b if isinstance(action, kind)]


def test_a_difference_of_types_names_no_value() -> None:
    """An action that cannot be carried out says why without the value."""
    a, b = bank(account("DE4400", "4711")), bank(account("DE4400", 8822))  # type: ignore[arg-type]

    ((action, outcome),) = (a >> b).results

    assert "rejected" == outcome.status
    assert hides(f"{action!r} {action.error} {outcome.reason}")
    assert isinstance(Difference("a", 1, 2), tuple)
