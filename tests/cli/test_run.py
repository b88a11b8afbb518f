"""`dss run` carries out several syncs, and what keeps one from its work keeps no other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dss_runtime import HeldError
from dss_runtime.cli._account import Account
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._series import WORST_FIRST, Series
from tests.cli.conftest import Shop
from tests.cli.run_shops import SHOPS, held, reads, several

A, B, C = ({"sku": sku, "name": sku.lower()} for sku in "ABC")
MANY = [{"sku": f"S{number}"} for number in range(80)]

FAULTS: dict[str, tuple[str, int, str]] = {
    "unreachable": ('fault = "read"\npassword = "${MARKET_PASSWORD}"', 1, "failed"),
    "lost file": ('fault = "lost"', 3, "held"),
    "rejected": ('fault = "fail new"', 1, "incomplete"),
    "not implemented": ('fault = "missing new"', 1, "incomplete"),
    "missing extra": ('fault = "no extra"', 1, "failed"),
    "missing secret": ('password = "${NO_SUCH_SECRET}"', 1, "failed"),
    "exits": ('fault = "exit"', 1, "failed"),
    "interrupted": ('fault = "interrupt write"', 130, "interrupted"),
}
"""What may go wrong with one target: its settings, the exit code, and the state of its sync."""

_ISOLATED = [name for name in FAULTS if name != "interrupted"]


@pytest.fixture
def shops(shop: Shop) -> Shop:
    """A project with a supplier of two products, and three shops that have none."""
    several(shop)
    shop.left(products=[A, B])
    return shop


def report(shop: Shop, *arguments: str) -> Any:
    """Return what `dss run nightly --json` prints."""
    return json.loads(shop.dss("run", "nightly", "--json", *arguments).stdout)


def states(found: Any) -> dict[str, str]:
    """Return how each sync has ended."""
    return {each["sync"]: each["state"] for each in found["syncs"]}


def test_every_sync_of_the_run_is_carried_out_and_told_in_a_table(shops: Shop) -> None:
    """All targets follow the source; the last lines say of each how it went."""
    done = shops.dss("run", "nightly", "--verify")
    assert 0 == done.exit_code, done.output
    assert [["A", "B"]] * 3 == [held(shops, name) for name in SHOPS]
    end = done.stdout.rpartition("sync ")[2].splitlines()
    assert [[name.lower(), "->", name, "2", "0", "0", "0", "0"] for name in SHOPS] == [
        line.split()[:-1] for line in end[1:4]
    ]
    assert ["shop: applied", "market: applied", "kiosk: applied"] == end[4:]
    assert 3 == done.stdout.count("converged: 0 differences")
    assert "" == done.stderr


def test_a_second_run_has_nothing_to_do(shops: Shop) -> None:
    """It says so of every sync."""
    assert 0 == shops.dss("run", "nightly").exit_code
    again = shops.dss("run", "nightly")
    assert (0, 3, "") == (again.exit_code, again.stdout.count("nothing to do: 0 differences"), again.stderr)
    assert {"shop": "in_step", "market": "in_step", "kiosk": "in_step"} == states(report(shops))


def test_a_source_is_read_once(shops: Shop) -> None:
    """All syncs follow what was read then; each target is read by itself."""
    assert 0 == shops.dss("run", "nightly").exit_code
    assert [1, 1, 1, 1] == [reads(shops, name) for name in ("Supplier", *SHOPS)]


def test_what_was_written_is_read_again_where_it_is_a_source(shop: Shop) -> None:
    """A sync that follows the target of an earlier one follows what that has written."""
    several(shop, runs='[runs.nightly]\nsyncs = ["stall", "kiosk", "market"]\n')
    shop.left(products=[A])
    assert 0 == shop.dss("run", "nightly").exit_code
    assert ([], ["A"]) == (held(shop, "Stall"), held(shop, "Kiosk"))
    several(shop, runs='[runs.nightly]\nsyncs = ["kiosk", "stall"]\n')
    shop.left(products=[A, B])
    assert 0 == shop.dss("run", "nightly").exit_code
    assert (["A", "B"], ["A", "B"]) == (held(shop, "Stall"), held(shop, "Kiosk"))


@pytest.mark.parametrize("fault", _ISOLATED)
def test_what_is_wrong_with_one_target_does_not_stop_the_others(
    shop: Shop, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are brought in step, and the exit code and the report tell of the one that was not."""
    monkeypatch.setenv("MARKET_PASSWORD", "geheim")
    settings, code, state = FAULTS[fault]
    several(shop, Market=settings)
    shop.left(products=[A, B])
    done = shop.dss("run", "nightly", "--json")
    found = json.loads(done.stdout)
    assert (code, code, state) == (done.exit_code, found["exit_code"], found["state"])
    assert {"shop": "applied", "market": state, "kiosk": "applied"} == states(found)
    assert [["A", "B"], ["A", "B"]] == [held(shop, name) for name in ("Shop", "Kiosk")]
    assert [] == held(shop, "Market")
    assert f"market: {state}" in done.stderr
    assert "geheim" not in done.output


def test_a_guard_holds_its_own_target_alone(shops: Shop) -> None:
    """Too many that would be removed from one target are no reason to leave the others as they are."""
    (shops.folder / "data" / "market.json").write_text(json.dumps({"products": MANY}))
    found = report(shops)
    assert (3, "held") == (found["exit_code"], found["state"])
    assert {"shop": "applied", "market": "held", "kiosk": "applied"} == states(found)
    assert ["old:products"] == [trip["name"] for trip in found["syncs"][1]["guard"]]
    assert 80 == len(held(shops, "Market"))


def test_an_override_lets_one_sync_pass(shops: Shop) -> None:
    """It needs the name of the sync that it is for, since the others may have another reason to be held."""
    (shops.folder / "data" / "market.json").write_text(json.dumps({"products": MANY}))
    override = ("--override", "old:products", "--reason", "a new market")
    refused = shops.dss("run", "nightly", *override)
    assert (1, True) == (refused.exit_code, "name it with --only SYNC" in refused.stderr)
    done = shops.dss("run", "nightly", "--only", "market", *override)
    assert 0 == done.exit_code, done.output
    assert [[], ["A", "B"], []] == [held(shops, name) for name in SHOPS]


def test_a_source_that_cannot_be_read_holds_all_that_follow_it(shops: Shop) -> None:
    """It is not tried again for each of them; a sync of another source is carried out."""
    several(shops, runs='[runs.nightly]\nsyncs = ["shop", "stall", "market"]\n')
    (shops.folder / "data" / "kiosk.json").write_text(json.dumps({"products": [C]}))
    (shops.folder / "data" / "supplier.json").unlink()
    found = report(shops)
    assert {"shop": "held", "stall": "applied", "market": "held"} == states(found)
    assert (3, 1, ["C"]) == (found["exit_code"], reads(shops, "Supplier"), held(shops, "Stall"))
    assert [True, True] == ["there is no such file" in found["syncs"][at]["held"] for at in (0, 2)]


def test_an_interruption_leaves_the_rest_not_begun(shop: Shop) -> None:
    """What was carried out before stays, and the report names those whose turn has not come."""
    several(shop, Market=FAULTS["interrupted"][0])
    shop.left(products=[A])
    done = shop.dss("run", "nightly", "--json")
    found = json.loads(done.stdout)
    assert (130, "interrupted", ["kiosk"]) == (done.exit_code, found["state"], found["not_begun"])
    assert {"shop": "applied", "market": "interrupted"} == states(found)
    assert "interrupted: Market is written in part" in done.stderr
    assert (["A"], []) == (held(shop, "Shop"), held(shop, "Kiosk"))
    assert 0 == reads(shop, "Kiosk")


def test_what_is_not_begun_is_told_last(shop: Shop) -> None:
    """A person sees at once what has to be run yet."""
    several(shop, Shop=FAULTS["interrupted"][0])
    shop.left(products=[A])
    done = shop.dss("run", "nightly")
    assert 130 == done.exit_code
    assert ["market: not begun", "kiosk: not begun"] == done.stdout.splitlines()[-2:]


def test_a_dry_run_writes_nothing_and_tells_of_each(shops: Shop) -> None:
    """It is a plan of each sync; what one cannot tell does not keep the others from being looked at."""
    assert 0 == shops.dss("sync", "shop").exit_code
    found = report(shops, "--dry-run")
    assert (2, "differences") == (found["exit_code"], found["state"])
    assert {"shop": "in_step", "market": "differences", "kiosk": "differences"} == states(found)
    assert [[], []] == [held(shops, name) for name in ("Market", "Kiosk")]
    assert {"plan"} == {each["command"] for each in found["syncs"]}
    assert 1 == len(json.loads(shops.dss("history", "--json").stdout)["runs"])


def test_only_some_of_the_syncs_may_be_run(shops: Shop) -> None:
    """They run in the order of the run, whatever the order in which they are named."""
    found = report(shops, "--only", "kiosk", "--only", "shop")
    assert ["shop", "kiosk"] == [each["sync"] for each in found["syncs"]]
    wrong = shops.dss("run", "nightly", "--only", "kisok")
    assert 1 == wrong.exit_code
    assert "the run nightly has no sync 'kisok'; did you mean 'kiosk'?" in wrong.stderr


def test_a_sync_is_a_run_of_its_own(shops: Shop) -> None:
    """The name of a sync runs that one; what is neither run nor sync is an error that names both."""
    assert 0 == shops.dss("run", "market").exit_code
    assert [[], ["A", "B"], []] == [held(shops, name) for name in SHOPS]
    assert "there is no run 'nihgtly'; did you mean 'nightly'?" in shops.dss("run", "nihgtly").stderr
    assert "the settings have nightly, and the schema has the syncs shop, market" in (
        shops.dss("run", "xyz").stderr
    )


def test_settings_may_ask_for_verification(shop: Shop) -> None:
    """Then each target is read again without --verify, but not by a run that only looks."""
    several(shop, runs='[runs.nightly]\nsyncs = ["shop", "market"]\nverify = true\n', Shop='fault = "forget"')
    shop.left(products=[A])
    assert {"shop": "differences", "market": "differences"} == states(report(shop, "--dry-run"))
    found = report(shop)
    assert {"shop": "not_converged", "market": "applied"} == states(found)
    assert (1, "not_converged") == (found["exit_code"], found["state"])


def test_the_json_has_the_report_of_each_sync(shops: Shop) -> None:
    """Each is the object that `dss sync` prints; around them is what is true of the whole run."""
    found = report(shops)
    assert [
        "schema_version", "command", "asked", "host", "started", "ended", "seconds", "state", "exit_code",
        "error", "syncs", "not_begun",
    ] == list(found)  # fmt: skip
    assert (1, "run", "nightly", None, []) == tuple(
        found[name] for name in ("schema_version", "command", "asked", "error", "not_begun")
    )
    alone = json.loads(shops.dss("sync", "shop", "--json").stdout)
    assert [list(alone)] * 3 == [list(each) for each in found["syncs"]]
    assert [1, 2, 3] == [each["run"] for each in found["syncs"]]
    assert ["shop", "market", "kiosk"] == [each["asked"] for each in found["syncs"]]


def test_code_that_cannot_be_imported_fails_the_whole_run(shops: Shop) -> None:
    """Then there is no sync that could begin, which the JSON says too."""
    shops.wiring("import no_such_module\n")
    done = shops.dss("run", "nightly", "--json")
    found = json.loads(done.stdout)
    assert (1, "failed", []) == (done.exit_code, found["state"], found["syncs"])
    assert "no_such_module" in found["error"]
    assert ["shop", "market", "kiosk"] == found["not_begun"]


@hypothesis_settings(max_examples=50)
@given(ends=st.lists(st.sampled_from(["read", "held", "fail", "interrupt"]), min_size=1, max_size=4))
def test_the_worst_end_decides(ends: list[str]) -> None:
    """The exit code is that of the sync that ended worst: 130 before 1 before 3 before 0, in any order."""
    codes = {"read": Exit.OK, "held": Exit.HELD, "fail": Exit.ERROR, "interrupt": Exit.INTERRUPTED}
    now = datetime(2026, 11, 26, tzinfo=UTC)
    series = Series(Account("run", "nightly", now), tuple(ends))
    for each in ends:
        error = HeldError("x") if each == "held" else RuntimeError("x") if each == "fail" else None
        series.ended.append(Account("sync", each, now).end(now, codes[each], error))
    order = [Exit.INTERRUPTED, Exit.ERROR, Exit.HELD, Exit.OK]
    assert min((codes[each] for each in ends), key=order.index) is series.exit
    assert series.state in WORST_FIRST


@hypothesis_settings(max_examples=12, deadline=None)
@given(
    left=st.lists(st.sampled_from("ABCDE"), unique=True),
    faults=st.lists(st.sampled_from(["", 'fault = "read"', 'fault = "fail new"']), min_size=3, max_size=3),
)
def test_every_target_without_a_fault_follows(
    tmp_path_factory: pytest.TempPathFactory, left: list[str], faults: list[str]
) -> None:
    """Whatever is wrong with which of the others, and a later run makes up for it."""
    shop = Shop(tmp_path_factory.mktemp("run") / "shop")
    several(shop, **dict(zip(SHOPS, faults, strict=True)))
    shop.left(products=[{"sku": sku} for sku in left])
    shop.dss("run", "nightly")
    for name, fault in zip(SHOPS, faults, strict=True):
        assert (sorted(left) if not fault else []) == held(shop, name)
    several(shop)
    assert 0 == shop.dss("run", "nightly").exit_code
    assert [sorted(left)] * 3 == [held(shop, name) for name in SHOPS]
