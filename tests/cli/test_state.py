"""The folder `.dss`: closed to others, bound to its key, and left alone by whoever only looks."""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import SettingsError
from dss_runtime.cli._cipher import fernet
from dss_runtime.plans import project_seal
from tests.cli.conftest import Shop

CLOSED = 0o600


@pytest.fixture
def done(shop: Shop) -> Shop:
    """A project that was synced once."""
    shop.left(products=[{"sku": "A", "tags": []}])
    assert 0 == shop.dss("sync", "nightly").exit_code
    return shop


def modes(folder: Path) -> dict[str, int]:
    """Return what may be done with the files that hold something."""
    names = ("key", "journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm")
    return {name: (folder / name).stat().st_mode & 0o777 for name in names if (folder / name).exists()}


def test_an_open_folder_still_keeps_the_journal_and_the_key_closed(shop: Shop) -> None:
    """Whatever the mode of the folder and of files that were there, others may read neither."""
    state = shop.folder / ".dss"
    state.mkdir(mode=0o755)
    shop.dss("sync", "nightly")
    connection = sqlite3.connect(state / "journal.sqlite")
    connection.execute("SELECT * FROM runs").fetchall()
    assert {CLOSED} == set(modes(state).values())
    connection.close()
    (state / "journal.sqlite").chmod(0o644)
    shop.dss("sync", "nightly")
    assert CLOSED == modes(state)["journal.sqlite"]


def test_a_key_that_others_may_read_is_refused(done: Shop) -> None:
    """The message says how to close it, and what to do if it is too late."""
    (done.folder / ".dss" / "key").chmod(0o640)
    tried = done.dss("sync", "nightly")
    assert 1 == tried.exit_code
    assert "holds the project's key, and others may read it: `chmod 600 " in tried.stderr


def test_a_key_is_there_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash while it is written leaves none, and the next run makes one."""

    def full(_size: int) -> bytes:
        raise OSError("no space left on device")

    path = tmp_path / "key"
    with monkeypatch.context() as patched:
        patched.setattr(secrets, "token_bytes", full)
        with pytest.raises(OSError, match="no space"):
            project_seal(path, fernet)
    assert [] == list(tmp_path.iterdir())
    assert project_seal(path, fernet) == project_seal(path, fernet)
    assert [path] == list(tmp_path.iterdir())


def test_of_two_processes_that_make_the_key_one_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both go on with the same key."""
    path, link, found = tmp_path / "key", os.link, list[Any]()

    def after_another(source: str, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        found.append(project_seal(path, fernet))
        link(source, target)

    monkeypatch.setattr(os, "link", after_another)
    assert project_seal(path, fernet) == found[0]


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    """It is no key, and the message says what to do."""
    path = tmp_path / "key"
    path.touch(0o600)
    with pytest.raises(SettingsError, match=r"holds no key; .* put it back from a backup"):
        project_seal(path, fernet)


@pytest.mark.parametrize("command", [["sync", "nightly"], ["undo", "1"], ["plan", "nightly"]])
def test_a_key_that_is_gone_is_not_replaced(done: Shop, command: list[str]) -> None:
    """With another, every target and every value in the journal would be a stranger."""
    key = done.folder / ".dss" / "key"
    text = key.read_text()
    key.unlink()
    tried = done.dss(*command)
    assert (1, False) == (tried.exit_code, key.exists())
    assert "key is gone, and without it nothing in the journal is known again: put it back" in tried.stderr

    key.touch(0o600)
    key.write_text(text)
    assert done.dss(*command).exit_code in (0, 2)


def test_another_key_is_refused(done: Shop) -> None:
    """The journal knows with which key it was written."""
    key = done.folder / ".dss" / "key"
    key.write_text("0" * 64 + "\n")
    tried = done.dss("sync", "nightly")
    assert 1 == tried.exit_code
    assert "was written with another key, so that nothing in it would be known again" in tried.stderr

    (done.folder / ".dss" / "journal.sqlite").rename(done.folder / "old.sqlite")
    assert 0 == done.dss("sync", "nightly").exit_code


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (["history"], 0, "no run yet: `dss sync` and `dss apply` are journalled"),
        (["history", "--json"], 0, ""),
        (["show", "1"], 1, "there is no run 1: there is none yet"),
        (["undo", "1"], 1, "there is no run 1: there is none yet"),
        (["plan", "nightly"], 0, ""),
    ],
)
def test_a_look_makes_nothing(shop: Shop, command: list[str], code: int, told: str) -> None:
    """Where there is no journal, whoever asks for it leaves none, and no folder for it."""
    tried = shop.dss(*command)
    assert (code, False) == (tried.exit_code, (shop.folder / ".dss").exists()), tried.output
    assert told in tried.stderr


def test_a_look_writes_nothing(done: Shop) -> None:
    """The history is read from a journal that may not be written."""
    from dss_runtime.journal import Journal, JournalError

    path = done.folder / ".dss" / "journal.sqlite"
    before = path.read_bytes()
    for command in (["history"], ["show", "1"], ["undo", "1", "--dry-run"], ["plan", "nightly"]):
        assert done.dss(*command).exit_code in (0, 2)
    assert before == path.read_bytes()
    journal = Journal(path, read_only=True)
    with pytest.raises(JournalError, match="readonly"):
        journal.end(1, "failed", {})
    journal.close()


def test_a_journal_of_another_version_is_refused(done: Shop) -> None:
    """Whoever only looks is told so too."""
    connection = sqlite3.connect(done.folder / ".dss" / "journal.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for command in (["history"], ["sync", "nightly"]):
        tried = done.dss(*command)
        assert 1 == tried.exit_code
        assert "is a journal of version 99" in tried.stderr
