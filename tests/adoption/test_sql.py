"""Accounts of a database that lack their key are adopted, by one match and never by a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.adoption.directory import Directory, Row, account, staff, told

few = settings(max_examples=max(10, settings().max_examples // 2), phases=[Phase.explicit, Phase.generate])
EMAILS = st.sampled_from([None, "", " ", "a@x", "A@X", "b@x", "B@x", "c@x", "d@x"])
HOMES = st.sampled_from([None, "", "/own", "/home"])
PHONES = st.sampled_from([None, "", "1", "2"])
ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from([None, "", " ", *"uvwxyz"]),
        EMAILS,
        PHONES,
        HOMES,
        st.sampled_from([None, 0, 1]),
        st.sampled_from(["staff", "staff", "robot"]),
    ),
    max_size=8,
    unique_by=lambda row: row.uid.strip() if row.uid and row.uid.strip() else object(),
)
PEOPLE = st.lists(
    st.builds(
        account,
        st.sampled_from("uvwxyzrst"),
        email=st.sampled_from([None, "a@x", "A@X", "B@x", "c@x", "d@x"]),
        phone=st.sampled_from([None, "1", "2"]),
        home=st.just("/left"),
    ),
    max_size=6,
    unique_by=lambda each: each.login,
)


def form(email: str | None) -> str:
    """Return what tells who somebody is."""
    return (email or "").strip() and (email or "").casefold()


def adopted(people: Sequence[Any], rows: Sequence[Row]) -> tuple[dict[int, str], set[str]]:
    """Return which rows are adopted, by their number, and who has to be decided on, found the plain way."""
    ours = Counter(form(each.email) for each in people)
    theirs = Counter(form(each.email) for each in rows if each.kind == "staff")
    keyed = {each.uid for each in rows if each.kind == "staff" and (each.uid or "").strip()}
    found: dict[int, str] = {}
    undecided: set[str] = set()
    for each in people:
        who = form(each.email)
        matches = [
            row.number
            for row in rows
            if row.kind == "staff" and not (row.uid or "").strip() and who and form(row.email) == who
        ]
        if each.login in keyed or not matches:
            continue
        if ours[who] == 1 == theirs[who]:
            found[matches[0]] = each.login
        else:
            undecided.add(each.login)
    return found, undecided


@few
@given(people=PEOPLE, given_rows=ROWS)
def test_one_match_adopts_and_several_are_left_to_a_person(people: list[Any], given_rows: list[Row]) -> None:
    """Adopted rows get the key and keep what is theirs; every other row without one is left byte for byte."""
    with TemporaryDirectory() as place:
        directory, left = Directory(Path(place), given_rows), staff(people)
        before = {row.number: row for row in directory.rows}
        found, undecided = adopted(people, list(before.values()))
        result = directory.follow(left)
        after = {row.number: row for row in directory.rows}
        assert undecided == {action.key for action, outcome in result if not outcome.ok}
        assert all(outcome.ok or "the login of the right one" in outcome.reason for _, outcome in result)
        keyed = {row.uid for row in before.values() if row.kind == "staff" and (row.uid or "").strip()}
        created = {each.login for each in people} - keyed - undecided - set(found.values())
        assert len(before) + len(created) == len(after)
        assert created == {row.uid for number, row in after.items() if number not in before}
        for number, row in before.items():
            if number in found:
                assert found[number] == after[number].uid
                assert not after[number].disabled
                assert (row.home if (row.home or "").strip() else "/left") == after[number].home
                if (row.phone or "").strip():
                    assert row.phone == after[number].phone
            elif row.kind != "staff" or not (row.uid or "").strip():
                assert row == after[number]
        again = directory.tree().load()
        assert undecided == {action.key for action in left - again}
        backward = (action for action in again - left if action.attribute not in ("home", "phone"))
        assert [] == [action.message for action in backward if action.key not in undecided]


def test_what_is_done_is_told(tmp_path: Path) -> None:
    """A person sees what was adopted by what, and what to do where nobody can tell."""
    rows = [
        Row(None, "a@x"),
        Row("", "B@x"),
        Row(None, "b@x"),
        Row(None, "c@x"),
        Row("k", "d@x"),
        Row("", "d@x"),
    ]
    people = [account(login, email=f"{login}@x") for login in "abcdk"] + [account("e", email="C@x")]
    directory = Directory(tmp_path, rows)
    undecided = "write the login of the right one into its record there"
    assert [
        "new_accounts(login='a') adopts email='a@x'",
        f"new_accounts(login='b'): rejected: 2 records of Directory match it by email: {undecided}",
        f"new_accounts(login='c'): rejected: 2 records of Staff have the same email: {undecided}",
        f"new_accounts(login='d'): rejected: 2 records of Directory match it by email: {undecided}",
        f"new_accounts(login='e'): rejected: 2 records of Staff have the same email: {undecided}",
        "changed_accounts_email(login='k', old='d@x', new='k@x')",
    ] == told(directory.follow(staff(people)))
    directory.execute("UPDATE account SET uid = 'b' WHERE email = 'B@x'")
    assert "new_accounts(login='d') adopts email='d@x'" in told(directory.follow(staff(people)))


def test_a_row_that_changed_since_it_was_read_is_not_adopted(tmp_path: Path) -> None:
    """The row is found by the lack of a key and by what was read: another writer was faster, so it fails."""
    for change in ("UPDATE account SET uid = 'z'", "UPDATE account SET email = 'z@x'", "DELETE FROM account"):
        folder = tmp_path / change[-3:].strip(" '")
        folder.mkdir()
        directory, left = Directory(folder, [Row(None, "a@x")]), staff([account("a", email="a@x")])
        right = directory.tree().load()
        directory.execute(change)
        before = directory.rows
        assert ["new_accounts(login='a') adopts email='a@x': failed: there is no such row any more"] == told(
            left.sync(right)
        )
        assert before == directory.rows


def test_two_rows_that_are_alike_by_then_are_both_left(tmp_path: Path) -> None:
    """Exactly one row is hit, or none is."""
    directory, left = Directory(tmp_path, [Row(None, "a@x")]), staff([account("a", email="a@x")])
    right = directory.tree().load()
    directory.execute("INSERT INTO account (email, kind) VALUES ('a@x', 'staff')")
    before = directory.rows
    reason = "2 rows of the table are like the one to adopt"
    assert [f"new_accounts(login='a') adopts email='a@x': failed: {reason}"] == told(left.sync(right))
    assert before == directory.rows


def test_many_are_adopted_in_one_batch_with_new_ones(tmp_path: Path) -> None:
    """What a batch does to one row it does to no other, whatever each of them keeps."""
    rows = [Row(None if at % 2 else "", f"{at}@x", None, "/own" if at % 3 else None) for at in range(40)]
    directory = Directory(tmp_path, rows)
    people = [account(f"n{at}", email=f"{at}@x", home="/left") for at in range(60)]
    assert directory.follow(staff(people)).ok
    assert [(f"n{at}", f"{at}@x", "/own" if at < 40 and at % 3 else "/left") for at in range(60)] == [
        (row.uid, row.email, row.home) for row in directory.rows
    ]


def test_an_unreadable_row_without_a_key_holds_new_ones_back(tmp_path: Path) -> None:
    """A row by which nobody can be known may be anybody's."""
    directory = Directory(tmp_path, [Row(None, "x" * 10), Row(None, "a@x")])
    directory.execute("UPDATE account SET email = X'ff' WHERE email = 'xxxxxxxxxx'")
    left = staff([account("a", email="a@x")])
    result = directory.follow(left)
    assert ([], 1) == (told(result), len(result.held_back))
    assert [None, None] == [row.uid for row in directory.rows]
