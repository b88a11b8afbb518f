"""`dss apply` carries out the plan that was saved: that one, once, and only where it still fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Shop
from tests.cli.test_plan import DIFFERENT


@pytest.fixture
def different(shop: Shop) -> Shop:
    """A project with a difference of every kind."""
    shop.left(**DIFFERENT["left"])
    shop.right(**DIFFERENT["right"])
    return shop


def planned(shop: Shop, *options: str) -> Path:
    """Save a plan, and return its file."""
    path = shop.folder / "plan.jsonl"
    done = shop.dss("plan", "nightly", "-o", str(path), *options)
    assert done.exit_code in (0, 2), done.output
    return path


def test_a_plan_is_applied_as_it_was_shown(different: Shop) -> None:
    """What was planned is applied, and nothing differs afterwards."""
    path = planned(different)
    done = different.dss("apply", str(path))
    assert 0 == done.exit_code
    assert "Supplier -> Shop: 5 differences, 5 applied\n" in done.stdout
    assert "nothing to do: 0 differences\n" == different.dss("plan", "nightly").stdout


def test_what_came_after_the_plan_is_not_applied(different: Shop) -> None:
    """A difference that arose after the plan was saved is left for the next one."""
    path = planned(different)
    different.left(products=[*DIFFERENT["left"]["products"], {"sku": "N", "name": "Newcomer", "tags": []}])
    assert 0 == different.dss("apply", str(path)).exit_code
    assert "new_products(sku='N')" in different.dss("plan", "nightly").stdout


def test_a_plan_is_applied_once(different: Shop) -> None:
    """A second application is refused, and says which run was the first."""
    path = planned(different)
    different.dss("apply", str(path))
    before = different.held
    done = different.dss("apply", str(path))
    assert (1, before) == (done.exit_code, different.held)
    assert "this plan was applied already, by run 1 on " in done.stderr


@pytest.mark.parametrize("runs", [0, 1])
def test_a_plan_is_refused_where_the_journal_is_gone(different: Shop, runs: int) -> None:
    """Without its journal nobody knows whether it was applied already, however many runs there are again."""
    for _ in range(runs):
        different.dss("sync", "nightly")
    different.left(products=[{"sku": "Z", "name": "Later", "tags": []}])
    path = planned(different)
    assert 0 == different.dss("apply", str(path)).exit_code
    for file in (different.folder / ".dss").glob("journal*"):
        file.unlink()
    before = different.held
    for _ in range(2):
        again = different.dss("apply", str(path))
        assert (1, before) == (again.exit_code, different.held)
        assert "the journal that this plan was made with is gone" in again.stderr
        different.dss("sync", "nightly")


def test_an_empty_plan_stays_empty(different: Shop) -> None:
    """A plan without actions does nothing, whatever differs by the time when it is applied."""
    different.dss("sync", "nightly")
    path = planned(different)
    different.left(products=[{"sku": "Z", "name": "Later", "tags": []}])
    before = different.held
    done = different.dss("apply", str(path))
    assert (0, "nothing to do: 0 differences\n", before) == (done.exit_code, done.stdout, different.held)


def test_a_record_that_somebody_has_changed_is_left_alone(different: Shop) -> None:
    """Its action is rejected with the reason; the others are applied."""
    path = planned(different)
    rows: list[dict[str, Any]] = [
        {"sku": "B", "name": "Beaker", "tags": ["blue"]},
        {"sku": "C", "name": "Pot", "tags": []},
    ]
    different.right(products=rows, prices=[])
    done = different.dss("apply", str(path))
    assert 1 == done.exit_code
    assert "changed since planned: the target's record is not as it was\n" in done.stdout
    assert {"name": "Beaker", "sku": "B", "tags": ["blue"]}.items() <= different.held["products"][0].items()
    assert ["B", "A"] == [row["sku"] for row in different.held["products"]]


def test_a_changed_record_can_stop_everything(different: Shop) -> None:
    """With --if-changed stop nothing at all is written, and the run is held."""
    path = planned(different)
    different.right(products=[{"sku": "B", "name": "Beaker"}, {"sku": "C", "name": "Pot"}], prices=[])
    before = different.held
    done = different.dss("apply", str(path), "--if-changed", "stop")
    assert (3, before) == (done.exit_code, different.held)
    assert "actions of the plan no longer fit, such as changed_products_name(sku='B'" in done.stderr


@pytest.mark.parametrize(
    ("shop_now", "reason"),
    [
        ([{"sku": "A", "name": "Here already"}], "changed since planned: the target has such a record now"),
        ([{"sku": "C", "name": "Pot"}], "changed since planned: the target's record is gone"),
        (
            [{"sku": "B", "name": "Mug", "tags": ["blue"]}],
            "changed since planned: the target's record is gone",
        ),
    ],
)
def test_a_record_that_came_or_went_is_reported(
    different: Shop, shop_now: list[dict[str, object]], reason: str
) -> None:
    """A new record that is there already, and a changed or old one that is not, are rejected."""
    path = planned(different)
    different.right(products=shop_now, prices=[])
    assert reason in different.dss("apply", str(path), "--all").stdout


def test_another_target_is_refused(different: Shop) -> None:
    """A plan that was made for another system is not applied."""
    path = planned(different)
    (different.folder / "other").mkdir()
    text = (different.folder / "dss.toml").read_text()
    before, after = text.split("[trees.Shop]")
    different.settings(f"{before}[trees.Shop]{after.replace('data', 'other')}")
    done = different.dss("apply", str(path))
    assert 1 == done.exit_code
    assert "was made for another system than the one that Shop is in the settings" in done.stderr


def test_a_new_password_makes_no_other_target(different: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets take no part in what tells a target from another."""
    monkeypatch.setenv("SHOP_PASSWORD", "one")
    different.settings(shop='password = "${SHOP_PASSWORD}"')
    path = planned(different)
    monkeypatch.setenv("SHOP_PASSWORD", "two")
    assert 0 == different.dss("apply", str(path)).exit_code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_an_edited_plan_is_refused(different: Shop, data: st.DataObject) -> None:
    """Whatever byte of a plan is changed, dropped or added, nothing is written."""
    whole = planned(different).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    how = data.draw(st.sampled_from(["change", "cut", "drop", "add"]))
    edited = {
        "change": whole[:at] + bytes([other]) + whole[at + 1 :],
        "cut": whole[:at],
        "drop": whole[:at] + whole[at + 1 :],
        "add": whole[:at] + bytes([other]) + whole[at:],
    }[how]
    path = different.folder / "edited.jsonl"
    path.write_bytes(edited)
    before = different.held
    done = different.dss("apply", str(path))
    assert (1, before) == (done.exit_code, different.held), done.output


def test_lines_cannot_be_left_out(different: Shop) -> None:
    """A plan without one of its lines is refused, also when it still ends as a plan does."""
    path = planned(different)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:1], *lines[2:]]))
    done = different.dss("apply", str(path))
    assert 1 == done.exit_code
    assert "was edited after it was made, or made by another project: make a new plan" in done.stderr


def test_a_plan_that_a_guard_holds_is_not_applied(shop: Shop) -> None:
    """A plan that was held when it was made stays held."""
    shop.left(products=[{"sku": "A"}])
    shop.right(products=[{"sku": f"P{number}"} for number in range(4)])
    path = shop.folder / "plan.jsonl"
    assert 3 == shop.dss("plan", "nightly", "-o", str(path)).exit_code
    before = shop.held
    done = shop.dss("apply", str(path))
    assert (3, before) == (done.exit_code, shop.held)
    assert "was held when it was made: products: 4 old records of 4, the limit is 3" in done.stderr


@pytest.mark.parametrize("sensitive", ["omit", "seal"])
def test_a_plan_holds_no_sensitive_value(different: Shop, sensitive: str) -> None:
    """The value is neither in the file nor in the journal, and the target has it after all."""
    path = planned(different, "--sensitive", sensitive)
    assert b"1234-secret" not in path.read_bytes()
    done = different.dss("apply", str(path))
    assert 0 == done.exit_code
    assert "1234-secret" in [row["pin"] for row in different.held["products"]]
    state = different.folder / ".dss"
    assert [] == [each.name for each in state.iterdir() if b"1234-secret" in each.read_bytes()]
    assert "1234-secret" not in done.output


def test_a_value_that_was_left_out_must_still_be_the_same(different: Shop) -> None:
    """A sensitive value that is another one by now makes its record's action one that no longer fits."""
    path = planned(different)
    different.left(products=[{**DIFFERENT["left"]["products"][0], "pin": "9876-secret"}])
    done = different.dss("apply", str(path))
    assert "pin is sensitive, was left out of the plan, and is another now\n" in done.stdout
    assert ["B"] == [row["sku"] for row in different.held["products"]]


def test_the_json_of_an_apply_is_that_of_a_sync(different: Shop) -> None:
    """The same object, under the command's own name."""
    found = json.loads(different.dss("apply", str(planned(different)), "--json").stdout)
    assert ("apply", "applied", {"applied": 5}) == (found["command"], found["state"], found["outcomes"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is cut off, or no plan"),
        (b"not json\n", "expected a JSON object on each line"),
        (b'{"end": 1}\n', "is cut off, or no plan"),
    ],
)
def test_a_file_that_is_no_plan_is_told_so(different: Shop, content: bytes | None, message: str) -> None:
    """A missing, empty or other file is an error that says what was expected."""
    path = different.folder / "no.jsonl"
    if content is not None:
        path.write_bytes(content)
    done = different.dss("apply", str(path))
    assert 1 == done.exit_code
    assert message in done.stderr
