"""`dss sync` carries differences out, says what it could not do, and never lies about the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Shop
from tests.cli.test_plan import DIFFERENT

_texts = st.text(st.characters(exclude_categories=["C"]), max_size=3)
_products: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from("ABCDEFGH"),
            "name": _texts,
            "pin": st.none() | _texts,
            "tags": st.lists(st.sampled_from("xyz"), unique=True),
        }
    ),
    unique_by=lambda row: str(row["sku"]),
    max_size=3,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(left=_products, right=_products)
def test_a_sync_converges_and_the_next_one_has_nothing_to_do(
    shop: Shop, left: list[dict[str, object]], right: list[dict[str, object]]
) -> None:
    """Whatever both sides hold, one sync applies every difference and a second finds none."""
    shop.left(products=left)
    shop.right(products=right)
    planned = json.loads(shop.dss("plan", "nightly", "--json").stdout)
    done = shop.dss("sync", "nightly", "--verify")
    again = shop.dss("sync", "nightly")
    assert (0, 0) == (done.exit_code, again.exit_code)
    assert "converged: 0 differences\n" in done.stdout
    assert "nothing to do: 0 differences\n" == again.stdout
    assert planned["exit_code"] == (2 if planned["differences"] else 0)


@pytest.fixture
def different(shop: Shop) -> Shop:
    """A project with a difference of every kind."""
    shop.left(**DIFFERENT["left"])
    shop.right(**DIFFERENT["right"])
    return shop


def test_a_sync_says_what_it_applied(different: Shop) -> None:
    """The summary counts the differences by branch and phase."""
    done = different.dss("sync", "Supplier", "Shop")
    assert 0 == done.exit_code
    assert "Supplier -> Shop: 6 differences, 6 applied\n" in done.stdout
    assert ["products", "1", "3", "1", "0"] in [line.split() for line in done.stdout.splitlines()]


def test_the_json_of_a_sync_has_an_outcome_for_every_action(different: Shop) -> None:
    """Each action carries its one outcome, and the statuses are counted."""
    done = different.dss("sync", "Supplier", "Shop", "--json", "--verify")
    found = json.loads(done.stdout)
    assert (0, "sync", "applied", {"applied": 6}) == (
        done.exit_code,
        found["command"],
        found["state"],
        found["outcomes"],
    )
    assert [{"status": "applied", "reason": "", "attempts": 1}] * 6 == [
        each["outcome"] for each in found["actions"]
    ]
    assert {
        "converged": True, "differences": 0, "remaining": {}, "held_back": 0, "error": None,
        "causes": [],
    } == found["verification"]  # fmt: skip


def test_a_dry_run_is_a_plan(different: Shop) -> None:
    """--dry-run says and exits as the plan does, and writes nothing."""
    before = different.held
    planned, tried = different.dss("plan", "nightly"), different.dss("sync", "nightly", "--dry-run")
    assert (2, planned.stdout, before) == (tried.exit_code, tried.stdout, different.held)


def test_a_failed_action_is_listed_and_the_rest_applied(different: Shop) -> None:
    """One failing handler gives exit code 1, its message and reason; the others are applied."""
    different.settings(shop='fault = "fail new"')
    done = different.dss("sync", "nightly", "--verify")
    assert 1 == done.exit_code
    assert "Supplier -> Shop: 5 differences, 4 applied\n" in done.stdout
    assert "failed: 1\n  new_products(sku='A'): FaultyError: the shop said no\n" in done.stdout
    assert "not converged: 1 difference left\n" in done.stdout
    assert "  products, new: 1, such as new_products(sku='A')\n" in done.stdout
    assert ["products", "1", "3", "1", "1", "0"] in [line.split() for line in done.stdout.splitlines()]


def test_a_missing_handler_is_named(different: Shop) -> None:
    """A template without a method for an action skips it, and the report names the method once."""
    different.settings(shop='fault = "missing old"')
    done = different.dss("sync", "nightly")
    assert 1 == done.exit_code
    assert "not implemented\n  old_products\n" in done.stdout
    found = json.loads(different.dss("sync", "nightly", "--json").stdout)
    assert (["old_products"], "incomplete", {"skipped": 1}) == (
        found["not_implemented"],
        found["state"],
        found["outcomes"],
    )


def test_verifying_finds_what_was_applied_in_name_only(different: Shop) -> None:
    """A handler that says "applied" and writes nothing is found out, field by field."""
    different.settings(shop='fault = "forget"')
    done = different.dss("sync", "nightly", "--verify")
    assert 1 == done.exit_code
    assert "5 differences, 5 applied" in done.stdout
    assert "not converged: 5 differences left\n" in done.stdout
    assert (
        "  products, changed name: 1, such as changed_products_name(sku='B', old='Mug', new='Cup')"
        in done.stdout
    )
    found = json.loads(different.dss("sync", "nightly", "--verify", "--json").stdout)
    assert "not_converged" == found["state"]
    assert {"products": {"new": 1, "changed name": 1, "added tags": 1, "removed tags": 1, "old": 1}} == found[
        "verification"
    ]["remaining"]


def test_a_target_that_cannot_be_read_again_is_an_error_not_a_held_run(shop: Shop) -> None:
    """After writing, a source that has gone no longer means that nothing was written."""
    shop.left(products=[{"sku": "A"}])
    shop.settings(shop='fault = "vanish"')
    done = shop.dss("sync", "nightly", "--verify")
    assert 1 == done.exit_code
    assert "1 difference, 1 applied" in done.stdout
    assert "not verified: Shop could not be read again: " in done.stdout
    assert "held" not in done.stderr


@pytest.mark.parametrize("options", [[], ["--json"], ["--dry-run"]])
def test_a_guard_holds_a_sync_before_anything_is_written(shop: Shop, options: list[str]) -> None:
    """Too many old records exit with 3, say what tripped and leave the right side alone."""
    shop.left(products=[{"sku": "A"}])
    shop.right(products=[{"sku": f"P{number}"} for number in range(4)])
    before = shop.held
    done = shop.dss("sync", "nightly", *options)
    assert (3, before) == (done.exit_code, shop.held)
    assert "old_products(sku='P0')" in done.stdout
    assert "--override old:products --reason" in done.stderr


@pytest.mark.parametrize("options", [[], ["--json"], ["--dry-run"], ["--verify"]])
def test_a_missing_source_holds_a_sync(shop: Shop, options: list[str]) -> None:
    """A source that is not there never empties the target: exit code 3, and the reason."""
    shop.right(products=[{"sku": "A"}])
    (shop.folder / "data" / "supplier.json").unlink()
    before = shop.held
    done = shop.dss("sync", "nightly", *options)
    assert (3, before) == (done.exit_code, shop.held)
    assert "held, nothing was written: " in done.stderr
    if "--json" in options:
        assert "held" == json.loads(done.stdout)["state"]


def test_a_dry_run_cannot_be_verified(shop: Shop) -> None:
    """Contradictory options are wrong usage, whose code is 1 since 2 means differences."""
    done = shop.dss("sync", "nightly", "--dry-run", "--verify")
    assert 1 == done.exit_code
    assert "Usage: dss sync" in done.stderr


@pytest.mark.parametrize(
    ("fault", "truth"),
    [
        ("interrupt read", "interrupted: nothing was written"),
        ("interrupt write", "interrupted: Shop is written in part"),
    ],
)
def test_an_interruption_is_told_as_it_is(shop: Shop, fault: str, truth: str) -> None:
    """Ctrl-C exits with 130, and the last line says whether anything was written."""
    shop.left(products=[{"sku": "A"}])
    shop.settings(shop=f'fault = "{fault}"')
    done = shop.dss("sync", "nightly")
    assert 130 == done.exit_code
    assert done.stderr.strip().startswith(truth)
