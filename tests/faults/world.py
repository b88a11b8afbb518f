"""A project of which a test may run `dss` as often as it likes, faults included."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dss_runtime.cli import app
from dss_runtime.journal import Journal, LoggedWork, Run
from tests.faults.injecting import Clock, Faults, Killed, injected
from tests.kills import school
from tests.kills.school import Target
from tests.kills.service import Rows, Service

_NUMBERS = itertools.count()
SETTINGS = (
    "[journal]\nkeep_days = 100000\n"
    # Another writer who never gives up is no reason to give up here.
    "[syncs.nightly]\ngive_up_after = 999\n[syncs.base]\ngive_up_after = 999\n"
)


@dataclass
class World:
    """One source and one target, with a history of their own, in the project below *root*."""

    root: Path
    folder: Path
    target: Target
    service: Service | None = None
    source: Rows = field(default_factory=lambda: {"people": [], "memberships": []})
    clock: Clock = field(default_factory=Clock)
    last: Result | None = None
    """What the last command that was not killed has given."""

    def __post_init__(self) -> None:
        school.write_settings(self.folder, self.root, [self.target], SETTINGS)

    def dss(self, *arguments: str, faults: Faults | None = None) -> Result | None:
        """Write the source, and call `dss`; None when it was killed."""
        school.write_files(self.folder, self.source)
        module = importlib.import_module("people_handlers.service")
        self.last = None
        try:
            with injected(faults or Faults(), self.clock, [module]):
                self.last = CliRunner().invoke(app, ["-C", str(self.folder), *arguments])
        except Killed:
            return None
        return self.last

    def sync(self, *options: str, faults: Faults | None = None) -> Result | None:
        """Bring the target in step with the source."""
        return self.dss("sync", self.target.sync, *options, faults=faults)

    def runs(self) -> list[Run]:
        """Return all runs of the journal, the first first."""
        path = self.folder / ".dss" / "journal.sqlite"
        if not path.exists():
            return []
        with closing(Journal(path)) as journal:
            return journal.runs(1000)[::-1]

    def works(self, run: int) -> list[LoggedWork]:
        """Return the works of a run."""
        with closing(Journal(self.folder / ".dss" / "journal.sqlite")) as journal:
            return list(journal.works(run))


def report_of(result: Result | None) -> dict[str, Any]:
    """Return the report that a command has printed as JSON; {} where there is none."""
    text = "" if result is None else result.stdout
    found: dict[str, Any] = json.loads(text) if text.startswith("{") else {}
    return found


def make_root(folder: Path) -> Path:
    """Generate the project in *folder*, and make it importable."""
    school.make_project(folder)
    sys.path.insert(0, str(folder))
    importlib.import_module("people_made.wiring")
    return folder


def new_folder(root: Path) -> Path:
    """Return a folder of its own, next to the project."""
    folder = root.parent / f"world{next(_NUMBERS)}"
    folder.mkdir()
    return folder


def person(key: str, **fields: Any) -> dict[str, Any]:
    """Return a person of the source."""
    return {"idnumber": key, "name": "Ann", "email": None, "born": None, "login": "u", "note": None, **fields}


def people(*rows: dict[str, Any], teams: Iterable[tuple[str, str]] = ()) -> Rows:
    """Return a source; where nobody is said to be in a team, the first is: no row is no data."""
    teams = [*teams] or [(row["idnumber"], "a") for row in rows[:1]]
    return {"people": list(rows), "memberships": [{"person": who, "team": team} for who, team in teams]}
