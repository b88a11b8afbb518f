"""Real `dss apply` processes that are killed at random instants, and what was true then and afterwards."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.kills import school
from tests.kills.school import KEYS, Target, expected, ours, texts, theirs
from tests.kills.service import Rows


@dataclass
class Figures:
    """What was seen. `at` counts the kills by how far the run had come, `works` what became of the works."""

    applies: int = 0
    seconds: list[float] = field(default_factory=list[float])
    at: Counter[str] = field(default_factory=Counter[str])
    works: Counter[str] = field(default_factory=Counter[str])
    created_twice: int = 0
    lost: int = 0
    not_ours_touched: int = 0

    def told(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "applies": self.applies,
            "an apply that is left alone takes, in seconds": [round(each, 2) for each in self.seconds],
            "killed": dict(sorted(self.at.items())),
            "works of killed runs, as the next run settled them": dict(sorted(self.works.items())),
            "records created twice": self.created_twice,
            "records lost or left over": self.lost,
            "records of others touched": self.not_ours_touched,
        }


class Campaign:
    """Kills in one project, which brings about so many *people* to *target*."""

    def __init__(self, folder: Path, target: Target, people: int, seed: int) -> None:
        self.folder = folder
        self.target = target
        self.people = people
        self.rng = random.Random(seed)
        self.figures = Figures()
        school.make_project(folder)
        # What this test does to the target each night would look like another writer who never gives up.
        never = f"[syncs.{target.sync}]\ngive_up_after = 999"
        school.write_settings(folder, folder, [target], never)

    def run(self, kills: int) -> Figures:
        """Kill *kills* applies: the instants are spread evenly over the time that an apply takes."""
        self.figures.seconds = [self._undisturbed() for _ in range(min(3, 1 + kills // 10))]
        whole = statistics.median(self.figures.seconds)
        instants = [whole * (number + self.rng.random()) / kills for number in range(kills)]
        self.rng.shuffle(instants)
        for number, instant in enumerate(instants):
            self._kill(number, instant)
        return self.figures

    def _undisturbed(self) -> float:
        """Return how long an apply takes that nobody kills."""
        _, _, plan = self._planned("undisturbed")
        begun = time.monotonic()
        assert 0 == self._dss("apply", plan).returncode
        return time.monotonic() - begun

    def _planned(self, name: str) -> tuple[Rows, Rows, str]:
        """Give both sides new rows and save a plan; return the source, the target before, and the plan."""
        self.target.replace(school.random_rows(self.rng, self.people, target=True))
        source = school.random_rows(self.rng, self.people)
        school.write_files(self.folder, source)
        plan = str(self.folder / f"{name}.jsonl")
        done = self._dss("plan", self.target.sync, "-o", plan)
        assert 2 == done.returncode, done.stderr
        return source, self.target.rows, plan

    def _kill(self, number: int, instant: float) -> None:
        """Kill one apply, look at what is left, let the next run resume, and look again."""
        source, before, plan = self._planned(str(number))
        last = self._latest_run()
        process = subprocess.Popen(
            self._command("apply", plan), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(instant)
        process.send_signal(signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL
        left, run = self.target.rows, self._latest_run()
        works = self._works(run) if run > last else []
        self.figures.applies += 1
        self.figures.at[_how_far(works, begun=run > last) if killed else "not at all: it had ended"] += 1
        _check_noted(works, before, left)

        done = self._dss("sync", self.target.sync, "--verify", "--json")
        assert 0 == done.returncode, done.stderr + done.stdout
        self._check_recovered(source, before)
        if run > last:
            self._check_settled(self._works(run), source, left)
        after = self.target.rows
        self._dss("apply", plan)
        assert after == self.target.rows, "an old plan was gone on with"
        Path(plan).unlink()

    def _check_recovered(self, source: Rows, before: Rows) -> None:
        """The target equals the source, nothing is there twice, and what is not ours is as it was."""
        after = self.target.rows
        wanted, held = texts(expected(source, before)), texts(ours(after))
        self.figures.created_twice += sum(number - 1 for number in Counter(_idents(after)).values())
        self.figures.lost += sum(len(set(wanted[name]) ^ set(held[name])) for name in KEYS)
        self.figures.not_ours_touched += sum(
            one != other for one, other in zip_longest(theirs(before), theirs(after))
        )
        assert (wanted, theirs(before)) == (held, theirs(after))

    def _check_settled(self, works: Sequence[_Work], source: Rows, left: Rows) -> None:
        """What the journal now says of a killed run is what it had left: nobody else was there."""
        wanted, held = _by_key(source), _by_key(ours(left))
        for work in works:
            self.figures.works[work.state] += 1
            now, then = held.get((work.branch, work.key)), wanted.get((work.branch, work.key))
            if work.phase == "changed":
                assert now is not None
                assert then is not None
                happened = all((now[name] or None) == (then[name] or None) for name in work.attributes)
            else:
                happened = (now is None) == (work.phase == "old")
            assert work.state == ("applied" if happened else "skipped"), work

    # -- processes and the journal --------------------------------------------------------------------

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "dss_runtime.cli", "-C", str(self.folder), *arguments]

    def _dss(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._command(*arguments), capture_output=True, text=True, check=False)

    def _query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / ".dss" / "journal.sqlite")) as connection:
            return connection.execute(statement, values).fetchall()

    def _latest_run(self) -> int:
        ((number,),) = self._query("SELECT coalesce(max(id), 0) FROM runs")
        return int(number)

    def _works(self, run: int) -> list[_Work]:
        found = self._query(
            "SELECT phase, branch, key, actions, state FROM works WHERE run = ? ORDER BY number", run
        )
        return [
            _Work(
                phase, branch, tuple(json.loads(key).values()),
                tuple(name for _, name, _ in json.loads(actions)), state,
            )
            for phase, branch, key, actions, state in found
        ]  # fmt: skip


@dataclass(frozen=True)
class _Work:
    """A work as the journal has it."""

    phase: str
    branch: str
    key: tuple[str, ...]
    attributes: tuple[str, ...]
    state: str


def _how_far(works: Sequence[_Work], *, begun: bool) -> str:
    if not works:
        return "1 before the first write" if begun else "0 before the run was noted"
    phase = {"new": "2 new", "changed": "3 changed", "old": "4 old"}[works[-1].phase]
    over = works[-1].phase == "old" and all(each.state == "applied" for each in works)
    return "5 after the last write" if over else f"{phase} under way"


def _check_noted(works: Sequence[_Work], before: Rows, left: Rows) -> None:
    """Whatever differs in the target from what it was is in the journal, at least as intended."""
    known = {(work.branch, work.key) for work in works}
    ours, theirs = _by_key(before), _by_key(left)
    for ident in ours.keys() | theirs.keys():
        assert ours.get(ident) == theirs.get(ident) or ident in known, ident


def _by_key(rows: Rows) -> dict[tuple[str, tuple[str, ...]], dict[str, Any]]:
    pupils = {**rows, "people": [row for row in rows["people"] if row.get("kind", "pupil") == "pupil"]}
    return {
        (name, tuple(row[key] for key in keys)): row for name, keys in KEYS.items() for row in pupils[name]
    }


def _idents(rows: Rows) -> Iterator[tuple[object, ...]]:
    for row in rows["people"]:
        yield row["kind"], row["idnumber"]
    for row in rows["memberships"]:
        yield row["person"], row["team"]
