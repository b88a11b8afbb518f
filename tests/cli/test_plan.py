"""`dss plan` tells what differs, in words and as JSON, and its exit code says so too."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import pytest

from dss_runtime.cli._json import Json, plain
from tests.cli.conftest import Shop

KETTLE = {"sku": "A", "name": "Kettle", "pin": "1234-secret", "tags": ["hot", "new"]}
DIFFERENT: dict[str, dict[str, Any]] = {
    "left": {
        "products": [KETTLE, {"sku": "B", "name": "Cup", "tags": ["small"]}],
        "prices": [{"product": "A", "currency": "EUR", "amount": "12.50"}],
    },
    "right": {
        "products": [{"sku": "B", "name": "Mug", "tags": ["blue"]}, {"sku": "C", "name": "Pot"}],
        "prices": [],
    },
}


@pytest.fixture
def different(shop: Shop) -> Shop:
    """A project with a difference of every kind."""
    shop.left(**DIFFERENT["left"])
    shop.right(**DIFFERENT["right"])
    return shop


def test_equal_sides_leave_nothing_to_do(shop: Shop) -> None:
    """Two equal systems give exit code 0 and a line that says so."""
    done = shop.dss("plan", "Supplier", "Shop")
    assert (0, "nothing to do: 0 differences\n") == (done.exit_code, done.stdout)


def test_a_plan_is_a_summary_with_examples(different: Shop) -> None:
    """Every kind of difference is counted by branch and shown by its message."""
    done = different.dss("plan", "Supplier", "Shop")
    assert 2 == done.exit_code
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["products", "1", "3", "1", "0"] in rows
    assert ["prices", "1", "0", "0", "0"] in rows
    assert ["in", "all", "2", "3", "1", "0"] in rows
    assert "Supplier -> Shop: 6 differences\n" in done.stdout
    assert "products, changed: 1\n  changed_products_name(sku='B', old='Mug', new='Cup')\n" in done.stdout
    assert "added_products_tags(sku='B', item='small')" in done.stdout


def test_a_plan_changes_nothing(different: Shop) -> None:
    """Planning leaves the right system as it was."""
    before = different.held
    different.dss("plan", "Supplier", "Shop")
    assert before == different.held


def test_data_and_messages_go_separate_ways(different: Shop) -> None:
    """What only one side has is a message on standard error, the plan is data on standard output."""
    done = different.dss("plan", "Supplier", "Shop")
    assert "not compared, since only one side has them: notes\n" == done.stderr


def test_the_name_of_a_sync_stands_for_its_trees_and_branches(different: Shop) -> None:
    """A sync of products only plans no prices."""
    found = json.loads(different.dss("plan", "nightly", "--json").stdout)
    assert {"left": "Supplier", "right": "Shop"} == found["trees"]
    assert ["products"] == found["branches"]
    assert {"products"} == {action["branch"] for action in found["actions"]}


def test_long_lists_are_cut_unless_all_is_asked_for(shop: Shop) -> None:
    """Five examples of a kind are shown, with the number of the others; --all shows every one."""
    shop.left(products=[{"sku": f"P{number}"} for number in range(8)])
    short, everything = shop.dss("plan", "nightly"), shop.dss("plan", "nightly", "--all")
    assert (5, 8) == (short.stdout.count("new_products("), everything.stdout.count("new_products("))
    assert "... and 3 more (--all lists them)" in short.stdout
    assert "more" not in everything.stdout


def test_the_json_of_a_plan_is_complete(different: Shop) -> None:
    """One object holds the trees, the counts, and every action with typed values."""
    done = different.dss("plan", "Supplier", "Shop", "--json")
    found = json.loads(done.stdout)
    assert (2, 2, 1) == (done.exit_code, found["exit_code"], found["schema_version"])
    assert ("plan", "differences", 6) == (found["command"], found["state"], found["differences"])
    assert {
        "products": {"new": 1, "changed": 1, "added": 1, "removed": 1, "old": 1},
        "prices": {"new": 1},
    } == found["counts"]
    by_message = {action["message"]: action for action in found["actions"]}
    changed = by_message["changed_products_name(sku='B', old='Mug', new='Cup')"]
    assert {
        "kind": "changed",
        "branch": "products",
        "method": "changed_products_name",
        "message": "changed_products_name(sku='B', old='Mug', new='Cup')",
        "error": None,
        "key": {"sku": "B"},
        "attribute": "name",
        "values": {"new": "Cup", "old": "Mug"},
        "adopts": None,
        "aside_since": None,
        "outcome": None,
    } == changed
    price = by_message["new_prices(product='A', currency='EUR')"]
    assert {"product": "A", "currency": "EUR"} == price["key"]
    assert {"product": "A", "currency": "EUR", "amount": "12.50"} == price["values"]
    assert {"item": "small"} == by_message["added_products_tags(sku='B', item='small')"]["values"]
    assert ["hot", "new"] == by_message["new_products(sku='A')"]["values"]["tags"]
    assert (None, None, None) == (found["held"], found["outcomes"], found["verification"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.inf, "inf"),
        (0.5, 0.5),
        (("b", True, None), ["b", True, None]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({"a": (1,)}, {"a": [1]}),
        (b"\xff", "ff"),
        (date(2026, 11, 1), "2026-11-01"),
    ],
)
def test_every_value_has_a_json_form(value: object, expected: Json) -> None:
    """Numbers that JSON lacks and types of Python's own become text, sets are sorted."""
    assert expected == plain(value)


@pytest.mark.parametrize("options", [[], ["--all"], ["--json"]])
def test_sensitive_values_are_never_shown(shop: Shop, options: list[str]) -> None:
    """New, changed and old values of a sensitive field are masked in every form of a plan."""
    shop.left(products=[KETTLE, {"sku": "B", "pin": "left-secret"}])
    shop.right(products=[{"sku": "B", "pin": "right-secret"}, {"sku": "C", "pin": "old-secret"}])
    done = shop.dss("plan", "nightly", *options)
    assert 2 == done.exit_code
    assert "changed_products_pin(sku='B', old='***', new='***')" in done.output
    assert "secret" not in done.output


def test_unreadable_rows_are_listed_and_hold_back_what_they_leave_in_doubt(shop: Shop) -> None:
    """A row is named by file, line and reason, and the record that it might be is no difference."""
    shop.left(products=[], unreadable=[[7, "is no text", ["C"]]])
    shop.right(products=[{"sku": "C"}])
    done = shop.dss("plan", "nightly")
    assert 0 == done.exit_code
    assert "nothing to do: 0 differences" in done.stdout
    assert "unreadable rows of Supplier.products: 1\n  supplier.json:7: name: is no text\n" in done.stdout
    assert "held back, because a row could not be read: 1\n  old_products(sku='C'): " in done.stdout
    found = json.loads(shop.dss("plan", "nightly", "--json").stdout)
    assert [
        {
            "tree": "Supplier",
            "branch": "products",
            "file": "supplier.json",
            "line": 7,
            "column": "name",
            "reason": "is no text",
        }
    ] == found["unreadable"]
    assert ["old_products(sku='C')"] == [held["message"] for held in found["held_back"]]


def test_held_back_differences_are_counted_in_the_summary(shop: Shop) -> None:
    """Where something else differs, the table says how many differences are held back."""
    shop.left(products=[{"sku": "A"}], unreadable=[[7, "is no text", ["C"]]])
    shop.right(products=[{"sku": "C"}])
    rows = [line.split() for line in shop.dss("plan", "nightly").stdout.splitlines()]
    assert ["products", "1", "0", "0", "1"] in rows


def test_a_guard_that_would_hold_the_run_is_told_by_the_plan(shop: Shop) -> None:
    """More old records than allowed give exit code 3, the limit and examples."""
    shop.right(products=[{"sku": f"P{number}"} for number in range(4)])
    done = shop.dss("plan", "nightly")
    assert 3 == done.exit_code
    assert (
        "held: products: 4 old records of 4, the limit is 3 (old:products)\n  old_products(sku='P0')"
        in done.stdout
    )
    assert "a guard would hold this run: nothing would be written" in done.stderr
    found = json.loads(shop.dss("plan", "nightly", "--json").stdout)
    assert ("held", 3) == (found["state"], found["exit_code"])
    (trip,) = found["guard"]
    assert ("products", "old", 4, 4, "3") == tuple(
        trip[name] for name in ("branch", "kind", "count", "total", "limit")
    )


def test_a_missing_source_holds_the_run(shop: Shop) -> None:
    """A source that is not there is no empty one: exit code 3, and nothing on standard output."""
    (shop.folder / "data" / "supplier.json").unlink()
    done = shop.dss("plan", "nightly")
    assert (3, "") == (done.exit_code, done.stdout)
    assert "held, nothing was written: " in done.stderr
    assert "supplier.json: there is no such file" in done.stderr
    found = json.loads(shop.dss("plan", "nightly", "--json").stdout)
    assert ("held", 3) == (found["state"], found["exit_code"])
    assert found["held"].endswith("supplier.json: there is no such file")


def test_a_source_that_fails_is_named(shop: Shop) -> None:
    """Which system could not be read, where in the project's code, and why, is one line."""
    shop.settings(shop='fault = "read"\npassword = "x"')
    done = shop.dss("plan", "nightly")
    assert (1, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("error: Shop could not be read: ")
    assert done.stderr.endswith(": FaultyError: cannot log in with x\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nightli"], "there is no sync 'nightli'; did you mean 'nightly'? (name a sync, or two trees)"),
        (["xyz"], "there is no sync 'xyz'; the schema has nightly (name a sync, or two trees)"),
        (["Shop"], "Shop is a tree: name the one to compare it with as well"),
        (["Supplier", "shopp"], "there is no tree 'shopp'; did you mean 'Shop'?"),
        (["Supplier", "Moodle"], "there is no tree 'Moodle'; the schema has Supplier, Shop, Notes"),
        (["Supplier", "Notes"], "Supplier and Notes have no branch in common"),
    ],
)
def test_wrong_names_are_errors_with_a_hint(shop: Shop, arguments: list[str], message: str) -> None:
    """A name that the schema does not have is told in one line, with the nearest one or all."""
    done = shop.dss("plan", *arguments)
    assert (1, "", f"error: {message}\n") == (done.exit_code, done.stdout, done.stderr)


def test_former_names_are_told_to_programs(different: Shop) -> None:
    """What the schema renamed is in the report, by today's names, so that an older plan can be followed."""
    names = {"models": {"Product": "Article"}, "branches": {}, "attributes": {"products.name": "title"}}
    different.wiring(
        "from tests.cli.fake_shop import SYNCS, TREES\n\n"
        f"RENAMES = {names!r}\n__all__ = ['RENAMES', 'SYNCS', 'TREES']\n"
    )
    assert names == json.loads(different.dss("plan", "Supplier", "Shop", "--json").stdout)["renames"]
    assert names == json.loads(different.dss("sync", "Supplier", "Shop", "--json").stdout)["renames"]
