"""A machine that runs `dss` into every kind of trouble, and looks at what is true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from dss_runtime import override
from tests.faults.checking import (
    Ident,
    check_recovered,
    check_report,
    check_settled,
    check_untouched,
)
from tests.faults.injecting import Faults, Where, busy, fail, interrupt
from tests.faults.world import World, people, person, report_of
from tests.kills.school import BaseTarget
from tests.kills.service import TROUBLES, Rows, Service, Trouble

KEYS = st.sampled_from(["1", "2", "3", "4"])
TEAMS = st.sampled_from(["a", "b"])
NAMES = st.sampled_from(["Ann", "Bo", "Cleo"])
FIELDS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "email": st.sampled_from([None, "a@school.example"]),
        "born": st.sampled_from([None, "2011-05-17", "2012-11-02"]),
        "login": st.sampled_from(["u", "v"]),
        "note": st.sampled_from([None, "sings"]),
    }
)
EDITS = st.tuples(KEYS, st.sampled_from(["name", "email", "login", "note"]), NAMES)
JUMPS = st.sampled_from([-800, -1, 1, 800]).map(lambda days: timedelta(days=days))
POINTS = st.integers(1, 100)
STATES = {"applied", "skipped", "failed", "blocked", "rejected", "unknown"}
UNREADABLE = "soon"
"""A day of birth that is none."""


class Machine(RuleBasedStateMachine):
    """One source, one target, another writer, and runs that go wrong."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.service: Service | None = world.service
        # Somebody who always stays: a source without a row is no data, and would be held.
        self.world.source = people(person("0"), teams=[("0", "a")])
        self.others: set[Ident] = set()
        """What somebody else has changed since the last run began."""
        self.killed: list[tuple[int, Rows, set[Ident]]] = []
        """Runs that were killed, with what they have left, and what others have changed since."""

    # -- the source, and another writer ---------------------------------------------------------------

    @rule(key=KEYS, fields=FIELDS, unreadable=st.sampled_from([False, False, False, True]))
    def put(self, key: str, fields: dict[str, Any], unreadable: bool) -> None:
        """Let the source have a person, or change one; the row may be unreadable."""
        self.remove(key)
        row = person(key, **fields)
        self.world.source["people"].append({**row, "born": UNREADABLE} if unreadable else row)

    @rule(key=KEYS)
    def remove(self, key: str) -> None:
        """Let the source lose a person, with all memberships."""
        for name, field in (("people", "idnumber"), ("memberships", "person")):
            self.world.source[name] = [row for row in self.world.source[name] if row[field] != key]

    @precondition(lambda self: self.world.source["people"])
    @rule(team=TEAMS, data=st.data())
    def join(self, team: str, data: st.DataObject) -> None:
        """Let somebody of the source join a team, or leave it."""
        who = data.draw(st.sampled_from([row["idnumber"] for row in self.world.source["people"]]))
        row = {"person": who, "team": team}
        if who == "0":
            return
        teams = self.world.source["memberships"]
        teams.remove(row) if row in teams else teams.append(row)

    @rule(edit=EDITS)
    def edit(self, edit: tuple[str, str, str]) -> None:
        """Let another writer change a person of the target."""
        key, name, value = edit
        self._by_hand(key, lambda row: row.update({name: value}))

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        """Let another writer delete a person of the target, whose memberships stay."""
        rows = self.world.target.rows
        rows["people"] = [row for row in rows["people"] if (row["kind"], row["idnumber"]) != ("pupil", key)]
        self._replace(rows, key)

    @rule(key=KEYS, kind=st.sampled_from(["pupil", "staff"]), fields=FIELDS)
    def create(self, key: str, kind: str, fields: dict[str, Any]) -> None:
        """Let another writer create a person: one of ours, or one who is none of our business."""
        rows = self.world.target.rows
        if all((row["kind"], row["idnumber"]) != (kind, key) for row in rows["people"]):
            rows["people"].append({**person(key, **fields), "kind": kind})
            self._replace(rows, key)

    def _by_hand(self, key: str, act: Callable[[dict[str, Any]], None]) -> None:
        rows = self.world.target.rows
        for row in rows["people"]:
            if (row["kind"], row["idnumber"]) == ("pupil", key):
                act(row)
        self._replace(rows, key)

    def _replace(self, rows: Rows, key: str) -> None:
        self.world.target.replace(rows)
        self._note(("people", (key,)))

    def _note(self, ident: Ident) -> None:
        self.others.add(ident)
        for _, _, others in self.killed:
            others.add(ident)

    # -- runs -----------------------------------------------------------------------------------------

    @rule(data=st.data())
    def sync(self, data: st.DataObject) -> None:
        """Bring the target in step, with faults."""
        self._run(data, "sync", self.world.target.sync)

    @rule(data=st.data(), between=st.none() | EDITS)
    def apply(self, data: st.DataObject, between: tuple[str, str, str] | None) -> None:
        """Save a plan and apply it, with faults; once it has come to its end it is not applied again."""
        path = str(self.world.folder / f"{len(self.world.runs())}.jsonl")
        planned = self.world.dss("plan", self.world.target.sync, "-o", path)
        assert planned is not None
        assert planned.exit_code in (0, 2), planned.output
        if between is not None:
            self.edit(between)
        runs = len(self.world.runs())
        self._run(data, "apply", path)
        begun = self.world.runs()[runs:]
        before = self.world.target.rows
        if begun and begun[0].state in ("applied", "incomplete"):
            again = self.world.dss("apply", path)
            assert again is not None
            assert (1, before) == (again.exit_code, self.world.target.rows), again.output

    @precondition(lambda self: self.world.runs())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Take a run back, with faults."""
        run = data.draw(st.sampled_from([run.id for run in self.world.runs()][-3:]))
        self._run(data, "undo", str(run), reads_source=False)

    def _run(self, data: st.DataObject, *command: str, reads_source: bool = True) -> None:
        """Run a command with faults, and check what it has done and what it says."""
        protected = self._protected() if reads_source else set[str]()
        before, runs = self.world.target.rows, len(self.world.runs())
        self.others.clear()
        faults = self._faults(data)
        noted = not any(key for key in faults.full) and not faults.at
        with pytest.MonkeyPatch.context() as patch:
            if self.service is not None and "slow" in self.service.troubles:
                patch.setenv("SERVICE_TIMEOUT", "0.2")
            done = self.world.dss(*command, "--json", faults=faults)
        if self.service is not None:
            self.service.troubles.clear()
        after = self.world.target.rows
        check_untouched(before, after, protected, self.others)
        begun = self.world.runs()[runs:]
        assert len(begun) <= 1
        if done is None:
            self.killed += [(run.id, after, set()) for run in begun]
            return
        report = report_of(done)
        if report and report["outcomes"] is not None:
            check_report(report, before, after, self.others)
            assert len(begun) == 1
            if noted:
                self._check_noted(report, begun[0].id)
        elif done.exit_code in (1, 3) and not begun:
            assert before == after or self.others

    def _check_noted(self, report: dict[str, Any], run: int) -> None:
        """The journal has what the report says."""
        told = {
            (action["branch"], action["message"]): action["outcome"]["status"] for action in report["actions"]
        }
        noted = {
            (work.branch, message): work.state
            for work in self.world.works(run)
            for _, _, message in work.actions
        }
        assert told == noted

    def _protected(self) -> set[str]:
        return {row["idnumber"] for row in self.world.source["people"] if row["born"] == UNREADABLE}

    def _faults(self, data: st.DataObject) -> Faults:
        """Return what goes wrong in a run."""
        faults = Faults()
        acts: list[Callable[[Where], None]] = [faults.kill, fail, busy, interrupt]
        ends = data.draw(st.none() | st.sampled_from(acts), label="fault")
        if ends is not None:
            faults.at[data.draw(POINTS, label="at")] = ends
        if (edit := data.draw(st.none() | EDITS, label="edit")) is not None:
            faults.at.setdefault(data.draw(POINTS, label="at"), lambda where: self._edit_now(*edit))
        if (jump := data.draw(st.none() | JUMPS, label="jump")) is not None:
            faults.at.setdefault(data.draw(POINTS, label="at"), self.world.clock.jump(jump))
        full = data.draw(st.none() | st.tuples(st.sampled_from(["journal", "target"]), st.integers(0, 12)))
        if full is not None:
            where: Any = full[0]
            faults.full[where] = full[1]
        if self.service is not None:
            troubles: list[Trouble] = data.draw(st.lists(st.sampled_from(TROUBLES), max_size=8), label="http")
            self.service.troubles.extend(troubles)
        return faults

    def _edit_now(self, key: str, name: str, value: str) -> None:
        """Change a person of the target in the middle of a run, if the target lets us."""
        if self._edited(key, name, value):
            self._note(("people", (key,)))

    def _edited(self, key: str, name: str, value: str) -> bool:
        target = self.world.target
        if isinstance(target, BaseTarget):
            return target.edit(key, name, value)
        self._by_hand(key, lambda row: row.update({name: value}))
        return True

    # -- afterwards -----------------------------------------------------------------------------------

    @rule()
    def recover(self) -> None:
        """A run without faults settles what was left open, and brings the target in step."""
        before = self.world.target.rows
        done = self.world.sync("--verify", "--json")
        assert done is not None
        assert 0 == done.exit_code, done.output
        self.others.clear()
        after = self.world.target.rows
        check_untouched(before, after, self._protected(), set())
        check_report(report_of(done), before, after, set())
        check_recovered(self.world.source, before, after, self._protected())
        self._check_history()
        again = report_of(self.world.sync("--json"))
        assert (0, "in_step") == (again["differences"], again["state"])

    def _check_history(self) -> None:
        """Every run has an end, and every work one state, which is the truth."""
        runs = self.world.runs()
        assert list(range(1, len(runs) + 1)) == [run.id for run in runs]
        assert "running" not in {run.state for run in runs}
        for run in runs:
            assert {work.state for work in self.world.works(run.id)} <= STATES, run
        for number, left, others in self.killed:
            check_settled(self.world.works(number), left, others)
        self.killed.clear()

    @override
    def teardown(self) -> None:
        """Whatever has happened, it is recovered from."""
        self.recover()
