"""Names in saved plans, and when a run is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dss_runtime import DataStoreTree, Outcome, Status
from dss_runtime._progress import silent
from dss_runtime._sync import carry_out
from dss_runtime.journal import Undoing
from dss_runtime.plans import CHANGED, Seal, open_plan, write_plan
from dss_runtime.plans._values import Values
from tests.naming import people
from tests.naming.people import School

SEAL = Seal(b"k" * 32)


def saved(left: DataStoreTree, right: DataStoreTree, path: Path) -> Path:
    """Save the plan that brings *right* in step with *left*."""
    diff = left.diff(right)
    actions, held_back = diff.plan()
    write_plan(path, diff, actions, held_back, SEAL)
    return path


def applied(path: Path, right: DataStoreTree) -> list[Outcome]:
    """Carry out the plan in *path* on *right*, which was just read."""
    with open_plan(path, SEAL) as plan:
        today = plan.today(right, lambda: right)
    result = carry_out(right, today.actions, today.held_back, people.UNGUARDED, silent)
    return [outcome for _, outcome in result]


def twins(school: School) -> list[Any]:
    """Return two people with one name."""
    return [school.person("staff", number, firstname="Elena", lastname="Ruiz") for number in (1, 2)]


def test_a_plan_gives_the_names_that_it_was_looked_at_with(school: School, tmp_path: Path) -> None:
    """What was planned is what people get, also when the name that was taken then is free now."""
    boss = school.person("staff", 9, username="elena.ruiz")
    left = school.office({"staff": [*twins(school), boss]})
    with school.target("Base", {"staff": [boss]}) as right:
        plan = saved(left, right, tmp_path / "plan.jsonl")
        assert '"username":"elena.ruiz.2"' in plan.read_text(encoding="utf-8")
        with people.engine(right.settings["url"]) as made, made.begin() as connection:
            connection.execute(sa.text("UPDATE people SET username = 'other' WHERE number = 9"))
        assert [Status.APPLIED] * 2 == [outcome.status for outcome in applied(plan, right.load())]
        names = people.user_names(right.load())
    assert ["elena.ruiz.2", "elena.ruiz.3"] == [names["staff", 1], names["staff", 2]]


def test_a_planned_name_that_somebody_else_has_got_is_rejected(school: School, tmp_path: Path) -> None:
    """Who was planned to get a name that is taken meanwhile, wherever that is, waits for another plan."""
    left = school.office({"staff": twins(school)})
    with school.target("Base", {}) as right:
        plan = saved(left, right, tmp_path / "plan.jsonl")
        with people.engine(right.settings["url"]) as made, made.begin() as connection:
            text = "INSERT INTO people (number, role, username) VALUES (7, 'admin', 'ELENA.RUIZ')"
            connection.execute(sa.text(text))
        one, other = applied(plan, right.load())
    told = f"{CHANGED}: username is taken now, in Base"
    assert (Status.REJECTED, told) == (one.status, one.reason)
    assert Status.APPLIED is other.status


def test_equal_trees_give_equal_plans(school: School, tmp_path: Path) -> None:
    """Names take nothing from a plan's being the same each time it is made."""
    left = school.office({"staff": twins(school)})
    with school.target("Memory", {}) as right:
        plans = [saved(left, right, tmp_path / name).read_bytes() for name in ("one", "other")]
    assert plans[0] == plans[1]


def test_a_record_that_is_brought_back_has_its_name(school: School) -> None:
    """Taking a deletion back gives the record as it was, its name too, unless somebody else has got that."""
    gone = school.person("guardians", 1, firstname="Anna", lastname="Berg", username="chosen")
    with school.target("Memory", {"guardians": [gone]}) as right:
        wanted = school.tree("Memory", system=people.system({}))
        for branch in wanted.branches:
            branch.restore(getattr(right, branch.name).snapshot())
        people.synced(school.office({}), right)
        assert ["chosen"] == people.given_names(people.news(wanted, right))
        other = school.person("staff", 2, firstname="Other", lastname="One", username="CHOSEN")
        people.synced(school.office({"staff": [other]}), right)
        (new,) = (action for action in people.news(wanted, right) if action.branch == "guardians")
    assert "username: what the left side gives is taken already, in staff" == new.error


def test_who_had_no_name_has_none_again(school: School) -> None:
    """Taking a deletion back gives an account that had no name none either."""
    gone = school.person("guardians", 1, firstname="Anna", lastname="Berg")
    with school.target("Memory", {"guardians": [gone]}) as right:
        wanted = school.tree("Memory", system=people.system({}))
        now, then = ({each.name: each for each in tree.branches} for tree in (right, wanted))
        Undoing(now, then, Values(SEAL))
        people.synced(school.office({}), right)
        assert [None] == people.given_names(people.news(wanted, right))
        assert people.synced(wanted, right).ok
        assert {("guardians", 1): None} == people.user_names(right.load())
