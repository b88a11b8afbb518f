"""What has happened around the records of a plan between its making and its application."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shop

A, B = {"sku": "A", "name": "Kettle"}, {"sku": "B", "name": "Cup"}
PRICE = {"product": "A", "currency": "EUR", "amount": "1"}


def planned(shop: Shop) -> str:
    """Save a plan for both branches, and return its file."""
    path = str(shop.folder / "plan.jsonl")
    assert shop.dss("plan", "Supplier", "Shop", "-o", path).exit_code in (0, 2)
    return path


def told(shop: Shop, path: str) -> dict[str, tuple[str, str]]:
    """Apply a plan, and return what became of each action that was not applied."""
    found: dict[str, Any] = json.loads(shop.dss("apply", path, "--json").stdout)
    return {
        each["message"]: (each["outcome"]["status"], each["outcome"]["reason"])
        for each in found["actions"]
        if each["outcome"]["status"] != "applied"
    }


def test_a_record_that_may_be_there_is_not_made_twice(shop: Shop) -> None:
    """A row of the target that cannot be read any more may be the very record that was to be made."""
    shop.left(products=[A])
    path = planned(shop)
    shop.right(products=[], unreadable=[[7, "no name", ["A"]]])
    outcome, reason = told(shop, path)["new_products(sku='A')"]
    assert ("rejected", True) == (outcome, reason.startswith("changed since planned: shop.json:7"))
    assert [] == shop.held["products"]


def test_a_parent_that_was_given_a_child_stays(shop: Shop) -> None:
    """Somebody refers to a record that was to be removed: it is not."""
    shop.right(products=[A])
    path = planned(shop)
    shop.right(products=[A], prices=[PRICE])
    outcome, reason = told(shop, path)["old_products(sku='A')"]
    assert "rejected" == outcome
    assert "changed since planned: prices (product='A', currency='EUR') stays and refers to it" == reason
    assert ["A"] == [each["sku"] for each in shop.held["products"]]


def test_a_child_of_a_parent_that_is_gone_is_not_made(shop: Shop) -> None:
    """A new record that refers to one which somebody has removed is not made."""
    shop.left(products=[A], prices=[PRICE])
    shop.right(products=[A])
    path = planned(shop)
    shop.right(products=[])
    message = "new_prices(product='A', currency='EUR')"
    reason = "changed since planned: the record that product refers to is gone"
    assert {message: ("rejected", reason)} == told(shop, path)


def test_a_child_of_a_parent_that_somebody_else_has_made_is_made(shop: Shop) -> None:
    """A parent that is there already is rejected as such, and can be referred to."""
    shop.left(products=[A], prices=[PRICE])
    path = planned(shop)
    shop.right(products=[A], prices=[])
    reason = "changed since planned: the target has such a record now"
    assert {"new_products(sku='A')": ("rejected", reason)} == told(shop, path)
    assert ["A"] == [each["product"] for each in shop.held["prices"]]


@pytest.mark.parametrize("fault", ["read", "interrupt read"])
def test_a_run_that_tried_nothing_leaves_the_plan(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """A target that could not be read, or a Ctrl-C before the first action, is no application."""
    monkeypatch.setenv("SHOP_PASSWORD", "hush hush")
    shop.left(products=[A])
    shop.settings(shop='identity = "shop"')
    path = planned(shop)
    shop.settings(shop=f'fault = "{fault}"\npassword = "${{SHOP_PASSWORD}}"\nidentity = "shop"')
    assert shop.dss("apply", path).exit_code in (1, 130)
    shop.settings(shop='identity = "shop"')
    done = shop.dss("apply", path)
    assert (0, "") == (done.exit_code, done.stderr)


def test_a_refused_override_leaves_the_plan(shop: Shop) -> None:
    """An override that is no longer good ends the run before it begins, and the plan may still be applied."""
    shop.left(products=[A])
    path = planned(shop)
    options = ("--override", "old:products", "--reason", "looked at", "--until", "2020-01-01")
    assert 1 == shop.dss("apply", path, *options).exit_code
    assert 0 == shop.dss("apply", path).exit_code


def test_a_plan_that_was_interrupted_is_gone_on_with(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done by then is done, and the rest is carried out; after that, the plan was applied."""
    shop.left(products=[A, B], prices=[PRICE])
    path = planned(shop)
    monkeypatch.setenv("SHOP_FAULT", "interrupt after 1")
    assert 130 == shop.dss("apply", path).exit_code
    assert ["A"] == [each["sku"] for each in shop.held["products"]]
    monkeypatch.delenv("SHOP_FAULT")
    done = shop.dss("apply", path)
    assert 0 == done.exit_code
    assert "run 1 began this plan and did not end: 1 of its 3 actions are done\n" in done.stderr
    assert (["A", "B"], 1) == ([each["sku"] for each in shop.held["products"]], len(shop.held["prices"]))
    assert "was applied already, by run 2 on" in shop.dss("apply", path).stderr


def test_a_plan_that_was_begun_stays_so_when_going_on_is_held(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is held in between changes nothing of what is known of the plan."""
    shop.left(products=[A, B])
    path = planned(shop)
    monkeypatch.setenv("SHOP_FAULT", "interrupt after 1")
    assert 130 == shop.dss("apply", path).exit_code
    monkeypatch.delenv("SHOP_FAULT")
    rows = shop.held["products"]
    shop.right(products=[*rows, {**B, "name": "Mug"}], prices=[])
    assert 3 == shop.dss("apply", path, "--if-changed", "stop").exit_code
    shop.right(products=rows, prices=[])
    done = shop.dss("apply", path)
    assert (0, True) == (done.exit_code, "run 1 began this plan and did not end: 1 of its 2" in done.stderr)


def test_a_plan_that_was_begun_is_refused_once_another_run_has_written(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came in between had a newer source: the old plan is not gone on with."""
    shop.left(products=[A, B])
    path = planned(shop)
    monkeypatch.setenv("SHOP_FAULT", "interrupt after 1")
    assert 130 == shop.dss("apply", path).exit_code
    monkeypatch.delenv("SHOP_FAULT")
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert "run 1 began this plan and did not end, and run 2 has written" in shop.dss("apply", path).stderr


def test_a_plan_for_what_there_is_no_more_is_refused(shop: Shop) -> None:
    """A tree or a sync that is gone is told by its name."""
    shop.left(products=[A])
    path = str(shop.folder / "plan.jsonl")
    assert 2 == shop.dss("plan", "nightly", "-o", path).exit_code
    shop.wiring("from tests.cli.fake_shop import TREES\n\nSYNCS: dict[str, object] = {}\n")
    forget(shop)
    assert "there is no sync 'nightly' any more" in shop.dss("apply", path).stderr
    shop.wiring("TREES: dict[str, object] = {}\nSYNCS: dict[str, object] = {}\n")
    shop.settings(f'generated = "{shop.package}"\n')
    forget(shop)
    assert "was made for the tree Supplier, which there is no more" in shop.dss("apply", path).stderr


def forget(shop: Shop) -> None:
    """Forget the generated package, as another process would."""
    for name in [each for each in sys.modules if each.startswith(shop.package)]:
        del sys.modules[name]


def test_a_plan_names_where_it_cannot_be_saved(shop: Shop) -> None:
    """A folder that there is not is an error without a traceback."""
    done = shop.dss("plan", "nightly", "-o", str(Path("missing") / "plan.jsonl"))
    assert 1 == done.exit_code
    assert "the plan cannot be written: No such file or directory" in done.stderr


def test_what_one_persons_secret_is_tells_nothing_of_anothers(shop: Shop) -> None:
    """Equal sensitive values of two records have two marks, in the plan and in the journal."""
    shop.left(products=[{**A, "pin": "same"}, {**B, "pin": "same"}])
    path = planned(shop)
    lines = map(json.loads, Path(path).read_text().splitlines())
    marks = [line["left"]["pin"]["mark"] for line in lines if "left" in line and "phase" in line]
    assert 2 == len(set(marks))
