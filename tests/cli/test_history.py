"""`dss history`, `show` and `undo`: what runs did, and how it is taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Shop
from tests.cli.test_plan import DIFFERENT


@pytest.fixture
def done(shop: Shop) -> Shop:
    """A project that was synced once."""
    shop.left(**DIFFERENT["left"])
    shop.right(**DIFFERENT["right"])
    shop.settings(f'generated = "{shop.package}"\n[journal]\nsensitive = "seal"\n[trees.Supplier]\n'
                  'folder = "data"\n[trees.Shop]\nfolder = "data"\n')  # fmt: skip
    assert 0 == shop.dss("sync", "nightly").exit_code
    return shop


def test_runs_are_listed_the_newest_first(done: Shop) -> None:
    """Each run has a line with its number, command, trees, state and outcomes."""
    done.dss("sync", "nightly")
    lines = done.dss("history").stdout.splitlines()
    assert ["2", "1"] == [line.split()[0] for line in lines]
    assert "sync  Supplier -> Shop  applied in " in lines[1]
    assert lines[1].endswith("s: 5 applied")


def test_a_held_run_is_in_the_history(shop: Shop) -> None:
    """A run that a guard held is there, with the reason."""
    shop.right(products=[{"sku": f"P{number}"} for number in range(4)])
    assert 3 == shop.dss("sync", "nightly").exit_code
    assert "  held in " in shop.dss("history").stdout
    assert "4 old records of 4, the limit is 3" in shop.dss("history").stdout


def test_a_run_is_shown_with_what_it_did(done: Shop) -> None:
    """All that a run did is listed by what became of it."""
    shown = done.dss("show", "1", "--all").stdout
    assert "applied: 5\n" in shown
    assert "  changed_products_name(sku='B', old='Mug', new='Cup')\n" in shown
    found = json.loads(done.dss("show", "1", "--json").stdout)
    assert ["applied"] * 5 == [work["state"] for work in found["works"]]


def test_a_run_that_is_not_there_is_told_so(done: Shop) -> None:
    """An unknown number is an error that names the latest run."""
    for command in ("show", "undo"):
        tried = done.dss(command, "7")
        assert 1 == tried.exit_code
        assert "there is no run 7: the latest is 1; `dss history` lists them" in tried.stderr


def test_an_undo_restores_what_was_there(shop: Shop) -> None:
    """After an undo the target is as it was before the run, sensitive values included."""
    shop.settings(f'generated = "{shop.package}"\n[journal]\nsensitive = "seal"\n[trees.Supplier]\n'
                  'folder = "data"\n[trees.Shop]\nfolder = "data"\n')  # fmt: skip
    secret: dict[str, Any] = {"sku": "S", "name": "Safe", "pin": "0000-secret", "tags": []}
    shop.left(**DIFFERENT["left"])
    shop.right(products=[*DIFFERENT["right"]["products"], secret], prices=[])
    before = sorted(json.dumps(row, sort_keys=True) for row in shop.held["products"])
    shop.dss("sync", "nightly")
    tried = shop.dss("undo", "1", "--dry-run")
    assert (2, "Shop before run 1 -> Shop: 6 differences") == (tried.exit_code, tried.stdout.splitlines()[0])
    undone = shop.dss("undo", "1")
    assert 0 == undone.exit_code
    empty: dict[str, Any] = {"pin": None, "tags": []}
    full = [empty | json.loads(row) for row in before]
    assert sorted(json.dumps(row, sort_keys=True) for row in full) == sorted(
        json.dumps(row, sort_keys=True) for row in shop.held["products"]
    )


def test_what_was_changed_since_is_kept(done: Shop) -> None:
    """A record that somebody has changed after the run is left as it is, which is said and exits with 1."""
    rows = [{**row, "name": "Beaker"} if row["sku"] == "B" else row for row in done.held["products"]]
    done.right(products=rows, prices=[])
    undone = done.dss("undo", "1")
    assert 1 == undone.exit_code
    assert (
        "changed_products_name(sku='B', old='Mug', new='Cup'): the record was changed since" in undone.stderr
    )
    assert "Beaker" in [row["name"] for row in done.held["products"]]


def test_what_the_journal_does_not_hold_is_kept(shop: Shop) -> None:
    """Where sensitive values are left out of the journal, a record that had one is not brought back."""
    shop.right(products=[{"sku": "S", "name": "Safe", "pin": "0000-secret", "tags": []}])
    shop.left(products=[{"sku": "T", "tags": []}])
    shop.dss("sync", "nightly")
    undone = shop.dss("undo", "1")
    assert 1 == undone.exit_code
    assert "old_products(sku='S'): pin: sensitive, and the journal does not hold what it was" in undone.stderr


def test_an_undo_can_be_undone(done: Shop) -> None:
    """The run that takes another back is a run itself."""
    after = done.held
    done.dss("undo", "1")
    assert 0 == done.dss("undo", "2").exit_code
    assert sorted(map(str, after["products"])) == sorted(map(str, done.held["products"]))
    assert "takes back run 2" in done.dss("history").stdout


def test_a_run_that_was_killed_is_found_out_by_reading(done: Shop) -> None:
    """The next run tells what the killed one has done, and the journal holds it."""
    import sqlite3

    journal = sqlite3.connect(done.folder / ".dss" / "journal.sqlite")
    with journal:
        journal.execute("UPDATE runs SET state = 'running', ended = NULL")
        journal.execute("UPDATE works SET state = 'intended'")
    journal.close()
    again = done.dss("sync", "nightly")
    assert "run 1 has left open what became of 5 changes; reading Shop tells: 5 happened\n" == again.stderr
    assert "  killed, settled by run 2" in done.dss("history").stdout
    assert "found out by reading: it is there" in done.dss("show", "1", "--all").stdout


@pytest.mark.parametrize("state", ["interrupted", "failed"])
def test_a_run_that_ended_early_is_found_out_by_reading(done: Shop, state: str) -> None:
    """What it has left open is told as after a kill, and the history says how it ended."""
    import sqlite3

    journal = sqlite3.connect(done.folder / ".dss" / "journal.sqlite")
    with journal:
        journal.execute("UPDATE runs SET state = ?", (state,))
        journal.execute("UPDATE works SET state = 'written'")
    journal.close()
    again = done.dss("sync", "nightly")
    assert "run 1 has left open what became of 5 changes; reading Shop tells: 5 happened\n" == again.stderr
    assert "found out by reading: it is there" in done.dss("show", "1", "--all").stdout
    assert f"  {state} in " in done.dss("history").stdout


def test_two_runs_never_write_to_one_target(done: Shop) -> None:
    """While one run holds the target's lock, another is not begun."""
    from filelock import FileLock

    (lock,) = (done.folder / ".dss").glob("*.lock")
    with FileLock(lock):
        tried = done.dss("sync", "nightly")
    assert 1 == tried.exit_code
    assert "another run is writing to Shop, so this one was not begun" in tried.stderr


def test_the_state_is_closed_to_others_and_to_version_control(done: Shop) -> None:
    """The folder and the key are the owner's alone, and git ignores all of it."""
    state = done.folder / ".dss"
    assert (0o700, 0o600) == (state.stat().st_mode & 0o777, (state / "key").stat().st_mode & 0o777)
    assert "*" in (state / ".gitignore").read_text().splitlines()


def test_the_journal_forgets_what_is_too_old(shop: Shop) -> None:
    """No more runs are kept than the settings say."""
    shop.settings(f'generated = "{shop.package}"\n[journal]\nkeep_runs = 2\n[trees.Supplier]\n'
                  'folder = "data"\n[trees.Shop]\nfolder = "data"\n')  # fmt: skip
    for _ in range(4):
        shop.dss("sync", "nightly")
    assert ["4", "3"] == [line.split()[0] for line in shop.dss("history").stdout.splitlines()]


def test_the_journal_tells_how_long_each_change_took(shop: Shop) -> None:
    """What was tried has a time; what was refused before has none."""
    shop.left(products=[{"sku": "A", "name": "a"}, {"sku": "B", "name": "b"}])
    assert 0 == shop.dss("sync", "nightly").exit_code
    found = json.loads(shop.dss("show", "1", "--json").stdout)["works"]
    assert 2 == len(found)
    for each in found:
        assert 0 <= each["seconds"] < 3600
