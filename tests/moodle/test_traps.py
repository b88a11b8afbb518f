"""What is peculiar to Moodle's web services: each was measured on a real one, and none may do harm."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from contextlib import closing
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    DataStoreTree,
    New,
    PermanentError,
    Policy,
    SettingsError,
    SourceError,
    Status,
    UnknownOutcomeError,
    Work,
)
from dss_runtime.adapters.moodle import MoodleSource
from dss_runtime.adapters.moodle._client import Client, MoodleError
from dss_runtime.adapters.moodle._encoding import FIXED, pairs, variables
from dss_runtime.adapters.moodle._moodle import Moodle
from dss_runtime.adapters.moodle._settings import settings_of
from dss_runtime.adapters.moodle.resources._base import Row
from tests.moodle.academy import SCHOOL, academy, course, made, outcomes, person, registry, sync
from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.forms import nested
from tests.moodle.stand_in.server import StandIn
from tests.moodle.test_syncing import rows

VALUES = st.recursive(
    st.text() | st.integers() | st.booleans(),
    lambda each: (
        st.lists(each, min_size=1, max_size=3) | st.dictionaries(st.sampled_from("abc"), each, min_size=1)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["users", "field", "values"]), VALUES, min_size=1))
def test_parameters_are_nested_as_php_reads_them(parameters: dict[str, Any]) -> None:
    """What is sent reads back as it was, and is counted as the variables that it is."""
    found = list(pairs(parameters))
    assert len(found) == sum(variables(each) for each in parameters.values())
    assert nested(found) == _text(parameters)


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _text(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return {str(at): _text(each) for at, each in enumerate(cast("Iterable[Any]", value))}
    return str(int(value)) if isinstance(value, bool) else str(value)


# -- 1: what is beyond max_input_vars is cut off without a word ---------------------------------------


def test_batches_fit_into_what_the_server_takes(stand_in: StandIn, database: str) -> None:
    """2,000 accounts arrive whole, in calls none of which is cut off."""
    stand_in.max_input_vars = 700
    people = [person(f"{number:05}") for number in range(2000)]
    result = sync(registry(people=people), academy(stand_in, database=database), "people")
    assert ({Status.APPLIED: 2000}, 0) == (
        result.counts,
        len(sync(registry(people=people), academy(stand_in, database=database), "people")),
    )
    assert 2000 == sum(bool(each.idnumber) for each in rows(stand_in, t.user))


def test_a_call_that_was_cut_off_does_nothing(stand_in: StandIn, database: str) -> None:
    """The token comes last: where the settings promise more than the server takes, it is what is cut off."""
    stand_in.max_input_vars = 300
    people = [person(f"{number:03}") for number in range(100)]
    right = academy(stand_in, database=database, max_input_vars=5000)
    with closing(Client(settings_of(right))) as client, pytest.raises(MoodleError, match="invalidtoken"):
        client.write("core_user_create_users", users=[{str(n): "" for n in range(300)}])
    result = sync(registry(people=people), right, "people")
    assert {Status.APPLIED: 100} == result.counts
    whole = [each for each in rows(stand_in, t.user) if each.username.startswith("u")]
    assert [(f"{number:03}", f"u{number:03}@x.example") for number in range(100)] == sorted(
        (each.idnumber, each.email) for each in whole
    )


@pytest.mark.parametrize(
    ("told", "failed"),
    [
        (["a", "b", "c"], []),
        (["a", "b"], ["b", "c"]),
        (["a"], ["a", "b", "c"]),
        ([], ["a", "b", "c"]),
        (["a", "x", "c"], ["b"]),
    ],
)
def test_what_came_back_is_held_against_what_was_sent(
    stand_in: StandIn, told: list[str], failed: list[str]
) -> None:
    """Of fewer answers than records the last one may be half there too: it counts as not made."""
    batch = [Row({"idnumber": name}, {}, {"username": name}) for name in "abc"]
    moodle = Moodle(settings_of(academy(stand_in)))
    moodle.check_made("users", batch, [{"id": at, "username": name} for at, name in enumerate(told)])
    moodle.close()
    assert failed == [row.key["idnumber"] for row in batch if row.outcome is not None]


def test_a_record_that_fits_into_no_call_fails_alone(stand_in: StandIn, database: str) -> None:
    """A limit below the size of one record is an error of that record, and nothing is sent."""
    stand_in.max_input_vars = 20
    right = academy(stand_in, database=database)
    with (
        closing(Client(settings_of(right))) as client,
        pytest.raises(PermanentError, match="do not fit into max_input_vars = 20"),
    ):
        client.write("core_user_create_users", users=[{str(n): "" for n in range(20 - FIXED + 1)}])
    assert [] == stand_in.calls


# -- 2, 6, 10: what Moodle takes and what it refuses without saying why --------------------------------


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"login": "Upper"}, "username: Moodle takes small letters, digits and -.@_ only"),
        ({"login": "jos\u00e9 m"}, "username: Moodle takes small letters, digits and -.@_ only"),
        ({"family": "O<Brien>"}, "lastname holds < or >, which Moodle takes for tags"),
        ({"given": " "}, "firstname is empty, and Moodle needs it"),
        ({"mail": "nobody"}, "email is not an address"),
    ],
)
def test_what_moodle_would_refuse_is_told_before_it_is_sent(
    stand_in: StandIn, database: str, fields: dict[str, Any], why: str, debug: bool
) -> None:
    """The reason names the field, whether the site debugs or not; the other records are written."""
    stand_in.debug = debug
    result = sync(
        registry(people=[person("1"), person("2", **fields), person("3")]),
        academy(stand_in, database=database),
        "people",
    )
    assert [("rejected", why)] == [how for how in outcomes(result).values() if how[0] != "applied"]
    assert {"1", "3"} == {each.idnumber for each in rows(stand_in, t.user)} - {""}


def test_a_name_is_not_emptied(stand_in: StandIn, database: str) -> None:
    """Moodle takes an empty first name in a change; it is refused before it is sent."""
    right = academy(stand_in, database=database)
    sync(registry(people=[person("1")]), right, "people")
    result = sync(registry(people=[person("1", given="")]), right, "people")
    assert ["rejected"] == [status for status, _ in outcomes(result).values()]
    assert ["Given"] == [each.firstname for each in rows(stand_in, t.user, idnumber="1")]


def test_an_idnumber_is_not_given_twice(stand_in: StandIn, database: str) -> None:
    """Moodle takes a second account with a number; one made since the target was read is not doubled."""
    ours, theirs = registry(people=[person("1")]), academy(stand_in, database=database).load()
    with stand_in.site.transaction() as site:
        site.insert(t.user, username="other", firstname="O", lastname="T", email="o@t", idnumber="1")
    result = ours.sync(theirs, branches=["people"])
    assert [("failed", "there is an account with this idnumber already")] == list(outcomes(result).values())
    assert 1 == len(rows(stand_in, t.user, idnumber="1"))


def test_two_accounts_with_one_number_are_told_and_left_alone(stand_in: StandIn, database: str) -> None:
    """What Moodle holds twice is an error of its key when it is read."""
    with stand_in.site.transaction() as site:
        for name in ("one", "two"):
            site.insert(t.user, username=name, firstname="O", lastname="T", email=f"{name}@t", idnumber="1")
    with pytest.raises(Exception, match=r"holds the key '?1'? twice"):
        academy(stand_in, database=database).load()


def test_an_empty_answer_is_no_success(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Latin-1 gets an empty body with status 200: that is an answer that was lost."""
    kind, body = stand_in.answer("users[0][username]=jos\u00e9".encode("latin-1"))
    assert b"" == body

    def nothing(_data: bytes) -> tuple[str, bytes]:
        return kind, b""

    monkeypatch.setattr(stand_in, "answer", nothing)
    with (
        closing(Client(settings_of(academy(stand_in)))) as client,
        pytest.raises(UnknownOutcomeError, match="the answer is empty"),
    ):
        client.write("core_user_update_users", users=[{"id": 1}])


def test_an_idnumber_of_zero_is_refused(stand_in: StandIn, database: str) -> None:
    """It could be written and never be looked up again."""
    result = sync(registry(people=[person("0")]), academy(stand_in, database=database), "people")
    assert [("rejected", "idnumber 0 can be written, and never be looked up again")] == list(
        outcomes(result).values()
    )


# -- 3: all or nothing, or one by one -----------------------------------------------------------------


def test_a_record_that_moodle_refuses_fails_alone(stand_in: StandIn, database: str) -> None:
    """A call of many accounts is refused for one: that one fails, with Moodle's words, the others do not."""
    with stand_in.site.transaction() as site:
        site.insert(t.user, username="u7", firstname="O", lastname="T", email="o@t")
    people = [person(str(number)) for number in range(1, 41)]
    result = sync(registry(people=people), academy(stand_in, database=database), "people")
    failed = {what: how for what, how in outcomes(result).items() if how[0] != "applied"}
    assert ["new_people(number='7')"] == list(failed)
    assert "Username already exists" in failed["new_people(number='7')"][1]
    assert 39 == sum(bool(each.idnumber) for each in rows(stand_in, t.user))


def test_warnings_are_those_of_the_records_that_they_name(stand_in: StandIn, database: str) -> None:
    """Of many changes in a call, those that Moodle warns of have failed, and only those."""
    right = academy(stand_in, database=database)
    people = [person(str(number)) for number in range(1, 11)]
    sync(registry(people=people), right, "people")
    changed = [person(str(number), family="New") for number in range(1, 11)]
    changed[3] = person("4", family="New", mail="U5@x.example")
    changed[6] = person("7", family="New", login="u8")
    result = sync(registry(people=changed), right, "people")
    failed = {action.key: outcome.reason for action, outcome in result if not outcome.ok}
    assert {"4", "7"} == failed.keys()
    assert "useremailduplicate" in failed["4"]
    assert "dmlwriteexception" in failed["7"]
    assert 8 == sum(each.lastname == "New" for each in rows(stand_in, t.user))


# -- 4, 5, 8, 9: enrolments, suspension and groups -----------------------------------------------------


def test_a_suspended_enrolment_stays_suspended_when_its_role_changes(
    stand_in: StandIn, database: str
) -> None:
    """Enrolling again without `suspend` would make it active: it is always said."""
    right = academy(stand_in, database=database)
    sync(registry(**SCHOOL), right)
    gone = {**SCHOOL, "enrolments": SCHOOL["enrolments"][1:]}
    sync(registry(**gone), right)
    (suspended,) = [each for each in rows(stand_in, t.user_enrolments) if each.status]
    sync(registry(**{**gone, "people": [*SCHOOL["people"], person("9")]}), right)
    assert [suspended] == [each for each in rows(stand_in, t.user_enrolments) if each.status]


def test_a_group_takes_only_who_is_enrolled(stand_in: StandIn, database: str) -> None:
    """A member who is not enrolled fails alone, with Moodle's reason; who is there already is no error."""
    right = academy(stand_in, database=database)
    members = [made("group_members", group="ALG-1", person=each) for each in ("1", "2", "P1")]
    result = sync(registry(**{**SCHOOL, "group_members": members}), right)
    failed = {what: how for what, how in outcomes(result).items() if how[0] != "applied"}
    assert ["new_group_members(group='ALG-1', person='P1')"] == list(failed)
    assert "Only enrolled users" in str(failed)
    assert 2 == len(rows(stand_in, t.groups_members))


def test_a_member_that_was_added_meanwhile_is_no_error(stand_in: StandIn, database: str) -> None:
    """Moodle warns of a member who is there already: that is what was asked for."""
    left = registry(**SCHOOL)
    first = {**SCHOOL, "cohort_members": []}
    sync(registry(**first), academy(stand_in, database=database))
    theirs = academy(stand_in, database=database).load()
    (user,) = rows(stand_in, t.user, idnumber="1")
    with stand_in.site.transaction() as site:
        site.insert(t.cohort_members, cohortid=1, userid=user.id)
    result = left.sync(theirs, branches=["cohort_members"])
    assert (True, 3) == (result.ok, len(rows(stand_in, t.cohort_members)))


def delete(right: DataStoreTree, number: int) -> None:
    """Delete an account as somebody does in Moodle."""
    with closing(Client(settings_of(right))) as client:
        client.write("core_user_delete_users", userids=[number])


# -- 7: deleted accounts -------------------------------------------------------------------------------


def test_a_deleted_account_is_not_taken_for_a_live_one(stand_in: StandIn, database: str) -> None:
    """Whoever was deleted in Moodle is created anew, with another id."""
    right = academy(stand_in, database=database)
    sync(registry(people=[person("1")]), right, "people")
    (before,) = rows(stand_in, t.user, idnumber="1")
    delete(right, before.id)
    assert sync(registry(people=[person("1")]), right, "people").ok
    (after,) = rows(stand_in, t.user, idnumber="1")
    assert before.id != after.id


def test_a_change_of_an_account_that_is_gone_meanwhile_fails(stand_in: StandIn, database: str) -> None:
    """Nothing is written to a deleted account."""
    right = academy(stand_in, database=database)
    sync(registry(people=[person("1")]), right, "people")
    theirs = academy(stand_in, database=database).load()
    (held,) = rows(stand_in, t.user, idnumber="1")
    delete(right, held.id)
    result = registry(people=[person("1", family="New")]).sync(theirs, branches=["people"])
    assert [("failed", "Moodle has none of the users with this idnumber")] == list(outcomes(result).values())


# -- 12, 13: races and parents ---------------------------------------------------------------------------


def test_a_role_that_nobody_has_made_is_told(stand_in: StandIn, database: str) -> None:
    """There is no role of parents in a new Moodle; the error says what to do."""
    right = academy(stand_in, database=database, parent_role="guardian")
    result = sync(registry(**SCHOOL), right)
    assert [
        ("failed", "there is no role 'guardian': make one, and name its id in `roles` of the settings")
    ] == [how for how in outcomes(result).values() if how[0] != "applied"]


def test_an_unknown_role_of_an_enrolment_is_told(stand_in: StandIn) -> None:
    """Without the database no web service tells the roles' ids: the settings do."""
    right = academy(stand_in, roles={"parent": 9})
    settings = settings_of(right)
    assert {"student": 5, "editingteacher": 3, "parent": 9}.items() <= settings.roles.items()


# -- rights, settings, and what cannot be read ---------------------------------------------------------


@pytest.mark.parametrize("by", ["services", "database"])
def test_a_moodle_without_rights_is_no_empty_one(stand_in: StandIn, database: str, by: str) -> None:
    """A token that was taken back, or a table that may not be read, ends the import."""
    more: dict[str, object] = {}
    if by == "services":
        stand_in.token_works = False
    else:
        more = {"database": database, "prefix": "other_"}
    right = academy(stand_in, **more)
    with pytest.raises(SourceError, match="Invalid token" if by == "services" else "no such table"):
        right.importer.run([right.branches[0]])


def test_the_token_is_nowhere_in_what_is_told(stand_in: StandIn) -> None:
    """No error, and no text of the settings, holds the token."""
    right = academy(stand_in)
    settings = settings_of(right)
    stand_in.token_works = False
    with closing(Client(settings)) as client, pytest.raises(MoodleError) as caught:
        client.read("core_webservice_get_site_info")
    assert settings.token not in f"{settings!r} {caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "has no Moodle: set url and token"),
        ({"url": "moodle"}, "url in dss.toml: expected the address of the site"),
        ({"url": "http://moodle.example"}, "url in dss.toml: expected https"),
        ({"url": "https://a:b@moodle.example"}, "expected an address without a user"),
        ({"url": "https://moodle.example"}, "token in dss.toml: expected the token"),
        (
            {"url": "https://m", "token": "x", "max_input_vars": 1},
            "max_input_vars in dss.toml: expected a number",
        ),
        ({"url": "https://m", "token": "x", "prefix": "a b"}, "prefix in dss.toml: expected the prefix"),
        ({"url": "https://m", "token": "x", "ca_file": "none.pem"}, "there is no none.pem"),
        (
            {"url": "https://m", "token": "x", "roles": {"student": "5"}},
            "roles in dss.toml: expected short names",
        ),
        ({"url": "https://m", "token": 5}, "token in dss.toml: expected text"),
        ({"database": "nothing"}, "database in dss.toml: expected the address of a database"),
    ],
)
def test_wrong_settings_are_told_by_their_key(
    stand_in: StandIn, settings: dict[str, Any], message: str
) -> None:
    """What cannot be right is an error before anything is asked."""
    right = academy(stand_in)
    right.settings = settings
    with pytest.raises(SettingsError, match=message):
        right.load()


def test_what_is_found_of_a_site(stand_in: StandIn, database: str) -> None:
    """`examine` tells of the site, the database, the functions of the service and the limit."""
    right = academy(stand_in, database=database)
    found = [*right.importer.examine(), *right.template.examine()]
    assert ["ok"] * 4 == [each.state for each in found]
    assert ["reachable", "reachable", "rights", "limits"] == [each.topic for each in found]
    stand_in.token_works = False
    assert ["error"] == [each.state for each in academy(stand_in).importer.examine()]
    stand_in.close()
    assert ["error"] == [each.state for each in academy(stand_in).importer.examine()]


def test_away_and_slow_answers_are_waited_for(stand_in: StandIn, database: str) -> None:
    """A site in maintenance that says when to come back is asked again; an answer of 500 is looked into."""
    right = academy(stand_in, database=database).load()
    stand_in.away = [(503, {"Retry-After": "7"}), (500, {})]
    waits: list[float] = []
    policy = Policy(guarded=False, sleep=waits.append, clock=lambda: sum(waits))
    result = registry(people=[person("1"), person("2")]).sync(right, branches=["people"], policy=policy)
    assert (True, True) == (result.ok, sum(waits) >= 7)
    assert 2 == sum(bool(each.idnumber) for each in rows(stand_in, t.user))


def test_random_order_changes_nothing(stand_in: StandIn, database: str) -> None:
    """Courses and categories in any order converge: what is above is made first."""
    categories = [
        made("categories", code=f"C{n}", name=f"C{n}", above=f"C{n - 1}" if n else None) for n in range(6)
    ]
    courses = [course(f"K{n}", f"C{n % 6}") for n in range(12)]
    random.Random(1).shuffle(categories)
    right = academy(stand_in, database=database)
    result = sync(registry(categories=categories, courses=courses), right)
    assert result.ok, outcomes(result)
    assert 0 == len(sync(registry(categories=categories, courses=courses), right))


def test_a_middle_name_is_read_by_the_database_or_not_at_all(stand_in: StandIn, database: str) -> None:
    """No web service tells middle names: they are not taken for empty."""
    with stand_in.site.transaction() as site:
        site.insert(t.user, username="u1", email="u1@x", idnumber="1", middlename="Mid")
    source = MoodleSource(resource="users", columns=("idnumber", "middlename"))
    importer: Any = academy(stand_in, database=database).importer
    with importer.open(source) as found:
        assert ("1", "Mid") in list(found)
    importer = academy(stand_in).importer
    with pytest.raises(SettingsError, match="no web service tells middlename"), importer.open(source):
        pass


def test_a_password_that_nobody_can_read_is_no_difference(stand_in: StandIn) -> None:
    """An account whose answer was lost counts as made, though its password is not told."""
    right = academy(stand_in)
    template: Any = right.template
    target = template.targets["people"]
    columns, types = {**target.columns, "city": "password"}, target.types
    template.targets = {"people": dataclasses.replace(target, columns=columns, types=types)}
    one = person("1", city="Sesam-0pen")
    work = Work("new", "people", "1", (New("people", "1", one),))
    template.begin("new")
    assert ["applied"] == [str(each.status) for each in template.write([work])]
    assert one == template.look(work)
    template.end("new")
