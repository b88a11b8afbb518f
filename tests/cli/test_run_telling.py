"""A run of several syncs is told in one message, logged and measured for each, and ended by signals."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Shop
from tests.cli.run_shops import held, several
from tests.cli.servers import Hooks, Mails, http_server, smtp_server
from tests.cli.test_notify import email, text_of, webhook
from tests.cli.test_signals import SIGNALS, told

A, B = {"sku": "A", "name": "a", "pin": "4711-pin"}, {"sku": "B"}

WIRING = """
import time
from pathlib import Path

from dss_runtime import override
from tests.cli import fake_shop, run_shops
from tests.cli.run_shops import SYNCS

class Template(fake_shop.JsonTemplate):
    @override
    def __call__(self, action, /):
        outcome = super().__call__(action)
        if Path("{folder}/waits").read_text() == "write":
            Path("{folder}/ready").write_text("write")
            time.sleep({seconds})
        return outcome

class Market(run_shops.Tree):
    __template__ = Template

TREES = {{**run_shops.TREES, "Market": lambda settings: Market(settings=settings)}}
"""


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    """A server for webhooks."""
    with http_server() as server:
        yield server


@pytest.fixture
def mails() -> Iterator[Mails]:
    """A mail server without encryption."""
    with smtp_server() as server:
        yield server


def test_there_is_one_message_for_the_run(shop: Shop, mails: Mails) -> None:
    """Its subject names what needs somebody, its text every target, and what became of those in trouble."""
    several(shop, top=email(mails), Market='fault = "read"\npassword = "x"')
    shop.left(products=[A, B])
    assert 1 == shop.dss("run", "nightly").exit_code
    assert ["dss: nightly failed: market failed"] * 2 == [mail["Subject"] for mail in mails.got]
    lines = text_of(mails).splitlines()
    assert "nightly: failed (exit code 1)" == lines[0]
    assert "command: dss run nightly" in lines
    assert "shop: applied: 2 differences" in lines
    assert [line for line in lines if line.startswith("market: failed: Market could not be read")]
    assert "systems: Supplier -> Kiosk" in lines
    assert "`dss plan market` shows what is left to do." in lines
    assert "4711-pin" not in text_of(mails)


def test_a_webhook_gets_the_object_with_every_sync(shop: Shop, hooks: Hooks) -> None:
    """It is what --json prints, without what is listed one by one."""
    several(shop, top=webhook(hooks))
    shop.left(products=[A])
    printed = json.loads(shop.dss("run", "nightly", "--json").stdout)
    (payload,) = hooks.payloads
    assert {each: printed[each] for each in printed if each != "syncs"} == {
        each: payload[each] for each in payload if each != "syncs"
    }
    lists = ("actions", "held_back", "unreadable")
    assert [
        {**{key: each[key] for key in each if key not in lists}, "totals": {n: len(each[n]) for n in lists}}
        for each in printed["syncs"]
    ] == payload["syncs"]


def test_nobody_is_told_of_a_run_in_which_nothing_was_to_do(shop: Shop, hooks: Hooks) -> None:
    """One sync that somebody wants to know of is enough to tell of all, and a dry run is told to nobody."""
    several(shop, top=webhook(hooks))
    shop.dss("run", "nightly", "--dry-run")
    shop.dss("run", "nightly")
    assert [] == hooks.payloads
    shop.left(products=[A])
    shop.dss("sync", "shop")
    shop.dss("sync", "market")
    shop.dss("run", "nightly")
    assert [["in_step", "in_step", "applied"]] == [
        [each["state"] for each in payload["syncs"]] for payload in hooks.payloads[2:]
    ]


def test_a_run_that_cannot_begin_is_told_too(shop: Shop, hooks: Hooks, mails: Mails) -> None:
    """What keeps all of them from beginning is in the message, and none of them counts as begun."""
    several(shop, top=webhook(hooks) + email(mails))
    shop.wiring("import no_such_module\n")
    assert 1 == shop.dss("run", "nightly").exit_code
    assert [("failed", [], ["shop", "market", "kiosk"])] == [
        (each["state"], each["syncs"], each["not_begun"]) for each in hooks.payloads
    ]
    assert "nightly failed" in str(mails.got[0]["Subject"])
    assert "no_such_module" in text_of(mails)


def test_each_sync_has_metrics_of_its_own(shop: Shop) -> None:
    """As if it had been run alone; where none can begin, all of them have failed."""
    several(shop, top='[metrics]\nfile = "dss.prom"\n', Market='fault = "read"\npassword = "x"')
    shop.left(products=[A])
    shop.dss("run", "nightly")

    def states() -> list[str]:
        found: list[str] = []
        for name in ("shop", "market", "kiosk"):
            lines = (shop.folder / f"dss.{name}.prom").read_text().splitlines()
            found += [
                line.partition('state="')[2].partition('"')[0]
                for line in lines
                if line.startswith("dss_run_state{") and line.endswith(" 1.0")
            ]
        return found

    assert ["applied", "failed", "applied"] == states()
    shop.wiring("import no_such_module\n")
    for module in [name for name in sys.modules if name.startswith(shop.package)]:
        del sys.modules[module]
    assert 1 == shop.dss("run", "nightly").exit_code
    assert ["failed"] * 3 == states()


def test_a_line_of_the_log_says_which_sync_it_is_of(shop: Shop) -> None:
    """At the end of each, and at the end of the run, an event says how it went."""
    several(shop, top='[log]\nfile = "log.jsonl"\n')
    shop.left(products=[A])
    shop.dss("run", "nightly")
    lines = [json.loads(line) for line in (shop.folder / "log.jsonl").read_text().splitlines()]
    begun = [(each["sync"], each["run"]) for each in lines if each.get("event") == "run_begins"]
    assert [("shop", 1), ("market", 2), ("kiosk", 3)] == begun
    ended = [(each["sync"], each["state"]) for each in lines if each.get("event") == "run_ends"]
    assert [(name, "applied") for name in ("shop", "market", "kiosk")] == ended
    assert (
        "series_ends",
        "run",
        None,
        {"shop": "applied", "market": "applied", "kiosk": "applied"},
    ) == tuple(lines[-1][name] for name in ("event", "command", "sync", "syncs"))


@SIGNALS
def test_a_signal_ends_the_run_after_the_batch(shop: Shop, number: signal.Signals) -> None:
    """What was under way is whole, the syncs before it stay, and those after it are not begun."""
    several(shop)
    shop.wiring(WIRING.format(folder=shop.folder, seconds=1))
    shop.left(products=[A, B])
    code, errors = told(shop, "write", [number], "run", "nightly")
    assert 130 == code
    assert "stopping after the current batch" in errors
    assert (["A", "B"], ["A"], []) == tuple(held(shop, name) for name in ("Shop", "Market", "Kiosk"))
    runs = json.loads(shop.dss("history", "--json").stdout)["runs"]
    assert ["interrupted", "applied"] == [each["state"] for each in runs]


@SIGNALS
def test_a_second_signal_ends_it_at_once(shop: Shop, number: signal.Signals) -> None:
    """Then nobody waits for what is under way, and the rest is not begun either."""
    several(shop)
    shop.wiring(WIRING.format(folder=shop.folder, seconds=60))
    shop.left(products=[A, B])
    code, errors = told(shop, "write", [number, number], "run", "nightly")
    assert 130 == code
    assert "interrupted: Market is written in part" in errors


def test_a_killed_run_is_made_up_for(shop: Shop) -> None:
    """The next one finds out what became of what was under way, and goes on with all syncs."""
    several(shop)
    shop.wiring(WIRING.format(folder=shop.folder, seconds=60))
    shop.left(products=[A, B])
    code, _ = told(shop, "write", [signal.SIGKILL], "run", "nightly")
    assert -signal.SIGKILL == code
    again = shop.dss("run", "nightly")
    assert 0 == again.exit_code, again.output
    assert "has left open what became of 1 change" in again.stderr
    assert [["A", "B"]] * 3 == [held(shop, name) for name in ("Shop", "Market", "Kiosk")]
