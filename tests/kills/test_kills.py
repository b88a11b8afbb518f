"""A real `dss apply` is killed at random instants; the next run finds out what happened, and converges.

`DSS_KILLS` says how many are killed per target.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dss_generator import Project, generate
from tests.kills.service import Rows, serving

HERE = Path(__file__).parent
KILLS = int(os.environ.get("DSS_KILLS", "4"))
PEOPLE = 150


class School:
    """The project in a folder of its own, and `dss` in processes of their own."""

    def __init__(self, folder: Path, url: str) -> None:
        shutil.copytree(HERE / "project", folder)
        for path in (folder / "handlers").glob("*.txt"):  # not .py: type checkers would look for `generated`
            path.rename(path.with_suffix(""))
        self.folder = folder
        (folder / "data").mkdir(exist_ok=True)
        trees = f'[trees.Files]\nfolder = "data"\n\n[trees.Service]\nurl = "{url}"\n'
        # What this test does to the service each night would look like another writer who never gives up.
        (folder / "dss.toml").write_text(f"{trees}\n[syncs.nightly]\ngive_up_after = 999\n", encoding="utf-8")
        generate(Project(folder, folder / "schema", folder / "generated", folder / "handlers"))

    def command(self, *arguments: str) -> list[str]:
        """Return how `dss` is started."""
        return [sys.executable, "-m", "dss_runtime.cli", "-C", str(self.folder), *arguments]

    def dss(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `dss` to its end."""
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)

    def write(self, people: list[dict[str, Any]], memberships: list[dict[str, Any]]) -> None:
        """Write tonight's files."""
        for name, rows in (("people", people), ("memberships", memberships)):
            with (self.folder / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)


def rows(rng: random.Random) -> Rows:
    """Return people and their teams."""
    ids = rng.sample(range(2 * PEOPLE), PEOPLE)
    people = [
        {
            "idnumber": f"{number:04}",
            "name": rng.choice(["Ada", "Ben", "Cleo"]),
            "email": rng.choice(["", f"{number}@school.example"]),
            "born": rng.choice(["", "2011-05-17", "2012-11-02"]),
        }
        for number in ids
    ]
    memberships = [
        {"person": each["idnumber"], "team": team} for each in people for team in rng.sample("abc", 1)
    ]
    return {"people": people, "memberships": memberships}


def held(found: Rows) -> dict[str, list[str]]:
    """Return rows as texts, in order: empty and absent values are one."""
    return {name: sorted(map(_text, each)) for name, each in found.items()}


def _text(row: dict[str, Any]) -> str:
    return json.dumps({key: value or None for key, value in row.items()}, sort_keys=True)


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_creates_nothing_twice(tmp_path: Path) -> None:
    """Killed at any instant, a run is told by the next one, after which the target equals the source."""
    rng = random.Random(20261125)
    with serving() as service:
        school = School(tmp_path / "school", service.url)
        for number in range(KILLS):
            service.rows = rows(rng)
            before = json.loads(json.dumps(service.rows))
            wanted = rows(rng)
            school.write(wanted["people"], wanted["memberships"])
            plan = str(tmp_path / f"{number}.jsonl")
            assert 2 == school.dss("plan", "nightly", "-o", plan).returncode
            killed(school, plan, rng.uniform(0.2, 1.5))
            check_journal(school, before, service.rows)
            done = school.dss("sync", "nightly", "--verify")
            assert (0, "") == (done.returncode, "".join(_unexpected(done.stderr)))
            assert held(wanted) == held(service.rows)
            assert 1 == school.dss("apply", plan).returncode, "an old plan was gone on with"


def killed(school: School, plan: str, seconds: float) -> None:
    """Apply a plan, and kill the process after some time, unless it has ended before."""
    process = subprocess.Popen(
        school.command("apply", plan), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


def check_journal(school: School, before: Rows, after: Rows) -> None:
    """Whatever differs in the target from what it was is in the journal, at least as intended."""
    path = school.folder / ".dss" / "journal.sqlite"
    journal = sqlite3.connect(path)
    known = {
        (branch, "/".join(json.loads(key).values()))
        for branch, key in journal.execute(
            "SELECT branch, key FROM works WHERE run = (SELECT max(id) FROM runs) "
            "AND state NOT IN ('skipped', 'blocked', 'rejected')"
        )
    }
    journal.close()
    ours, theirs = held(before), held(after)
    for branch, keys in (("people", ["idnumber"]), ("memberships", ["person", "team"])):
        for row in set(ours[branch]) ^ set(theirs[branch]):
            found = json.loads(row)
            assert (branch, "/".join(found[key] for key in keys)) in known


def _unexpected(text: str) -> list[str]:
    return [line for line in text.splitlines() if "has left open what became of" not in line]
