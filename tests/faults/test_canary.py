"""A canary birth date, a canary text and a canary secret are in nothing that runs leave or show."""

from __future__ import annotations

import csv
import importlib
import logging
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dss_generator import Project, generate
from dss_runtime import TransientError
from dss_runtime.cli import app
from tests.faults.injecting import Clock, Faults, Killed, injected
from tests.faults.searching import forms_of_date, forms_of_text, leaks, sought

HERE = Path(__file__).parent
BORN = date(1987, 12, 3)
DOCTOR = "canary Dr. Göß/7 + x"
TOKEN = "canary-s3crét/+ 9"
OF_PERSONS = sought({*forms_of_date(BORN), *forms_of_text(DOCTOR)})
SECRET = sought(forms_of_text(TOKEN))
HAPPENED = (
    *("failed", "rejected", "blocked", "unreadable", "held", "killed", "refused", "TransientError"),
    *("applied already", "changed since planned", "cannot be taken back", "Traceback", "CHECK constraint"),
)
"""What the runs of this test must have told, so that there was something to hide."""


class Canaries:
    """The project, and everything that it has shown."""

    def __init__(self, folder: Path, *, sensitive: bool) -> None:
        self.folder = folder
        self.shown: dict[str, bytes] = {}
        for path in (HERE / "canary_project").rglob("*.*"):
            made = folder / path.relative_to(HERE / "canary_project")
            made.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            made.with_name(made.name.removesuffix(".txt")).write_text(
                text if sensitive else text.replace(", sensitive: true", ""), encoding="utf-8"
            )
        generate(Project(folder, folder / "schema", folder / "canary_made", folder / "canary_handlers"))
        (folder / "data").mkdir()
        self.settings()
        with closing(sqlite3.connect(folder / "base.db")) as base:
            base.execute("CREATE TABLE children (idnumber, name CHECK (name <> 'checked'), born, doctor)")
            base.execute("CREATE TABLE visits (child, day)")

    def settings(self, journal: str = "omit") -> None:
        """Write the settings; the token comes from the environment."""
        (self.folder / "dss.toml").write_text(
            'generated = "canary_made"\nhandlers = "canary_handlers"\n'
            f'[journal]\nsensitive = "{journal}"\n[trees.Files]\nfolder = "data"\n'
            '[trees.Memory]\ntoken = "${CANARY_TOKEN}"\n[trees.Base]\nurl = "sqlite:///base.db"\n',
            encoding="utf-8",
        )

    def write(self, *children: tuple[str, str, str, str], visits: int = 1) -> None:
        """Write the source: children, and a visit of each of the first ones on the canary's day."""
        heads = {"children": ("idnumber", "name", "born", "doctor"), "visits": ("child", "day")}
        rows: dict[str, Any] = {"children": children}
        rows["visits"] = [(child[0], str(BORN)) for child in children[:visits]]
        for name, head in heads.items():
            with (self.folder / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([head, *rows[name]])

    def dss(self, *arguments: str, faults: Faults | None = None) -> int | None:
        """Call `dss --debug`, and keep what it shows; return its exit code, None when it was killed."""
        name = f"{len(self.shown)} {' '.join(arguments)}"
        try:
            with injected(faults or Faults(), Clock()):
                done = CliRunner().invoke(app, ["--debug", "-C", str(self.folder), *arguments])
        except Killed:
            self.keep(name)
            return None
        told = "" if done.exc_info is None else "".join(traceback.format_exception(*done.exc_info))
        self.shown[name] = f"{done.stdout}{done.stderr}{done.exception!r}{told}".encode()
        self.keep(name)
        return done.exit_code

    def keep(self, name: str) -> None:
        """Keep what is in the state folder and in plans now: a journal's log is emptied later."""
        for path in [*(self.folder / ".dss").rglob("*"), *self.folder.glob("*.jsonl")]:
            if path.is_file():
                self.shown[f"{name}: {path.name}"] = path.read_bytes()

    def fill(self) -> None:
        """Give both sides what they are to be compared over: a child that stays, and others that go."""
        rows = [(str(n), "stays", str(BORN), DOCTOR) for n in range(4)]
        self.write(*rows, visits=4)
        for sync in ("quoted", "stored"):
            assert 0 == self.dss("sync", sync, "--verify")


def everything(canaries: Canaries) -> None:
    """Run what there is to run, and let it fail in every way."""
    canaries.fill()
    memory = importlib.import_module("canary_handlers.memory")
    bad = [
        ("4", "refused", str(BORN), DOCTOR),
        ("5", "quoted", str(BORN), DOCTOR),
        ("6", "checked", str(BORN), DOCTOR),
        ("7", "unreadable", f"{BORN:%d.%m.%Y}", DOCTOR),
        ("8", "too long", str(BORN), DOCTOR * 3),
        ("1", "renamed", "1990-01-01", ""),
        ("0", "stays", str(BORN), DOCTOR),
    ]
    for sync in ("quoted", "stored"):
        canaries.write(*bad, visits=3)
        for options in (("--all",), ("--json",), ("-o", str(canaries.folder / f"{sync}.jsonl"))):
            canaries.dss("plan", sync, *options)
        canaries.dss("plan", sync, "--sensitive", "seal", "-o", str(canaries.folder / f"{sync}-sealed.jsonl"))
        canaries.dss("sync", sync, "--json", faults=killing(60))
        canaries.dss("sync", sync, "--verify", "--json")
        memory.MemoryTemplate.refuses = TransientError if sync == "quoted" else ValueError
        canaries.dss("sync", sync, "--all")
        memory.MemoryTemplate.refuses = None
        for plan in (f"{sync}.jsonl", f"{sync}-sealed.jsonl", f"{sync}-sealed.jsonl"):
            canaries.dss("apply", str(canaries.folder / plan), "--all", "--if-changed", "stop")
            canaries.dss("apply", str(canaries.folder / plan), "--all")
        canaries.write(("9", "alone", str(BORN), DOCTOR))
        assert 3 == canaries.dss("sync", sync, "--all")
        reason = f"{TOKEN} is used up" if sync == "quoted" else "a school has closed"
        canaries.dss("sync", sync, "--all", "--override", "old:children", "--reason", reason)
        canaries.dss("undo", "1", "--dry-run", "--all")
    for options in (("history",), ("history", "--json")):
        canaries.dss(*options)
    for n in range(1, 12):
        canaries.dss("show", str(n), "--all")
        canaries.dss("show", str(n), "--json")
        canaries.dss("undo", str(n), "--all")
    canaries.dss("docs")
    canaries.dss("generate", "--check")
    canaries.settings("seal")
    canaries.fill()
    canaries.dss("undo", str(canaries_runs(canaries)), "--json")


def canaries_runs(canaries: Canaries) -> int:
    """Return the number of the last run."""
    with closing(sqlite3.connect(canaries.folder / ".dss" / "journal.sqlite")) as journal:
        return int(journal.execute("SELECT max(id) FROM runs").fetchone()[0])


def killing(at: int) -> Faults:
    """Return faults that kill a run at a point."""
    faults = Faults()
    faults.at[at] = faults.kill
    return faults


@pytest.fixture
def imports() -> Iterator[None]:
    """Forget the project's modules afterwards."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("canary_"):
            del sys.modules[name]


def ran(tmp_path: Path, caplog: pytest.LogCaptureFixture, *, sensitive: bool) -> dict[str, bytes]:
    """Run everything, and return all that was shown and left."""
    caplog.set_level(logging.DEBUG)
    canaries = Canaries(tmp_path / "project", sensitive=sensitive)
    everything(canaries)
    dictionary = canaries.folder / "dictionary"
    pages = {path.name: path.read_bytes() for path in dictionary.rglob("*") if path.is_file()}
    logged = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in caplog.records)
    told = b"".join(canaries.shown.values()).decode("utf-8", "replace")
    assert [] == [each for each in HAPPENED if each not in told]
    return {**canaries.shown, **pages, "log": logged.encode()}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret in the environment."""
    monkeypatch.setenv("CANARY_TOKEN", TOKEN)


@pytest.mark.slow
@pytest.mark.usefixtures("imports")
def test_no_canary_is_in_anything_that_runs_leave(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever fails, and whoever quotes them: personal values and secrets are found nowhere."""
    assert [] == leaks(ran(tmp_path, caplog, sensitive=True), OF_PERSONS | SECRET)


@pytest.mark.slow
@pytest.mark.usefixtures("imports")
def test_canaries_that_nobody_hides_are_found(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The search can fail: of values that are not sensitive it finds plenty, and secrets stay hidden."""
    places = ran(tmp_path, caplog, sensitive=False)
    assert [] == leaks(places, SECRET)
    found = leaks(places, OF_PERSONS)
    for place in ("plan", "sync", "show", "undo", "quoted.jsonl", "journal.sqlite"):
        assert any(place in each for each in found), place
