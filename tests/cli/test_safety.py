"""What holds a run of the command line, what lets it pass, and what is left of it in the journal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dss_runtime.cli import _clock
from tests.cli.conftest import Shop

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)

Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock; it stands at noon of 2026-11-25."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr(_clock, "utc_now", lambda: moment)

    at(NOW)
    return at


def rows(*numbers: int) -> list[dict[str, Any]]:
    """Return products."""
    return [{"sku": f"P{number}", "name": "n"} for number in numbers]


def rules(shop: Shop, text: str = "", supplier: str = "") -> None:
    """Write settings with rules for the nightly sync, and more for the supplier."""
    tables = f'[trees.Supplier]\nfolder = "data"\n{supplier}\n[trees.Shop]\nfolder = "data"\n'
    shop.settings(f'generated = "{shop.package}"\n{tables}\n{text}')


def written(shop: Shop, days: float = 0) -> None:
    """Date the supplier's file so many days before now."""
    moment = NOW.timestamp() - days * 86400
    os.utime(shop.folder / "data" / "supplier.json", (moment, moment))


def latest(shop: Shop) -> Any:
    """Return what the journal tells of the last run."""
    (run,) = json.loads(shop.dss("history", "-n", "1", "--json").stdout)["runs"]
    return run


def held_by(shop: Shop, *arguments: str) -> list[str]:
    """Run a command that must be held; return by what, after looking at everything that a held run leaves."""
    before = shop.held
    done = shop.dss(*arguments, "--json")
    assert (3, before) == (done.exit_code, shop.held), done.output
    found = json.loads(done.stdout)
    names = [trip["name"] for trip in found["guard"]]
    run = latest(shop)
    assert ("held", 3, "held", names) == (
        found["state"],
        found["exit_code"],
        run["state"],
        [trip["name"] for trip in run["summary"]["trips"]],
    )
    assert found["guard"] == run["summary"]["trips"]
    shown = json.loads(shop.dss("show", str(run["run"]), "--json").stdout)
    assert [] == shown["works"]
    for name in names:
        assert f"--override {name}" in done.stderr
    return names


OLD = ("--override", "old:products", "--reason", "end of term, ticket 4711")


@pytest.fixture
def leaving(shop: Shop) -> Shop:
    """A project in which four products are old, and three may be."""
    shop.left(products=rows(9))
    shop.right(products=rows(1, 2, 3, 4, 9))
    return shop


def test_a_held_run_shows_what_tripped_with_examples(leaving: Shop) -> None:
    """On the screen: the limit, the name for an override, and some of the records."""
    done = leaving.dss("sync", "nightly")
    assert 3 == done.exit_code
    assert (
        "held: products: 4 old records of 5, the limit is 3 (old:products)\n"
        "  old_products(sku='P1')\n  old_products(sku='P2')\n  old_products(sku='P3')\n"
    ) in done.stdout
    assert "if that is right, let one run do it: --override old:products --reason" in done.stderr
    assert ["old:products"] == held_by(leaving, "sync", "nightly")
    shown = leaving.dss("show", str(latest(leaving)["run"])).stdout
    assert "held: products: 4 old records of 5, the limit is 3 (old:products)\n  old_products" in shown


def test_an_override_lets_one_run_pass_and_is_recorded(leaving: Shop) -> None:
    """What it names is carried out; its reason is in the report, the history and the run."""
    done = leaving.dss("sync", "nightly", *OLD)
    assert (0, ["P9"]) == (done.exit_code, [each["sku"] for each in leaving.held["products"]])
    told = "products: 4 old records of 5, the limit is 3 (old:products): override: end of term, ticket 4711"
    assert f"not held: {told}" in done.stdout
    assert f"not held: {told}" in leaving.dss("show", "1").stdout
    assert "override of old:products: end of term, ticket 4711" in leaving.dss("history").stdout
    summary = latest(leaving)["summary"]
    assert {
        "names": ["old:products"], "reason": "end of term, ticket 4711", "until": None,
    } == summary["override"]  # fmt: skip
    assert [
        {
            "name": "old:products",
            "message": "products: 4 old records of 5, the limit is 3",
            "why": "override: end of term, ticket 4711",
        }
    ] == summary["passed"]


def test_an_override_is_for_one_run(leaving: Shop) -> None:
    """The same override a second time is refused before anything is read, whether it was needed or not."""
    assert 0 == leaving.dss("sync", "nightly", *OLD).exit_code
    again = leaving.dss("sync", "nightly", *OLD)
    assert 1 == again.exit_code
    assert "this override was for one run, and run 1 had it" in again.stderr
    other = (*OLD[:3], "another reason")
    assert 0 == leaving.dss("sync", "nightly", *other).exit_code


def test_an_override_of_a_run_that_was_held_all_the_same_may_be_used_yet(leaving: Shop) -> None:
    """What has let nothing pass was not used."""
    rules(leaving, "[syncs.nightly.guard.products]\nmin_rows = 5")
    assert ["rows:Supplier.products"] == held_by(leaving, "sync", "nightly", *OLD)
    rules(leaving)
    assert 0 == leaving.dss("sync", "nightly", *OLD).exit_code


def test_an_override_is_refused_after_its_day(leaving: Shop, clock: Clock) -> None:
    """Up to the day, in the zone of the sync, it is good."""
    rules(leaving, '[syncs.nightly]\nzone = "Pacific/Kiritimati"')  # 14 hours ahead
    before = leaving.held
    done = leaving.dss("sync", "nightly", *OLD, "--until", "2026-11-25")
    assert (1, before) == (done.exit_code, leaving.held)
    assert "the override was good until 2026-11-25, and today is 2026-11-26" in done.stderr
    clock(NOW.replace(hour=9))
    assert 0 == leaving.dss("sync", "nightly", *OLD, "--until", "2026-11-25").exit_code


WRONG_OVERRIDES: tuple[tuple[tuple[str, ...], str], ...] = (
    (OLD[:2], "--override needs --reason"),
    ((*OLD[:3], "  "), "--override needs --reason"),
    (OLD[2:], "--reason and --until belong to --override"),
    (("--until", "2026-11-30"), "--reason and --until belong to --override"),
    ((*OLD, "--until", "30.11."), "expected a day, as 2026-12-24, found '30.11.'"),
    ((*OLD, "--until", "2026-11-31"), "there is no day 2026-11-31"),
    (
        ("--override", "old:prodcts", *OLD[2:]),
        "--override old:prodcts: there is nothing of that name; did you",
    ),
    (("--override", "old:prices", *OLD[2:]), "there is nothing of that name"),
    (("--override", "odl:products", *OLD[2:]), "nothing of that kind holds a run; did you mean 'old'?"),
    (("--override", "all", *OLD[2:]), "nothing of that kind holds a run"),
    (("--override", "missing:products", *OLD[2:]), "cannot be overridden: there is nothing to go by"),
)


@pytest.mark.parametrize(("options", "message"), WRONG_OVERRIDES)
def test_a_wrong_override_is_refused(leaving: Shop, options: tuple[str, ...], message: str) -> None:
    """Without a reason, of nothing, or of what cannot be: exit code 1, and nothing is written."""
    before = leaving.held
    done = leaving.dss("sync", "nightly", *options)
    assert (1, before) == (done.exit_code, leaving.held)
    assert message in done.stderr


def test_a_dry_run_takes_no_override(leaving: Shop) -> None:
    """There is nothing that it could let pass."""
    assert 1 == leaving.dss("sync", "nightly", "--dry-run", *OLD).exit_code
    assert 1 == leaving.dss("undo", "1", "--dry-run", *OLD).exit_code


def test_a_reason_keeps_no_secret(leaving: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came from the environment is masked before it is recorded."""
    monkeypatch.setenv("SHOP_PASSWORD", "canary-4711")
    rules(leaving, supplier='password = "${SHOP_PASSWORD}"')
    done = leaving.dss("sync", "nightly", *OLD[:3], "the password is canary-4711")
    assert 0 == done.exit_code
    assert "canary" not in done.output + json.dumps(latest(leaving))
    assert "the password is ***" == latest(leaving)["summary"]["override"]["reason"]


def test_a_missing_source_is_held_whatever_is_overridden(leaving: Shop) -> None:
    """Nothing is no data: no override makes it some."""
    (leaving.folder / "data" / "supplier.json").unlink()
    before = leaving.held
    done = leaving.dss("sync", "nightly", *OLD, "--override", "empty:products")
    assert (3, before, "held") == (done.exit_code, leaving.held, latest(leaving)["state"])
    assert "there is no such file" in latest(leaving)["summary"]["held"]


def test_an_empty_source_is_overridden_by_its_own_name_only(shop: Shop) -> None:
    """An override of old records does not stand for one of a source without a row."""
    rules(shop, '[syncs.nightly.guard.products]\nold = "50%"', supplier="dated = true")
    shop.right(products=rows(1, 2))
    assert ["empty:products"] == held_by(shop, "sync", "nightly", *OLD)
    done = shop.dss("sync", "nightly", "--override", "empty:products", *OLD[2:])
    assert (0, []) == (done.exit_code, shop.held["products"])


# -- sources ------------------------------------------------------------------------------------------


def test_a_stale_source_holds(shop: Shop) -> None:
    """Older than max_age is no data; the plan says so as well."""
    rules(shop, '[syncs.nightly]\nmax_age = "26 hours"', supplier="dated = true")
    shop.left(products=rows(1))
    written(shop, days=1)
    assert 0 == shop.dss("sync", "nightly").exit_code
    written(shop, days=1.25)
    assert ["stale:Supplier.products"] == held_by(shop, "sync", "nightly")
    planned = shop.dss("plan", "nightly")
    assert 3 == planned.exit_code
    assert "its source was last written 30 hours ago, the limit is 26 hours" in planned.stdout
    named = ("--override", "stale:Supplier.products", *OLD[2:])
    assert 0 == shop.dss("sync", "nightly", *named).exit_code


def test_a_limit_of_age_that_nothing_can_tell_holds(shop: Shop) -> None:
    """A setting that cannot work is no silent one."""
    rules(shop, '[syncs.nightly]\nmax_age = "26 hours"')
    assert ["undated:Supplier"] == held_by(shop, "sync", "nightly")


def test_a_half_written_source_holds(shop: Shop) -> None:
    """Far less than the last good run has read is no data; a run that was let pass is the new measure."""
    rules(shop, '[syncs.nightly.guard.products]\nold = "100%"\nnew = "100%"', supplier="dated = true")
    shop.left(products=rows(*range(60)))
    assert 0 == shop.dss("sync", "nightly").exit_code
    shop.left(products=rows(*range(29)))
    assert ["rows:Supplier.products", "size:Supplier.products"] == held_by(shop, "sync", "nightly")
    assert ["rows:Supplier.products", "size:Supplier.products"] == held_by(shop, "sync", "nightly")
    names = ("--override", "rows:Supplier.products", "--override", "size:Supplier.products", *OLD[2:])
    assert 0 == shop.dss("sync", "nightly", *names).exit_code
    assert 0 == shop.dss("sync", "nightly").exit_code


def test_a_plan_that_is_applied_is_a_good_run_too(shop: Shop) -> None:
    """What its source was like is in the plan, and the next run is compared with that."""
    rules(shop, supplier="dated = true")
    shop.left(products=rows(*range(60)))
    path = str(shop.folder / "plan.jsonl")
    assert 2 == shop.dss("plan", "nightly", "-o", path).exit_code
    assert 0 == shop.dss("apply", path).exit_code
    size = (shop.folder / "data" / "supplier.json").stat().st_size
    assert {"products": {"rows": 60, "bytes": size}} == latest(shop)["summary"]["sources"]
    shop.left(products=rows(*range(29)))
    assert "rows:Supplier.products" in held_by(shop, "sync", "nightly")


def test_a_source_that_nobody_has_judged_is_nothing_to_go_by(shop: Shop) -> None:
    """A branch that a run did not compare is not what later runs compare that branch's source with."""
    rules(shop, supplier="dated = true")
    shop.left(products=rows(*range(60)))
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert {"products"} == latest(shop)["summary"]["sources"].keys()


def test_a_target_that_has_lost_most_of_its_records_holds(shop: Shop) -> None:
    """It was read in part, or somebody has emptied it: nobody is created a second time without a look."""
    shop.left(products=rows(*range(60)))
    assert 0 == shop.dss("sync", "nightly").exit_code
    shop.right(products=[])
    assert ["target:products"] == held_by(shop, "sync", "nightly")


# -- the first load -----------------------------------------------------------------------------------


def test_a_first_load_needs_no_override_and_is_seen(shop: Shop) -> None:
    """Everything is created in an empty target; the report and the journal say that a limit was passed."""
    rules(shop, '[syncs.nightly.guard.products]\nnew = "50%"')
    shop.left(products=rows(*range(60)))
    planned, done = shop.dss("plan", "nightly"), shop.dss("sync", "nightly")
    assert (2, 0) == (planned.exit_code, done.exit_code)
    told = "not held: products: 60 new records of 0, the limit is 50 % (new:products): a first load"
    for text in (planned.stdout, done.stdout, shop.dss("show", "1").stdout):
        assert told in text
    assert ["new:products"] == [each["name"] for each in latest(shop)["summary"]["passed"]]


def test_a_first_load_that_was_killed_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an unfinished first load has created does not make its rest too much."""
    shop.left(products=rows(*range(60)))
    rules(shop, '[syncs.nightly.guard.products]\nnew = "50%"')
    monkeypatch.setenv("SHOP_FAULT", "interrupt after 55")
    assert 130 == shop.dss("sync", "nightly").exit_code
    assert 55 == len(shop.held["products"])
    monkeypatch.delenv("SHOP_FAULT")
    shop.left(products=rows(*range(200)))
    done = shop.dss("sync", "nightly")
    assert (0, 200) == (done.exit_code, len(shop.held["products"])), done.output
    assert "the target held 0 before it" in done.stdout
    shop.left(products=rows(*range(500)))
    assert ["new:products"] == held_by(shop, "sync", "nightly")


def test_what_interrupted_runs_have_not_left_is_no_first_load(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs that were ended at once, and rolled back, do not open the limit of new records."""
    rules(shop, '[syncs.nightly.guard.products]\nnew = "50%"')
    shop.left(products=rows(*range(100)))
    assert 0 == shop.dss("sync", "nightly").exit_code
    good = shop.held
    shop.left(products=rows(*range(149)))
    monkeypatch.setenv("SHOP_FAULT", "interrupt after 148")
    for _ in range(2):
        assert 130 == shop.dss("sync", "nightly").exit_code
        shop.right(**good)
    monkeypatch.delenv("SHOP_FAULT")
    shop.left(products=rows(*range(400)))
    assert ["new:products"] == held_by(shop, "sync", "nightly")


def test_an_override_is_for_one_run_however_long_ago_that_was(leaving: Shop) -> None:
    """The journal has forgotten the run, not that it had the override."""
    rules(leaving, "[journal]\nkeep_runs = 1")
    assert 0 == leaving.dss("sync", "nightly", *OLD).exit_code
    leaving.dss("sync", "nightly")
    assert 1 == leaving.dss("show", "1").exit_code
    tried = leaving.dss("sync", "nightly", *OLD)
    assert 1 == tried.exit_code
    assert "this override was for one run, and run 1 had it" in tried.stderr


# -- the calendar -------------------------------------------------------------------------------------

DARK = '[syncs.nightly]\nzone = "Europe/Vienna"\nblackout = ["2026-11-25..2026-11-26"]'
NARROW = '[syncs.nightly]\nzone = "Europe/Vienna"\nadditions_only = ["2026-11-25"]'


def test_nothing_runs_in_a_blackout(leaving: Shop, clock: Clock) -> None:
    """Nothing is even read; an override of its own lets one run pass, and the day after all is as before."""
    rules(leaving, DARK)
    leaving.left(products=rows(4, 9))
    file = leaving.folder / "data" / "supplier.json"
    file.rename(file.with_suffix(".gone"))
    assert ["blackout"] == held_by(leaving, "sync", "nightly")
    assert ["blackout"] == held_by(leaving, "sync", "Supplier", "Shop")
    file.with_suffix(".gone").rename(file)
    text = leaving.dss("sync", "nightly")
    assert "held: nothing runs from 2026-11-25 to 2026-11-26 (Europe/Vienna) (blackout)\n" == text.stdout
    planned = leaving.dss("plan", "nightly")
    assert 2 == planned.exit_code
    assert "note: nothing runs from 2026-11-25 to 2026-11-26 (Europe/Vienna)" in planned.stderr
    clock(datetime(2026, 11, 24, 22, 59, tzinfo=UTC))
    assert 0 == leaving.dss("sync", "nightly").exit_code
    leaving.left(products=rows(9))
    clock(datetime(2026, 11, 24, 23, tzinfo=UTC))
    assert 3 == leaving.dss("sync", "nightly").exit_code
    assert 0 == leaving.dss("sync", "nightly", "--override", "blackout", *OLD[2:]).exit_code
    assert rows(9)[0].items() <= leaving.held["products"][0].items()


def test_in_a_window_for_additions_the_rest_waits(shop: Shop, clock: Clock) -> None:
    """New records are created; changes and old records are told, left alone, and done the day after."""
    rules(shop, NARROW)
    shop.left(products=[{"sku": "P1", "name": "other", "tags": ["x"]}, *rows(2)])
    shop.right(products=rows(1, 3))
    done = shop.dss("sync", "nightly")
    assert (0, ["P1", "P3", "P2"]) == (done.exit_code, [each["sku"] for each in shop.held["products"]])
    assert "held back: 3\n" in done.stdout
    assert "old_products(sku='P3'): only additions run on 2026-11-25 (Europe/Vienna)\n" in done.stdout
    assert "n" == shop.held["products"][0]["name"]
    assert 3 == latest(shop)["summary"]["held_back"]
    planned = shop.dss("plan", "nightly")
    assert 2 == planned.exit_code
    assert "note: only additions run on 2026-11-25 (Europe/Vienna): a sync would leave" in planned.stderr
    clock(NOW.replace(day=26))
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert ["P1", "P2"] == [each["sku"] for each in shop.held["products"]]
    assert "other" == shop.held["products"][0]["name"]


def test_what_waits_does_not_count_for_the_guard(leaving: Shop) -> None:
    """The guard judges what would be carried out; an override of the window brings all of it back."""
    rules(leaving, NARROW)
    assert 0 == leaving.dss("sync", "nightly").exit_code
    named = ("--override", "additions_only", "--reason", "it must be today")
    assert ["old:products"] == held_by(leaving, "sync", "nightly", *named)
    assert 0 == leaving.dss("sync", "nightly", *named, "--override", "old:products").exit_code
    assert ["P9"] == [each["sku"] for each in leaving.held["products"]]


# -- plans and undo -----------------------------------------------------------------------------------


def test_a_plan_is_under_the_rules_of_its_sync(leaving: Shop) -> None:
    """It was made for the sync that was named, and is held until an override names what held it."""
    rules(leaving, "[syncs.nightly.guard.products]\nold = 1")
    path = str(leaving.folder / "plan.jsonl")
    assert 3 == leaving.dss("plan", "nightly", "-o", path).exit_code
    refused = leaving.dss("apply", path)
    assert 3 == refused.exit_code
    assert "was held when it was made: products: 4 old records of 5, the limit is 1" in refused.stderr
    assert "--override old:products" in refused.stderr
    assert "held" == latest(leaving)["state"]
    assert 1 == leaving.dss("apply", path, "--override", "old:products").exit_code
    done = leaving.dss("apply", path, *OLD)
    assert (0, ["P9"]) == (done.exit_code, [each["sku"] for each in leaving.held["products"]])
    assert "override: end of term, ticket 4711" in done.stdout
    assert ["old:products"] == [each["name"] for each in latest(leaving)["summary"]["passed"]]
    again = leaving.dss("apply", path, *OLD[:3], "once more")
    assert 1 == again.exit_code
    assert "this plan was applied already" in again.stderr


def test_the_calendar_is_judged_when_a_plan_is_applied(leaving: Shop, clock: Clock) -> None:
    """A plan of an ordinary day is held in a window, whole, and may be applied when that is over."""
    rules(leaving, f"{NARROW}\n[syncs.nightly.guard.products]\nold = 9")
    path = str(leaving.folder / "plan.jsonl")
    planned = leaving.dss("plan", "nightly", "-o", path)
    assert 2 == planned.exit_code
    assert ["additions_only"] == held_by(leaving, "apply", path)
    rules(leaving, f"{DARK}\n[syncs.nightly.guard.products]\nold = 9")
    assert ["blackout"] == held_by(leaving, "apply", path)
    clock(NOW.replace(day=28))
    assert 0 == leaving.dss("apply", path).exit_code
    assert ["P9"] == [each["sku"] for each in leaving.held["products"]]


def test_a_plan_of_a_source_that_has_become_old_is_held(leaving: Shop, clock: Clock) -> None:
    """The age counts on the day of the application."""
    rules(leaving, '[syncs.nightly]\nmax_age = "26 hours"\nguard.products.old = 9', supplier="dated = true")
    written(leaving)
    path = str(leaving.folder / "plan.jsonl")
    assert 2 == leaving.dss("plan", "nightly", "-o", path).exit_code
    clock(NOW.replace(day=27))
    assert ["stale:Supplier.products"] == held_by(leaving, "apply", path)
    clock(NOW.replace(day=26))
    assert 0 == leaving.dss("apply", path).exit_code


def test_an_undo_is_guarded_and_may_be_let_pass(shop: Shop, clock: Clock) -> None:
    """Taking a first load back removes everybody: a person has to say that this is meant."""
    shop.left(products=rows(*range(60)))
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert 3 == shop.dss("undo", "1", "--dry-run").exit_code
    before = shop.held
    done = shop.dss("undo", "1")
    assert (3, before, "held") == (done.exit_code, shop.held, latest(shop)["state"])
    assert "products: 60 old records of 60, the limit is 3" in done.stderr
    rules(shop, DARK)
    assert 3 == shop.dss("undo", "1", *OLD).exit_code
    assert ["blackout"] == [each["name"] for each in latest(shop)["summary"]["trips"]]
    clock(NOW.replace(day=28))
    assert (0, []) == (shop.dss("undo", "1", *OLD).exit_code, shop.held["products"])


# -- which rules --------------------------------------------------------------------------------------


def test_two_trees_are_under_the_rules_of_every_sync_between_them(leaving: Shop) -> None:
    """Naming the trees instead of the sync is no way around its rules."""
    leaving.wiring(
        "from tests.cli.fake_shop import SYNCS, TREES, Sync\n\n"
        "SYNCS = {**SYNCS, 'term': Sync('Supplier', 'Shop', ('products',)), "
        "'other': Sync('Supplier', 'Notes', ())}\n"
        "__all__ = ['SYNCS', 'TREES']\n"
    )
    rules(
        leaving,
        "[syncs.nightly.guard.products]\nold = 9\n[syncs.term.guard.products]\nold = 2\n"
        "[syncs.other.guard.products]\nold = 0",
    )
    for names, trips in (
        (("Supplier", "Shop"), ["old:products"]),
        (("term",), ["old:products"]),
    ):
        assert trips == held_by(leaving, "sync", *names)
    limit = json.loads(leaving.dss("plan", "Supplier", "Shop", "--json").stdout)["guard"][0]["limit"]
    assert "2" == limit
    assert 0 == leaving.dss("sync", "nightly").exit_code


def test_a_plan_looks_at_the_journal_and_leaves_none(shop: Shop) -> None:
    """A project in which nothing was written has no state folder, whatever was planned."""
    shop.left(products=rows(1))
    assert 2 == shop.dss("plan", "nightly").exit_code
    assert not (shop.folder / ".dss").exists()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    ours=st.sets(st.integers(0, 9)),
    theirs=st.sets(st.integers(0, 9)),
    limits=st.dictionaries(st.sampled_from(["new", "changed", "old"]), st.integers(0, 6)),
    named=st.sets(st.sampled_from(["new", "changed", "old"])),
)
def test_a_run_is_held_whole_or_carried_out_whole(
    shop: Shop, ours: set[int], theirs: set[int], limits: dict[str, int], named: set[str]
) -> None:
    """Held: the target is what it was, byte for byte, and no work was begun. Else it is what it should be."""
    tables = ["[syncs.nightly]", "give_up_after = 999", "[syncs.nightly.guard.products]"]
    rules(shop, "\n".join([*tables, *(f"{k} = {v}" for k, v in limits.items())]))
    shop.left(products=[{"sku": f"P{each}", "name": str(each)} for each in sorted(ours)])
    shop.right(products=rows(*sorted(theirs)))
    before = (shop.folder / "data" / "shop.json").read_bytes()
    counts = {"new": len(ours - theirs), "changed": len(ours & theirs), "old": len(theirs - ours)}
    most: dict[str, int] = {"new": 99, "changed": 99, "old": 3, **limits}
    tripping = {kind for kind, count in counts.items() if count > most[kind]}
    options = [option for kind in sorted(named) for option in ("--override", f"{kind}:products")]
    reason = ["--reason", f"try {latest_number(shop)}"] if named else []

    done = shop.dss("sync", "nightly", *options, *reason)

    if tripping - named:
        assert (3, before) == (done.exit_code, (shop.folder / "data" / "shop.json").read_bytes())
        assert "held" == latest(shop)["state"]
    else:
        assert 0 == done.exit_code, done.output
        assert {f"P{each}" for each in ours} == {each["sku"] for each in shop.held["products"]}
        assert {f"{each}:products" for each in tripping} == {
            each["name"] for each in latest(shop)["summary"]["passed"]
        }


def latest_number(shop: Shop) -> int:
    """Return the number of the last run, 0 where there was none."""
    runs = json.loads(shop.dss("history", "-n", "1", "--json").stdout)["runs"]
    return runs[0]["run"] if runs else 0


def test_help_tells_of_overrides(dss: Callable[..., Result]) -> None:
    """Every command that writes knows the three options."""
    for command in ("sync", "apply", "undo"):
        text = dss(command, "--help").stdout
        assert all(option in text for option in ("--override", "--reason", "--until"))
