"""What faults have brought to light, one by one."""

from __future__ import annotations

import resource
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dss_runtime.journal import Bounds, Journal
from dss_runtime.plans import project_seal
from dss_runtime.plans._seal import Cipher
from tests.faults.injecting import Faults
from tests.faults.world import World, people, person, report_of


def states(world: World, run: int) -> list[str]:
    """Return the states of a run's works."""
    return [work.state for work in world.works(run)]


@contextmanager
def largest_file(size: int) -> Generator[None]:
    """Let no file grow beyond *size*: the operating system refuses, as it does when a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def no_cipher(key: bytes) -> Cipher:
    """Refuse: nothing is encrypted here."""
    raise NotImplementedError


def test_what_a_target_owns_does_not_hide_that_a_record_was_created(world: World) -> None:
    """A killed run has created somebody whose note is never written: the next run knows, and undo."""
    world.source = people(person("1", note="sings"))
    world.sync()
    path = world.folder / ".dss" / "journal.sqlite"
    with closing(Journal(path)) as journal, journal.transaction() as connection:
        connection.execute(
            "UPDATE runs SET state = 'running'"
        )  # as a run leaves it that is killed at its end
        connection.execute("UPDATE works SET state = 'intended'")
    assert world.sync() is not None
    assert ["applied", "applied"] == states(world, 1)
    undone = world.dss("undo", "1", "--json")
    assert undone is not None
    assert [] == world.target.rows["memberships"], undone.output
    assert "cannot be taken back" not in undone.stderr


@pytest.mark.parametrize("pages", range(12))
def test_a_full_disk_below_the_journal_loses_no_report(world: World, pages: int) -> None:
    """A run either writes nothing, or says what it has written; the next one settles what was not noted."""
    world.source = people(person("0"))
    world.sync()
    world.source = people(*(person(str(number), name="x" * 400) for number in range(20)))
    before = world.target.rows
    done = world.sync("--json", faults=Faults(full={"journal": pages}))
    report = report_of(done)
    assert done is not None
    if report.get("outcomes") is not None:
        rows = world.target.rows
        assert len(rows["people"]) + len(rows["memberships"]) >= report["outcomes"].get("applied", 0), report
    else:
        assert (1, before) == (done.exit_code, world.target.rows), done.output
    again = world.sync("--verify", "--json")
    assert again is not None
    assert 0 == again.exit_code, again.output
    for run in world.runs():
        assert not {"intended", "written"} & set(states(world, run.id))
        assert "running" != run.state


def test_a_plan_that_does_not_fit_on_the_disk_is_none(base: World) -> None:
    """Neither a part of it is left, nor a file that was being written; an earlier plan stays as it was."""
    base.source = people(person("1"))
    path = base.folder / "plan.jsonl"
    assert base.dss("plan", "base", "-o", str(path)) is not None
    before = path.read_bytes()
    base.source = people(*(person(str(number), name="x" * 400) for number in range(400)))
    with largest_file(200_000):
        done = base.dss("plan", "base", "-o", str(path))
    assert done is not None
    assert (1, before) == (done.exit_code, path.read_bytes()), done.output
    assert "File too large" in done.stderr
    assert [] == [each.name for each in base.folder.iterdir() if each.name.startswith(".plan")]


def test_a_key_that_does_not_fit_on_the_disk_is_none(tmp_path: Path) -> None:
    """The next run makes one, instead of finding an empty file for ever."""
    path = tmp_path / "key"
    with largest_file(10), pytest.raises(OSError, match="too large"):
        project_seal(path, no_cipher)
    assert [] == [*tmp_path.iterdir()]
    key = project_seal(path, no_cipher).key
    assert (key, 0o600) == (project_seal(path, no_cipher).key, path.stat().st_mode & 0o777)


@pytest.mark.parametrize("days", [1, 400, 10**9])
def test_a_journal_may_keep_runs_for_as_long_as_one_likes(tmp_path: Path, days: int) -> None:
    """Also for longer than there have been years."""
    with closing(Journal(tmp_path / "journal.sqlite")) as journal:
        assert 0 == journal.prune(Bounds(keep_runs=1, keep_days=days))


def test_an_unknown_outcome_is_settled_by_the_next_run(web: World) -> None:
    """The answer was lost, so the report says that nobody knows; the next run reads, and knows."""
    assert web.service is not None
    web.source = people(person("1"), person("2"))
    web.service.troubles.extend(["none", "none", "lost", "refuse"])
    report = report_of(web.sync("--json"))
    assert {"unknown": 2, "blocked": 1} == report["outcomes"]
    assert ["unknown", "unknown", "blocked"] == states(web, 1)
    assert {"applied": 2} == report_of(web.sync("--json"))["outcomes"]
    assert ["applied", "skipped", "blocked"] == states(web, 1)
    assert ["1", "2"] == [row["idnumber"] for row in web.target.rows["people"]]
