"""Adoption, and the end of what was set aside, on the command line."""

from __future__ import annotations

import json

from tests.adoption.conftest import Clock
from tests.adoption.projects import School

CANARY = "canary@x"


def test_an_adoption_is_told_planned_applied_and_kept(school: School) -> None:
    """A plan names what is adopted, apply adopts it, undo never deletes it; no address is shown anywhere."""
    school.sql("INSERT INTO person (email, login) VALUES ('Canary@x', 'own'), ('other@x', 'other')")
    school.pupils(("1", CANARY, "new", ""), ("2", "", "two", ""))
    planned = school.json("plan", "nightly", "-o", str(school.folder / "plan.jsonl"))
    first = planned["actions"][0]
    assert (1, {"key": None, "by": {"email": "***"}}) == (planned["adopted"], first["adopts"])
    assert "new_pupils(number='1') adopts email='***'" == first["message"]
    shown = school.dss("plan", "nightly").stdout
    assert "pupils, new, adopted: 1" in shown
    applied = school.dss("apply", str(school.folder / "plan.jsonl"))
    assert 0 == applied.exit_code, applied.output
    people = [(1, "1", CANARY, "own", 0), (2, None, "other@x", "other", 0), (3, "2", None, "two", 0)]
    assert people == school.people
    assert 0 == school.json("plan", "nightly")["differences"]
    undone = school.dss("undo", "1")
    assert "new_pupils(number='1') adopts email='***': the record was there before" in undone.stderr
    assert 1 == undone.exit_code
    assert [(*people[0],), (*people[1],), (3, "2", None, "two", 1)] == school.people
    texts = [(school.folder / "plan.jsonl").read_text(), shown, undone.output, school.dss("show", "1").output]
    texts.append((school.folder / ".dss" / "journal.sqlite").read_bytes().decode("latin-1"))
    assert [] == [text for text in texts if CANARY in text.casefold()]


def test_a_plan_adopts_only_what_is_as_it_was(school: School) -> None:
    """Changed, doubled or taken since: the action is rejected, and nothing is created in its place."""
    changes = {
        "UPDATE person SET login = 'other'": "what it was to adopt is not as it was",
        "INSERT INTO person (email, login) VALUES ('a@x', 'second')": "it matches several records now",
        "UPDATE person SET number = '7'": "what it was to adopt is not as it was",
        "DELETE FROM person": "what it was to adopt is not as it was",
    }
    for change, reason in changes.items():
        school.sql("DELETE FROM person")
        school.sql("INSERT INTO person (email, login) VALUES ('a@x', 'own')")
        school.pupils(("1", "a@x", "new", ""))
        school.dss("plan", "nightly", "-o", str(school.folder / "plan.jsonl"))
        school.sql(change)
        before = school.people
        (action,) = school.json("apply", str(school.folder / "plan.jsonl"))["actions"]
        assert f"changed since planned: {reason}" == action["outcome"]["reason"]
        assert before == school.people


def test_a_plan_creates_nobody_who_is_there_without_a_key_by_then(school: School) -> None:
    """What was to be created and exists now, without its key, is for a new plan to adopt."""
    school.pupils(("1", "a@x", "new", ""))
    school.dss("plan", "nightly", "-o", str(school.folder / "plan.jsonl"))
    school.sql("INSERT INTO person (email, login) VALUES ('a@x', 'own')")
    (action,) = school.json("apply", str(school.folder / "plan.jsonl"))["actions"]
    assert "changed since planned: the target has it now, without its key" == action["outcome"]["reason"]
    assert [(1, None, "a@x", "own", 0)] == school.people


def test_who_returns_in_time_has_the_same_row_and_who_does_not_is_made_anew(
    school: School, clock: Clock
) -> None:
    """Set aside, back with the same id; set aside for 30 days, deleted; back after that, another id."""
    one = ("1", "a@x", "ada", "")
    school.pupils(one)
    school.dss("sync", "nightly")
    school.pupils(("2", "", "", ""))
    school.dss("sync", "nightly")
    assert (1, "1", "a@x", "ada", 1) == school.people[0]
    clock(29)
    school.pupils(("1", "b@x", "other", ""), ("2", "", "", ""))
    school.dss("sync", "nightly")
    assert (1, "1", "b@x", "ada", 0) == school.people[0]
    school.pupils(("2", "", "", ""))
    school.dss("sync", "nightly")
    clock(30)
    school.dss("sync", "nightly")  # the first run that finds it set aside
    assert (1, "1", "b@x", "ada", 1) == school.people[0]
    clock(59.9)
    assert 0 == school.json("sync", "nightly")["differences"]
    clock(60)
    assert 0 == school.json("sync", "nightly")["differences"]  # due, and noted as that
    planned = school.json("plan", "nightly")
    assert (1, {"old": 1}) == (planned["deleted_for_good"], planned["counts"]["pupils"])
    message = "old_pupils(number='1') deleted for good, set aside since 2026-10-01"
    assert [message] == [each["message"] for each in planned["actions"]]
    clock(61)
    assert "applied" == school.json("sync", "nightly")["state"]
    assert [2] == [row[0] for row in school.people]
    assert "deleted for good, after it had been set aside" in school.dss("undo", latest(school)).stderr
    school.pupils(("2", "", "", ""), ("1", "c@x", "new", ""))
    school.dss("sync", "nightly")
    assert (3, "1", "c@x", "new", 0) == school.people[-1]


def test_a_saved_plan_deletes_only_who_is_still_set_aside(school: School, clock: Clock) -> None:
    """Whom somebody has enabled, or changed, since the plan was made stays."""
    school.pupils(("1", "", "", ""), ("2", "", "", ""))
    school.dss("sync", "nightly")
    school.pupils(("2", "", "", ""))
    for days in (0, 1, 32, 33):
        clock(days)
        school.dss("sync", "nightly") if days < 33 else None
    path = str(school.folder / "plan.jsonl")
    assert 1 == school.json("plan", "nightly", "-o", path)["deleted_for_good"]
    school.sql("UPDATE person SET gone = 0 WHERE number = '1'")
    (action,) = school.json("apply", path)["actions"]
    assert action["outcome"]["reason"].startswith("changed since planned")
    school.sql("UPDATE person SET gone = 1 WHERE number = '1'")
    assert 1 == school.json("plan", "nightly", "-o", path)["differences"] or latest(school)
    assert "1" in [row[1] for row in school.people]


def test_a_clock_that_is_wrong_for_one_run_deletes_nothing(school: School, clock: Clock) -> None:
    """Neither a jump ahead nor one back: what is due has to be so in a second run."""
    school.pupils(("1", "", "", ""), ("2", "", "", ""))
    school.dss("sync", "nightly")
    school.pupils(("2", "", "", ""))
    for days in (0, 1, 400, 2, -300, 3, 500, 4):
        clock(days)
        school.dss("sync", "nightly")
        assert ["1", "2"] == [row[1] for row in school.people]


def test_a_clock_that_was_behind_when_somebody_was_first_seen_is_not_believed(
    school: School, clock: Clock
) -> None:
    """She is set aside since the run before, not since a year ago."""
    school.pupils(("1", "", "", ""), ("2", "", "", ""))
    school.dss("sync", "nightly")
    school.pupils(("2", "", "", ""))
    for days in (0, -365, 1, 2, 3, 29):
        clock(days)
        assert 0 == school.dss("sync", "nightly").exit_code
        assert ["1", "2"] == [row[1] for row in school.people]
    for days in (31, 32):
        clock(days)
        school.dss("sync", "nightly")
    assert ["2"] == [row[1] for row in school.people]


def test_the_guard_counts_who_is_deleted_for_good(school: School, clock: Clock) -> None:
    """More than the limit of old records: nothing is deleted, and the run is held."""
    pupils = [(str(number), "", "", "") for number in range(1, 9)]
    school.pupils(*pupils)
    school.dss("sync", "nightly")
    for gone in (4, 7):
        school.pupils(*pupils[gone:])
        school.dss("sync", "nightly")
    for days in (0, 31):
        clock(days)
        school.dss("sync", "nightly")
    clock(32)
    held = school.dss("sync", "nightly", "--json")
    assert (3, "old:pupils") == (held.exit_code, json.loads(held.stdout)["guard"][0]["name"])
    assert 8 == len(school.people)


def latest(school: School) -> str:
    """Return the number of the last run."""
    (run,) = school.json("history", "-n", "1")["runs"]
    return str(run["run"] if "run" in run else run["id"])


def test_a_plan_adopts_nobody_whom_another_record_with_a_key_matches_by_now(school: School) -> None:
    """What a new plan would reject, an old one does not do either."""
    school.sql("INSERT INTO person (email, login) VALUES ('a@x', 'own')")
    school.pupils(("1", "a@x", "", ""))
    path = str(school.folder / "plan.jsonl")
    assert 1 == school.json("plan", "nightly", "-o", path)["adopted"]
    school.sql("INSERT INTO person (number, email, login) VALUES ('5', 'a@x', 'other')")
    before = school.people
    (action,) = school.json("apply", path)["actions"]
    assert ("rejected", before) == (action["outcome"]["status"], school.people)
