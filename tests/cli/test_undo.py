"""`dss undo` takes back what it says that it takes back, and nothing of another system."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from tests.cli.conftest import Shop
from tests.cli.fake_shop import ProductsBranch
from tests.cli.test_plan import DIFFERENT


def settings(shop: Shop, more: str = "", journal: str = "") -> None:
    """Write settings with *more* for the shop."""
    trees = f'[trees.Supplier]\nfolder = "data"\n[trees.Shop]\nfolder = "data"\n{more}\n'
    shop.settings(f'generated = "{shop.package}"\n{trees}{journal}')


@pytest.fixture
def done(shop: Shop) -> Shop:
    """A project that was synced once."""
    shop.left(**DIFFERENT["left"])
    shop.right(**DIFFERENT["right"])
    settings(shop)
    assert 0 == shop.dss("sync", "nightly").exit_code
    return shop


def journal(shop: Shop, *statements: str) -> None:
    """Change the journal behind the back of `dss`."""
    connection = sqlite3.connect(shop.folder / ".dss" / "journal.sqlite")
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def last(shop: Shop) -> Any:
    """Return what the journal tells of the last run."""
    return json.loads(shop.dss("history", "-n", "1", "--json").stdout)["runs"][0]


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_a_run_on_another_system_is_not_taken_back(done: Shop, option: list[str]) -> None:
    """The settings name another shop now: nothing is read, and nothing of it is touched."""
    settings(done, 'tenant = "another"')
    before = done.held
    tried = done.dss("undo", "1", *option)
    assert (1, before) == (tried.exit_code, done.held)
    assert "run 1 wrote to another system than the one that Shop is in the settings" in tried.stderr


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_a_run_with_another_schema_is_not_taken_back(
    done: Shop, option: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run changed then cannot be told for sure with the schema of today."""
    monkeypatch.setattr(ProductsBranch, "omitted", frozenset({"tags"}))
    before = done.held
    tried = done.dss("undo", "1", *option)
    assert (1, before) == (tried.exit_code, done.held)
    assert "run 1 was made with another schema than that of today" in tried.stderr


def test_a_run_that_was_killed_is_settled_before_it_is_taken_back(done: Shop) -> None:
    """Nobody has run anything since: the undo itself finds out what there is to take back."""
    killed = ("UPDATE runs SET state = 'running', ended = NULL", "UPDATE works SET state = 'intended'")
    journal(done, *killed)
    tried = done.dss("undo", "1", "--dry-run")
    assert (2, "Shop before run 1 -> Shop: 5 differences") == (tried.exit_code, tried.stdout.splitlines()[0])
    assert "running" == last(done)["state"], "a dry run has settled it for good"

    undone = done.dss("undo", "1")
    assert "run 1 has left open what became of 5 changes" in undone.stderr
    assert ["B", "C"] == sorted(row["sku"] for row in done.held["products"])
    assert {"Mug", "Pot"} == {row["name"] for row in done.held["products"]}


def test_what_nobody_knows_of_is_listed(done: Shop) -> None:
    """A work that may have happened is not taken back, which is said, and exits with 1."""
    journal(done, "UPDATE works SET state = 'unknown' WHERE number = 1", "UPDATE runs SET settled = 1")
    undone = done.dss("undo", "1", "--json")
    assert 1 == undone.exit_code
    assert "new_products(sku='A'): nobody knows whether it happened" in undone.stderr
    kept = json.loads(undone.stdout)["kept"]
    assert ["nobody knows whether it happened"] == [each["reason"] for each in kept]


def test_an_undo_that_keeps_something_is_incomplete_everywhere(done: Shop) -> None:
    """The exit code, the JSON and the journal agree."""
    rows = [{**row, "name": "Beaker"} if row["sku"] == "B" else row for row in done.held["products"]]
    done.right(products=rows, prices=[])
    undone = done.dss("undo", "1", "--json")
    found = json.loads(undone.stdout)
    assert (1, "undo", "incomplete") == (undone.exit_code, found["command"], found["state"])
    assert "incomplete" == last(done)["state"]
    assert {
        "branch": "products",
        "message": "changed_products_name(sku='B', old='Mug', new='Cup')",
        "reason": "the record was changed since",
    } in found["kept"]


def test_an_undo_that_keeps_everything_does_not_say_that_all_is_well(done: Shop) -> None:
    """Nothing to write is not nothing left."""
    done.right(products=[], prices=[])
    journal(done, "DELETE FROM works WHERE phase = 'old'")
    undone = done.dss("undo", "1")
    assert (1, "nothing that could be taken back\n") == (undone.exit_code, undone.stdout)


def test_a_deleted_record_is_brought_back_with_loss(done: Shop) -> None:
    """The journal holds what the schema names; that more is lost is said before anything is written."""
    tried = done.dss("undo", "1", "--dry-run", "--json")
    loss = "it is created anew: what the schema does not name of it is lost"
    assert (
        f"taken back with loss: 1 change of products, such as old_products(sku='C'): {loss}\n" in tried.stderr
    )
    assert [loss] == [each["reason"] for each in json.loads(tried.stdout)["losses"]]


def test_a_created_record_that_can_only_be_disabled_is_told(
    done: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where old records are disabled, an undo leaves disabled what the run has created."""
    done.right(products=[], prices=[])
    monkeypatch.setattr(ProductsBranch, "retires_old", True)
    done.dss("sync", "nightly")
    tried = done.dss("undo", "2", "--dry-run")
    loss = "it is disabled, not removed: this branch removes no record"
    assert (
        f"taken back with loss: 2 changes of products, such as new_products(sku='B'): {loss}\n"
        in tried.stderr
    )


def test_records_with_secret_keys_are_told_apart(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose key is masked has a mark beside it, the same in `show` and `undo`."""
    from dataclasses import replace

    from tests.cli.fake_shop import Product

    info = Product.__dss__
    fields = tuple(replace(each, sensitive=True) if each.name == "sku" else each for each in info.fields)
    monkeypatch.setattr(Product, "__dss__", replace(info, fields=fields))
    shop.left(products=[{"sku": sku, "tags": []} for sku in ("A-secret", "B-secret")])
    settings(shop)
    assert 0 == shop.dss("sync", "nightly").exit_code
    shown = shop.dss("show", "1", "--all").stdout
    marks = {line.partition("[")[2][:8] for line in shown.splitlines() if "new_products(sku='***') [" in line}
    assert 2 == len(marks)
    shop.right(products=[])
    undone = shop.dss("undo", "1").stderr
    assert all(f"new_products(sku='***') [{mark}]: the record is gone" in undone for mark in marks)
    assert "secret" not in shown + undone
