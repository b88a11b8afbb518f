"""What the journal keeps of a run: nothing secret; and a run whose end it cannot keep has been yet."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from dss_runtime.journal import Journal, JournalError, Unconfirmed
from tests.cli.conftest import Shop

SECRET = "hunter2-hunter2"


def settings(shop: Shop, more: str = "", journal: str = "") -> None:
    """Write settings with a password for the shop, and *more*."""
    trees = '[trees.Supplier]\nfolder = "data"\n[trees.Shop]\nfolder = "data"\n'
    shop.settings(f'generated = "{shop.package}"\n{journal}{trees}password = "${{SHOP_PASSWORD}}"\n{more}\n')


def told(shop: Shop) -> str:
    """Return all that stands in the journal for people."""
    connection = sqlite3.connect(shop.folder / ".dss" / "journal.sqlite")
    found = [
        *connection.execute("SELECT summary FROM runs"),
        *connection.execute("SELECT actions, reason FROM works"),
    ]
    connection.close()
    return str(found)


@pytest.mark.parametrize("fault", ["held", "reason", "key"])
def test_secrets_do_not_reach_the_journal(shop: Shop, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the reason of a failure, nor what held a run, nor a message holds what came from `${NAME}`."""
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    settings(shop)
    shop.left(products=[{"sku": "A", "tags": []}])
    if fault == "reason":
        wiring = (
            "from dss_runtime import Outcome\nfrom tests.cli import fake_shop\n"
            "class Template(fake_shop.JsonTemplate):\n"
            "    def __call__(self, action, /):\n"
            "        return Outcome.failed(f'cannot log in with {self.tree.settings[\"password\"]}')\n"
            "class Shop(fake_shop.Shop):\n    __template__ = Template\n"
            "TREES = {**fake_shop.TREES, 'Shop': lambda settings: Shop(settings=settings)}\n"
            "SYNCS = fake_shop.SYNCS\n"
        )
        shop.wiring(wiring)
    elif fault == "held":
        shop.right(products=[{"sku": f"{SECRET}{number}"} for number in range(9)])
    else:
        shop.left(products=[{"sku": f"{SECRET}1", "tags": []}])
    shop.dss("sync", "nightly")
    for command in (["history"], ["history", "--json"], ["show", "1", "--all"], ["show", "1", "--json"]):
        assert SECRET not in shop.dss(*command).output
    assert SECRET not in told(shop)


def failing(*_arguments: Any) -> None:
    """Stand for a disk that is full."""
    raise JournalError("journal.sqlite: the journal cannot be used: database or disk is full")


@pytest.mark.parametrize("where", [(Journal, "end"), (Journal, "prune"), (Unconfirmed, "keep")])
@pytest.mark.parametrize(("old", "code"), [(0, 0), (9, 3)])
def test_a_report_is_not_lost_with_the_journal(
    shop: Shop, where: tuple[type, str], old: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has been: its report and its exit code are those of any other run, and the trouble is said."""
    shop.left(products=[{"sku": "A", "tags": []}])
    shop.right(products=[{"sku": f"P{number}"} for number in range(old)])
    monkeypatch.setattr(*where, failing)
    done = shop.dss("sync", "nightly")
    assert code == done.exit_code
    assert ("1 difference, 1 applied" if code == 0 else "held: products") in done.stdout
    told = "database or disk is full\nthe journal may not tell how run 1 has ended" in done.stderr
    assert told or (code == 3 and where[1] == "keep")


def test_a_verification_is_not_lost_with_the_journal(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reading the target again has found is shown, and that it could not be noted."""
    shop.left(products=[{"sku": "A", "tags": []}])
    note = Journal.note

    def until_then(journal: Journal, run: int, more: Mapping[str, Any]) -> None:
        (failing if "verification" in more else note)(journal, run, more)

    monkeypatch.setattr(Journal, "note", until_then)
    done = shop.dss("sync", "nightly", "--verify")
    assert 0 == done.exit_code
    assert "converged: 0 differences" in done.stdout
    assert "database or disk is full\nthe journal does not tell what was found" in done.stderr


def test_an_end_that_could_not_be_noted_is_found_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run tells what the one before has done."""
    shop.left(products=[{"sku": "A", "tags": []}])
    with monkeypatch.context() as patched:
        for name in ("end", "settle_works", "commit_phase"):
            patched.setattr(Journal, name, failing)
        assert 0 == shop.dss("sync", "nightly").exit_code
    again = shop.dss("sync", "nightly")
    assert "run 1 has left open what became of 1 change; reading Shop tells: 1 happened\n" == again.stderr


@pytest.mark.parametrize("fault", ["held", "failed", "interrupted"])
def test_every_run_prunes(shop: Shop, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync that is held every night does not let the journal grow."""
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    faults = {"held": "", "failed": 'fault = "read"', "interrupted": 'fault = "interrupt read"'}
    settings(shop, faults[fault], "[journal]\nkeep_runs = 2\n")
    shop.right(products=[{"sku": f"P{number}"} for number in range(9)])
    for _ in range(4):
        shop.dss("sync", "nightly")
    runs = json.loads(shop.dss("history", "--json").stdout)["runs"]
    assert [(4, fault), (3, fault)] == [(run["run"], run["state"]) for run in runs]


def test_an_incomplete_run_is_not_called_written_when_its_check_is_interrupted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the target is read again: the report says what was written."""
    from dss_runtime.cli import _verifying

    def interrupted(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_verifying, "_found", interrupted)
    monkeypatch.setenv("SHOP_FAULT", "fail new")
    shop.left(products=[{"sku": "A", "tags": []}])
    done = shop.dss("sync", "nightly", "--verify")
    assert 130 == done.exit_code
    assert "interrupted: Shop was written before; `dss show 1` tells what\n" in done.stderr
    assert "1 difference, 0 applied" in done.stdout
