"""How fields in place of whose values a database holds ids are read and written."""

from __future__ import annotations

from pathlib import Path

import pytest

from dss_runtime import New, SourceError
from dss_runtime._template import Work
from tests.adapters.accounts import KINDS, home_of, reasons
from tests.adapters.lookups import School, category, course, member, person, team, truth


@pytest.fixture(params=KINDS)
def school(request: pytest.FixtureRequest, tmp_path: Path) -> School:
    """An empty school, in a database of each kind in turn."""
    return School(home_of(request.param, tmp_path))


WHOLE = {
    "categories": [category("arts"), category("music", "arts"), category("choir", "music")],
    "people": [person(1), person(2, "Bob"), person(3, "Eve")],
    "courses": [course("m1", "music", 1), course("c1", "choir")],
    "members": [member("m1", 2), member("m1", 3, "helper"), member("c1", 2)],
}
MEMBERS = [("c1", 2, "student"), ("m1", 2, "student"), ("m1", 3, "helper")]


def test_ids_that_one_run_makes_are_found_in_it(school: School) -> None:
    """All that is new refers to what is new, down to a tree within a table, and is there after one run."""
    assert {} == reasons(school.sync(WHOLE))
    assert [] == school.differences(WHOLE)
    assert MEMBERS == school.members()
    parents = school.execute(
        "SELECT own.code, above.code FROM categories own LEFT JOIN categories above ON above.id = own.parent"
        " ORDER BY own.code"
    )
    assert [("arts", None), ("choir", "music"), ("music", "arts")] == parents
    assert 0 == len(school.sync(WHOLE))


def test_changes_and_ends_find_their_rows_by_ids(school: School) -> None:
    """A membership of two ids is changed and removed, a course gets another category, and no teacher."""
    school.sync(WHOLE)
    ids = school.execute("SELECT id FROM courses ORDER BY id")
    after = {
        **WHOLE,
        "courses": [course("m1", "arts"), course("c1", "choir", 3)],
        "members": [member("m1", 2, "helper"), member("c1", 2)],
    }
    assert {} == reasons(school.sync(after))
    assert [("c1", 2, "student"), ("m1", 2, "helper")] == school.members()
    assert [] == school.differences(after)
    assert ids == school.execute("SELECT id FROM courses ORDER BY id")


def test_a_missing_parent_is_its_records_own_failure(school: School) -> None:
    """Who names somebody that is not there fails with the reason; the others of the batch are written."""
    data = {**WHOLE, "members": [*WHOLE["members"], member("m1", 9), member("x9", 1)]}
    why = reasons(school.sync(data))
    assert {("m1", 9), ("x9", 1)} == set(why)
    assert "failed: person: there is no row of people, found by number 9" == why["m1", 9]
    assert "failed: course: there is no row of courses, found by code 'x9'" == why["x9", 1]
    assert MEMBERS == school.members()


def test_a_parent_that_is_there_twice_is_named(school: School) -> None:
    """Nobody can tell which of two rows with one key is meant: nothing is written, and the reason says so."""
    school.sync({**WHOLE, "members": []})
    right = school.read()
    school.execute("INSERT INTO people (number, name) VALUES (2, 'Bobby')")
    why = reasons(school.sync(WHOLE, right))
    assert {("m1", 2), ("c1", 2)} == set(why)
    assert "2 rows of people, found by number 2, and only one can be meant" in why["m1", 2]
    assert [("m1", 3, "helper")] == school.members()


def test_a_row_that_does_not_count_is_no_parent(school: School) -> None:
    """A deleted account with the same number is neither taken for a person's own nor in the way."""
    school.execute("INSERT INTO people (number, name, deleted) VALUES (2, 'Old Bob', 1)")
    assert {} == reasons(school.sync(WHOLE))
    assert [(1,)] == school.execute("SELECT count(*) FROM people WHERE number = 2 AND deleted = 0")
    assert [("Bob",), ("Bob",)] == school.execute(
        "SELECT people.name FROM members JOIN people ON people.id = personid WHERE number = 2"
    )


def test_an_id_that_leads_nowhere_is_unreadable(school: School) -> None:
    """Its record is neither dropped nor taken for one that is new or old; the place and the id are told."""
    school.sync(WHOLE)
    school.execute("UPDATE courses SET teacherid = 77 WHERE code = 'c1'")
    right = school.read()
    (row,) = right.branches[[each.name for each in right.branches].index("courses")].unreadable
    assert ("c1",) == row.key
    assert "teacher (column teacherid): 77 is the id of no row of people" == row.reason
    assert [] == [action.message for action in truth(WHOLE).diff(right)]
    assert [] == [
        action.message for action in truth({**WHOLE, "courses": []}).diff(right) if "c1" in action.message
    ]


def test_a_row_of_others_is_reported_where_the_schema_says_so(school: School) -> None:
    """A teacher who is deleted is not nobody: the course is unreadable, for a reason that says why."""
    school.sync(WHOLE)
    school.execute("UPDATE people SET deleted = 1 WHERE number = 1")
    right = school.read()
    (row,) = (row for branch in right.branches for row in branch.unreadable)
    assert row.reason.startswith("teacher (column teacherid): ")
    assert row.reason.endswith("is the id of a row of people that does not count by the lookup's `where`")


def test_what_belongs_to_others_is_left_alone(school: School) -> None:
    """Members of a course without a code, and deleted people, are neither read nor removed."""
    school.sync(WHOLE)
    school.execute(
        "INSERT INTO courses (code, title) VALUES ('', 'by hand')",
        "INSERT INTO people (number, name, deleted) VALUES (8, 'gone', 1)",
        "INSERT INTO members (courseid, personid, roleid)"
        " SELECT courses.id, people.id, 1 FROM courses, people WHERE courses.code = ''"
        " AND number IN (2, 8)",
        "INSERT INTO members (courseid, personid, roleid)"
        " SELECT courses.id, people.id, 1 FROM courses, people WHERE courses.code = 'm1' AND number = 8",
    )
    assert [] == school.differences(WHOLE)
    assert {} == reasons(school.sync({**WHOLE, "members": []}))
    assert [("", 2, "helper"), ("", 8, "helper"), ("m1", 8, "helper")] == school.members()


def test_nothing_is_none(school: School) -> None:
    """None is NULL, or what the schema says that the column holds for it, and is read back as None."""
    assert {} == reasons(school.sync({**WHOLE, "members": []}))
    assert [(0,)] == school.execute("SELECT parent FROM categories WHERE code = 'arts'")
    assert [(None,)] == school.execute("SELECT teacherid FROM courses WHERE code = 'c1'")
    held = {each.name: each for each in school.read().branches}
    assert None is held["categories"]["arts"].parent
    assert None is held["courses"]["c1"].teacher


def test_a_circle_within_a_table_is_closed(school: School) -> None:
    """Two rows that refer to each other are made first, and then led to each other."""
    data = {"categories": [category("a", "b"), category("b", "a"), category("c", "c")]}
    assert {} == reasons(school.sync(data))
    assert [] == school.differences(data)


def test_the_database_tells_what_it_fills_in(school: School) -> None:
    """The tree says after a sync what a fresh reading says of ids that were counted up, and of labels."""
    right = school.read()
    assert {} == reasons(school.sync(WHOLE, right))
    known = {each.name: each for each in right.branches}["people"]
    fresh = {each.name: each for each in school.read().branches}["people"]
    assert {number: (each.ident, each.label) for number, each in fresh.items()} == {
        number: (each.ident, each.label) for number, each in known.items()
    }
    assert {"Ada!", "Bob!", "Eve!"} == {each.label for each in known.values()}
    assert None not in {each.ident for each in known.values()}
    renamed = {**WHOLE, "people": [person(1, "Zoë"), person(2, "Bob"), person(3, "Eve")]}
    assert {} == reasons(school.sync(renamed, right))
    assert "Zoë!" == known[1].label


def test_what_is_adopted_is_known_by_what_an_id_stands_for(school: School) -> None:
    """A team without a code is known by its name and its course, and becomes the new one; others stay."""
    school.sync(WHOLE)
    school.execute(
        "INSERT INTO teams (name, courseid) SELECT 'reds', id FROM courses ORDER BY id",
        "INSERT INTO teams (name, courseid) SELECT 'blues', id FROM courses WHERE code = 'c1'",
    )
    ids = school.execute(
        "SELECT teams.id FROM teams JOIN courses ON courseid = courses.id WHERE courses.code = 'm1'"
    )
    data = {**WHOLE, "teams": [team("r", "m1", "reds"), team("b", "m1", "blues")]}
    assert {} == reasons(school.sync(data))
    assert ids == school.execute("SELECT id FROM teams WHERE code = 'r'")
    assert [(2,)] == school.execute("SELECT count(*) FROM teams WHERE code IS NULL")
    assert [] == school.differences(data)


def test_what_was_set_aside_comes_back_with_what_it_belongs_to_now(school: School) -> None:
    """The row of an old team is hidden; its return shows it, in the course that it has by then."""
    school.sync({**WHOLE, "teams": [team("r", "m1")]})
    assert {} == reasons(school.sync(WHOLE))
    assert [("r", True)] == [
        (code, bool(hidden)) for code, hidden in school.execute("SELECT code, hidden FROM teams")
    ]
    back = {**WHOLE, "teams": [team("r", "c1")]}
    assert {} == reasons(school.sync(back))
    assert [] == school.differences(back)
    assert [(1,)] == school.execute("SELECT count(*) FROM teams")


def test_many_ids_are_asked_for_in_parts(school: School) -> None:
    """More keys than one query takes find their ids, those of new rows as well."""
    people = [person(number, "Ada") for number in range(1300)]
    data = {**WHOLE, "people": people, "members": [member("m1", number) for number in range(1300)]}
    assert {} == reasons(school.sync(data))
    assert 1300 == len(school.members())
    right = school.read()
    assert {} == reasons(school.sync({**data, "members": []}, right))
    assert [] == school.members()


def test_what_somebody_else_has_made_meanwhile_fails_alone(school: School) -> None:
    """A membership that is there since the reading is not written over; the next run changes it."""
    school.sync({**WHOLE, "members": []})
    right = school.read()
    school.execute(
        "INSERT INTO members (courseid, personid, roleid) SELECT courses.id, people.id, roles.id"
        " FROM courses, people, roles WHERE code = 'm1' AND number = 2 AND shortname = 'helper'"
    )
    assert [("m1", 2)] == list(reasons(school.sync(WHOLE, right)))
    assert [("c1", 2, "student"), ("m1", 2, "helper"), ("m1", 3, "helper")] == school.members()
    assert {} == reasons(school.sync(WHOLE))
    assert MEMBERS == school.members()


def test_what_was_written_is_found_where_the_answer_was_lost(school: School) -> None:
    """Asked what became of a work, the template sees the record, or its absence, through the ids."""
    school.sync(WHOLE)
    tree = school.read()
    left = {each.name: each for each in truth(WHOLE).branches}["members"]
    template = tree.template
    template.begin("new")
    try:
        for key, expected in ((("m1", 3), "helper"), (("m1", 1), None), (("m1", 99), None)):
            record = left.get(key) or member(*key)
            found = template.look(Work("new", "members", key, (New("members", key, record),)))
            assert expected == getattr(found, "role", None)
    finally:
        template.abandon("new")


def test_a_sensitive_value_is_not_told_of_a_failure(school: School) -> None:
    """Of a record that fails, a reason hides what is sensitive in it, even where a key is spelt alike."""
    data = {**WHOLE, "teams": [team("r", "Xylophone", "Xylophone")]}
    (why,) = reasons(school.sync(data)).values()
    assert "Xylophone" not in why
    assert why.startswith("failed: course: there is no row of courses, found by code ")


def test_a_lookup_in_no_table_is_told(school: School) -> None:
    """A table or a column that a lookup needs, and the database lacks, is named before anything happens."""
    school.execute("ALTER TABLE roles RENAME COLUMN shortname TO short_name")
    with pytest.raises(SourceError, match="members: there is no column 'shortname', did you mean"):
        school.read()
    school.execute("ALTER TABLE roles RENAME TO rolls")
    with pytest.raises(SourceError, match="has no table 'roles', did you mean 'rolls'"):
        school.read()
