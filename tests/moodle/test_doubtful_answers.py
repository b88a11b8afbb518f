"""What a Moodle answers that is no answer, or not the whole of it, is never taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import (
    DataStoreTree,
    New,
    SettingsError,
    SourceError,
    TransientError,
    UnknownOutcomeError,
    Work,
)
from dss_runtime.adapters.moodle._client import MoodleError
from dss_runtime.adapters.moodle._encoding import pairs
from dss_runtime.adapters.moodle._moodle import Moodle
from dss_runtime.adapters.moodle._settings import settings_of
from dss_runtime.adapters.moodle._template import outcome_told
from dss_runtime.adapters.moodle.resources import RESOURCES
from dss_runtime.adapters.moodle.resources._base import Row
from dss_runtime.codegen import override
from tests.moodle.academy import UNGUARDED, academy, outcomes, person, registry
from tests.moodle.stand_in.server import TOKEN, StandIn

Twist = Callable[[str, Any], Any]


def _as_it_is(_name: str, answer: Any) -> Any:
    return answer


class Twisted(StandIn):
    """A stand-in whose answers a test changes on their way: `twist` gets a function's name and its answer."""

    twist: Twist = staticmethod(_as_it_is)

    @override
    def answer(self, data: bytes) -> tuple[str, bytes]:
        before = len(self.calls)
        kind, body = super().answer(data)
        name = self.calls[before] if len(self.calls) > before else ""
        if not name or not body:
            return kind, body
        twisted = self.twist(name, json.loads(body))
        return kind, twisted if isinstance(twisted, bytes) else json.dumps(twisted).encode()


@pytest.fixture
def twisted() -> Iterator[Twisted]:
    """A new site."""
    made = Twisted()
    with made:
        yield made


@pytest.fixture
def moodle(twisted: Twisted) -> Iterator[Moodle]:
    """The site through the adapter."""
    made = opened(twisted)
    yield made
    made.close()


def opened(stand_in: StandIn, **more: object) -> Moodle:
    """Return the adapter's view of a site."""
    tree = DataStoreTree(settings={"url": stand_in.url, "token": TOKEN, "max_input_vars": 1000, **more})
    return Moodle(settings_of(tree))


def account(number: str, **more: Any) -> Row:
    """Return an account that is to be made."""
    values = {
        "username": f"u{number}", "firstname": "Ada", "lastname": "Byron", "email": f"u{number}@x.example",
        "idnumber": number, **more,
    }  # fmt: skip
    return Row({"idnumber": number}, values)


def course_of(moodle: Moodle, code: str, **more: Any) -> Row:
    """Return a course that is to be made, in a category that is there."""
    category = Row({"idnumber": f"C{code}"}, {"idnumber": f"C{code}", "name": code})
    RESOURCES["categories"].create(moodle, [category])
    values = {"idnumber": code, "shortname": code, "fullname": code, "category": f"C{code}", **more}
    return Row({"idnumber": code}, values)


def made(moodle: Moodle, resource: str, **key: str) -> Row:
    """Make a record and return it."""
    row = Row(key, dict(key))
    RESOURCES[resource].create(moodle, [row])
    return row


def reasons(*rows: Row) -> list[str]:
    """Return why rows are not written, "" for those that are."""
    return ["nothing" if row.outcome is None else row.outcome.reason for row in rows]


def test_an_empty_answer_is_a_lost_one(twisted: Twisted, moodle: Moodle) -> None:
    """A call that was carried out, and whose answer is empty, is looked for and not made again in halves."""
    twisted.twist = lambda name, answer: b"" if name == "core_user_create_users" else answer
    with pytest.raises(UnknownOutcomeError, match="empty"):
        RESOURCES["users"].create(moodle, [account("1"), account("2")])
    assert 1 == twisted.calls.count("core_user_create_users")


@pytest.mark.parametrize("code", ["sitemaintenance", "upgraderunning", "dbconnectionfailed"])
def test_a_site_that_is_closed_for_a_while_is_tried_again(
    twisted: Twisted, moodle: Moodle, code: str
) -> None:
    """What is refused because of maintenance has not happened, and may work later."""
    body = {"exception": "moodle_exception", "errorcode": code, "message": "The site is closed"}
    twisted.twist = lambda name, _answer: body
    with pytest.raises(TransientError, match="closed"):
        moodle.client.write("core_user_delete_users", userids=[3])


@pytest.mark.parametrize("beyond", [1, 2, 3, 10])
def test_a_form_that_the_server_cuts_off_is_refused_as_a_whole(
    twisted: Twisted, moodle: Moodle, beyond: int
) -> None:
    """The token is cut off first, so that a server that cuts off carries nothing out; and it is said."""
    users = [account(str(number)).values for number in range(5)]
    twisted.max_input_vars = len(dict(pairs({"users": users}))) + 3 - beyond
    with pytest.raises(MoodleError, match="max_input_vars"):
        moodle.client.write("core_user_create_users", users=users)
    assert {"core_webservice_get_site_info"} == set(twisted.calls)


def test_no_accounts_at_all_are_no_answer(twisted: Twisted, moodle: Moodle) -> None:
    """Every Moodle has accounts: where none is shown, the right to see them is gone."""
    twisted.twist = lambda _name, answer: {"users": [], "warnings": []}
    with pytest.raises(SourceError, match="no account"):
        list(RESOURCES["users"].read(moodle))


def test_accounts_without_their_details_are_no_answer(twisted: Twisted, moodle: Moodle) -> None:
    """Without the right to all details Moodle leaves fields out: what is not told is not empty."""
    twisted.twist = lambda _name, answer: {
        "users": [{"id": each["id"], "fullname": each["fullname"]} for each in answer["users"]],
        "warnings": [],
    }
    with pytest.raises(SourceError, match="details"):
        list(RESOURCES["users"].read(moodle))


@pytest.mark.parametrize("resource", ["cohort_members", "group_members"])
def test_a_member_whose_account_is_not_shown_is_no_stranger(
    twisted: Twisted, moodle: Moodle, resource: str
) -> None:
    """A member who is missing in the list of accounts makes the memberships doubtful."""
    RESOURCES["users"].create(moodle, [account("1")])
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG")])
    made(moodle, "cohorts", idnumber="ALL", name="All")
    made(moodle, "groups", idnumber="G", name="G", course="ALG")
    made(moodle, "enrolments", course="ALG", person="1", role="student")
    place = "cohort" if resource == "cohort_members" else "group"
    row = made(moodle, resource, **{place: "ALL" if place == "cohort" else "G", "person": "1"})
    assert [""] == reasons(row)
    assert 1 == len(list(RESOURCES[resource].read(moodle)))
    twisted.twist = lambda name, answer: (
        {**answer, "users": answer["users"][:-1]} if name == "core_user_get_users" else answer
    )
    with pytest.raises(SourceError, match="not shown"):
        list(RESOURCES[resource].read(moodle))


def test_a_course_with_other_ways_in_needs_the_database(twisted: Twisted, moodle: Moodle) -> None:
    """No web service tells manual enrolments from others, which nobody may suspend by hand."""
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG")])
    assert [] == list(RESOURCES["enrolments"].read(moodle))

    def twist(name: str, answer: Any) -> Any:
        if name == "core_course_get_courses_by_field":
            answer["courses"] = [
                {**each, "enrollmentmethods": ["manual", "self"]} for each in answer["courses"]
            ]
        return answer

    twisted.twist = twist
    other = opened(twisted)
    with pytest.raises(SourceError, match=r"ALG.*self.*`database`"):
        list(RESOURCES["enrolments"].read(other))
    other.close()


@pytest.mark.parametrize("debug", [True, False])
def test_a_name_that_is_taken_is_said_with_debugging_off(
    twisted: Twisted, moodle: Moodle, debug: bool
) -> None:
    """Which of a new account's names is taken, and by which account, is told; the others are made."""
    twisted.debug = debug
    RESOURCES["users"].create(moodle, [account("1")])
    rows = [account("2", username="u1"), account("3", email="U1@x.example"), account("4")]
    RESOURCES["users"].create(moodle, rows)
    by_name, by_email, fine = reasons(*rows)
    assert ("the username" in by_name, "the email" in by_email, fine) == (True, True, "")
    assert "id 4" in by_name
    assert "id 4" in by_email


def test_why_somebody_cannot_join_a_group_is_said_with_debugging_off(
    twisted: Twisted, moodle: Moodle
) -> None:
    """Who is not enrolled cannot join a group: the reason says so, and the others join."""
    twisted.debug = False
    RESOURCES["users"].create(moodle, [account("1"), account("2")])
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG")])
    made(moodle, "groups", idnumber="G", name="G", course="ALG")
    made(moodle, "enrolments", course="ALG", person="1", role="student")
    rows = [Row({"group": "G", "person": each}, {}) for each in ("1", "2")]
    RESOURCES["group_members"].create(moodle, rows)
    fine, refused = reasons(*rows)
    assert ("", True) == (fine, "enrolled" in refused)


def test_a_file_that_holds_no_certificates_is_a_wrong_setting(tmp_path: Path, twisted: Twisted) -> None:
    """A `ca_file` that cannot be read as one is named, with its key."""
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    with pytest.raises(SettingsError, match="ca_file"):
        opened(twisted, ca_file=str(wrong))


def change(twisted: Twisted, function: str, per_record: Callable[[dict[str, Any]], Any]) -> None:
    """Let each record of a listing come as *per_record* makes it; None leaves it out."""

    def twist(name: str, answer: Any) -> Any:
        if name != function:
            return answer
        of_courses = name == "core_course_get_courses_by_field"
        records: Any = answer["courses"] if of_courses else answer
        kept = [each for each in map(per_record, records) if each is not None]
        return {**answer, "courses": kept} if of_courses else kept

    twisted.twist = twist


def test_courses_that_are_not_shown_are_missed(twisted: Twisted, moodle: Moodle) -> None:
    """Hidden courses are left out without a word: the numbers that the categories announce tell of them."""
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG"), course_of(moodle, "BIO")])
    change(
        twisted,
        "core_course_get_courses_by_field",
        lambda each: each if each["idnumber"] != "ALG" else None,
    )
    other = opened(twisted)
    with pytest.raises(SourceError, match="1 courses are not shown"):
        list(RESOURCES["courses"].read(other))
    other.close()


@pytest.mark.parametrize(
    ("resource", "function"),
    [
        ("courses", "core_course_get_courses_by_field"),
        ("categories", "core_course_get_categories"),
    ],
)
def test_an_idnumber_that_is_not_told_is_not_empty(
    twisted: Twisted, moodle: Moodle, resource: str, function: str
) -> None:
    """Only who may change a course or a category is told its idnumber."""
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG")])
    change(
        twisted,
        function,
        lambda each: {key: value for key, value in each.items() if key != "idnumber"},
    )
    other = opened(twisted)
    with pytest.raises(SourceError, match="without their idnumbers"):
        list(RESOURCES[resource].read(other))
    other.close()


def test_names_are_read_as_they_are(twisted: Twisted, moodle: Moodle) -> None:
    """Without asking for raw texts, an ampersand would come back as HTML and differ for ever."""
    course = course_of(moodle, "ALG", fullname="Arts & Crafts")
    RESOURCES["courses"].create(moodle, [course])
    made(moodle, "cohorts", idnumber="ALL", name="You & me")
    other = opened(twisted)
    assert ["Arts & Crafts"] == [each["fullname"] for each in RESOURCES["courses"].read(other)]
    assert ["You & me"] == [each["name"] for each in RESOURCES["cohorts"].read(other)]
    other.close()


@pytest.mark.parametrize("values", [{"name": "New"}, {"visible": False}])
def test_a_cohort_changes_by_what_differs(moodle: Moodle, values: dict[str, Any]) -> None:
    """Moodle wants the name and the place of a cohort with every change; what did not change stays."""
    made(moodle, "cohorts", idnumber="ALL", name="All")
    row = Row({"idnumber": "ALL"}, dict(values))
    RESOURCES["cohorts"].change(moodle, [row])
    assert [""] == reasons(row)
    (held,) = RESOURCES["cohorts"].read(moodle)
    assert {"idnumber": "ALL", "name": "All", "visible": True, **values} == held


def test_a_group_stays_in_its_course(moodle: Moodle) -> None:
    """Moodle cannot move a group, and says so."""
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG"), course_of(moodle, "BIO")])
    made(moodle, "groups", idnumber="G", name="G", course="ALG")
    row = Row({"idnumber": "G"}, {"course": "BIO"})
    RESOURCES["groups"].change(moodle, [row])
    assert ["course: Moodle cannot change it; remove the record and create it anew"] == reasons(row)


def test_a_category_moves_to_the_top(twisted: Twisted, moodle: Moodle) -> None:
    """A category that has no parent any more is moved, not left where it was."""
    made(moodle, "categories", idnumber="A", name="A")
    made(moodle, "categories", idnumber="B", name="B", parent="A")
    row = Row({"idnumber": "B"}, {"parent": ""})
    RESOURCES["categories"].change(moodle, [row])
    other = opened(twisted)
    assert {"A": "", "B": ""} == {
        each["idnumber"]: each["parent"] for each in RESOURCES["categories"].read(other) if each["idnumber"]
    }
    other.close()


def test_who_is_suspended_keeps_every_role(moodle: Moodle) -> None:
    """Only a change of the role takes roles away."""
    RESOURCES["users"].create(moodle, [account("1")])
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG")])
    made(moodle, "enrolments", course="ALG", person="1", role="student")
    made(moodle, "enrolments", course="ALG", person="1", role="editingteacher")
    row = Row({"course": "ALG", "person": "1"}, {"suspended": True})
    RESOURCES["enrolments"].change(moodle, [row])
    assert [""] == reasons(row)
    (held,) = moodle.enrolled([moodle.id("courses", "ALG")]).values()
    assert ((3, 5), True) == (tuple(sorted(held.roles)), held.suspended)


def test_a_former_role_that_stays_fails_its_record_alone(twisted: Twisted, moodle: Moodle) -> None:
    """Where a new role was given and the former one cannot be taken, that is said of this record."""
    RESOURCES["users"].create(moodle, [account("1"), account("2")])
    RESOURCES["courses"].create(moodle, [course_of(moodle, "ALG")])
    for number in ("1", "2"):
        made(moodle, "enrolments", course="ALG", person=number, role="student")
    rows = [Row({"course": "ALG", "person": number}, {"role": "editingteacher"}) for number in ("1", "2")]
    body = {"exception": "x", "errorcode": "nope", "message": "Not this one"}
    twisted.twist = lambda name, answer: body if name == "core_role_unassign_roles" else answer
    RESOURCES["enrolments"].change(moodle, rows)
    assert all("the former role stays" in each for each in reasons(*rows))
    twisted.twist = lambda name, answer: answer
    again = [Row(each.key, {"role": "editingteacher"}) for each in rows]
    RESOURCES["enrolments"].change(moodle, again)
    assert ["", ""] == reasons(*again)
    assert 1 == len({each.roles for each in moodle.enrolled([moodle.id("courses", "ALG")]).values()})


def test_what_was_written_before_the_token_was_taken_back_is_told(twisted: Twisted) -> None:
    """The records of the first call are applied; those of later ones have failed, and are not unknown."""

    def twist(name: str, answer: Any) -> Any:
        twisted.token_works = name != "core_user_create_users"
        return answer

    right = academy(twisted, records=10)
    right.importer.run([each for each in right.branches if each.name == "people"])
    twisted.twist = twist
    result = registry(people=[person(str(number)) for number in range(1, 31)]).sync(
        right, branches=("people",), policy=UNGUARDED
    )
    assert {"applied": 10, "failed": 20} == {str(each): count for each, count in result.counts.items()}
    assert all("invalidtoken" in reason for how, reason in outcomes(result).values() if how == "failed")


def test_a_sensitive_value_is_masked_as_moodle_quotes_it(twisted: Twisted) -> None:
    """What Moodle says while debugging is tidied up and cut only after the record's values are masked."""
    secret = f"a{'x' * 60}  b@x.example"
    body = {"exception": "x", "errorcode": "e", "message": "No", "debuginfo": f"{'.' * 770}\n{secret}."}
    twisted.twist = lambda name, answer: body if name == "core_cohort_create_cohorts" else answer
    moodle = opened(twisted)
    row = made(moodle, "cohorts", idnumber="ALL", name="All")
    moodle.close()
    work = Work("new", "people", "1", (New("people", "1", person("1", mail=secret)),))
    told = outcome_told(row, work)
    assert "xx" not in told.reason
    assert "***" in told.reason
