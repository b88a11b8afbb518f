"""[log]: a JSON object per line and event, in a file or on standard error."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from dss_runtime import override
from dss_runtime.cli._account import Account
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._terminal import Terminal
from dss_runtime.cli.telling._log import JsonLines, JsonTerminal
from tests.cli.conftest import Shop
from tests.cli.test_notify import tell

FILE = '[log]\nfile = "log.jsonl"\n'


def lines(text: str) -> list[Any]:
    """Return the objects of a log."""
    return [json.loads(line) for line in text.splitlines()]


def logged(shop: Shop) -> list[Any]:
    """Return the objects of the shop's log."""
    return lines((shop.folder / "log.jsonl").read_text(encoding="utf-8"))


def test_a_run_is_logged_from_its_beginning_to_its_end(shop: Shop) -> None:
    """What was read, what the guard said, each phase: with run, sync, level and time."""
    tell(shop, FILE)
    shop.left(products=[{"sku": "A", "name": "a"}])
    shop.right(products=[{"sku": "B", "name": "b"}, {"sku": "C", "name": "c"}])
    assert 0 == shop.dss("sync", "nightly").exit_code
    found = logged(shop)
    assert [
        "run_begins",
        *["read"] * 5,
        "guard",
        *["phase_begins", "phase_ends"] * 2,
        "run_ends",
    ] == [each["event"] for each in found]
    assert {(1, "nightly", "sync", "info")} == {
        (each["run"], each["sync"], each["command"], each["level"]) for each in found
    }
    times = [datetime.fromisoformat(each["time"]) for each in found]
    assert sorted(times) == times
    assert {UTC.utcoffset(None)} == {each.utcoffset() for each in times}
    read = next(each for each in found if each["event"] == "read")
    assert ("Supplier", "products", 1, 1) == tuple(read[key] for key in ("tree", "branch", "records", "rows"))
    end = found[-1]
    assert ("applied", 0, {"applied": 3}) == tuple(end[key] for key in ("state", "exit_code", "outcomes"))


def test_what_was_not_applied_is_logged_one_by_one(shop: Shop) -> None:
    """Each outcome that is not applied, with its reason; people read it once, in the report."""
    tell(shop, FILE, shop_settings='fault = "fail new"')
    shop.left(products=[{"sku": "A", "name": "a", "pin": "very-private"}])
    done = shop.dss("sync", "nightly")
    (found,) = [each for each in logged(shop) if each["event"] == "not_applied"]
    assert ("failed", "products", "new", "warning") == tuple(
        found[key] for key in ("status", "branch", "phase", "level")
    )
    assert "new_products(sku='A'): " in found["message"]
    assert "" == done.stderr
    assert "very-private" not in (shop.folder / "log.jsonl").read_text()


def test_a_failure_is_logged_with_its_reason(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends before it has a number is logged as well; secrets are masked."""
    monkeypatch.setenv("SHOP_PASSWORD", "hunter-2222")
    tell(shop, FILE, shop_settings='fault = "read"\npassword = "${SHOP_PASSWORD}"')
    assert 1 == shop.dss("sync", "nightly").exit_code
    assert 1 == shop.dss("sync", "nightli").exit_code
    ends = [each for each in logged(shop) if each["event"] == "run_ends"]
    assert [("failed", "error", 1), ("failed", "error", None)] == [
        (each["state"], each["level"], each["run"]) for each in ends
    ]
    assert "cannot log in with ***" in ends[0]["error"]


def test_what_the_runtime_logs_is_there_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of other loggers below dss_runtime are lines without an event, and people still see them."""
    monkeypatch.setenv("SHOP_PASSWORD", "hunter-2222")
    tell(shop, FILE, shop_settings='fault = "log"\npassword = "${SHOP_PASSWORD}"')
    shop.left(products=[{"sku": "A", "name": "a"}])
    done = shop.dss("sync", "nightly")
    told = [each for each in logged(shop) if "event" not in each]
    assert [("warning", "the password is ***", 1)] == [
        (each["level"], each["message"], each["run"]) for each in told
    ]
    assert "warning: the password is ***\n" == done.stderr


def test_a_file_that_was_rotated_away_is_made_anew(shop: Shop) -> None:
    """Each run opens the file: whoever rotates it need tell nobody. Later lines follow earlier ones."""
    tell(shop, FILE)
    shop.dss("sync", "nightly")
    first = len(logged(shop))
    shop.dss("sync", "nightly")
    assert 2 * first == len(logged(shop))
    (shop.folder / "log.jsonl").rename(shop.folder / "log.jsonl.1")
    shop.dss("sync", "nightly")
    assert first == len(logged(shop))


def test_standard_error_may_be_json(shop: Shop) -> None:
    """Then every line of it is an object with a level, messages for people and events alike."""
    tell(shop, '[log]\nstderr = "json"\n')
    shop.right(products=[{"sku": f"P{n}", "name": "x"} for n in range(6)])
    done = shop.dss("sync", "nightly")
    assert 3 == done.exit_code
    found = lines(done.stderr)
    assert all({"command", "level", "message", "run", "sync", "time"} <= set(each) for each in found)
    held = next(each for each in found if each["message"].startswith("held by the guard"))
    assert ("error", 1, "nightly") == (held["level"], held["run"], held["sync"])
    assert "run_ends" == found[-1]["event"]


def test_nothing_is_left_in_the_logging_of_the_process(shop: Shop) -> None:
    """After a command the loggers are as they were."""
    log = logging.getLogger("dss_runtime")
    before = (list(log.handlers), log.level, log.propagate)
    tell(shop, FILE + 'stderr = "json"\n')
    shop.dss("sync", "nightly")
    assert before == (list(log.handlers), log.level, log.propagate)


def test_a_full_disk_under_the_log_ends_no_run(shop: Shop) -> None:
    """Where the log cannot be written, one warning says so, and the exit code is that of the run."""
    tell(shop, '[log]\nfile = "/dev/full"\n')
    shop.left(products=[{"sku": "A", "name": "a"}])
    done = shop.dss("sync", "nightly")
    assert (0, 1) == (done.exit_code, done.stderr.count("the log file cannot be written"))
    assert "Traceback" not in done.stderr


def test_a_reader_who_has_left_ends_no_run() -> None:
    """Once nobody reads standard error any more, the log goes quiet there."""

    class Left(StringIO):
        @override
        def write(self, _text: str, /) -> int:
            raise BrokenPipeError

    secrets, account = Secrets(), Account("sync", "nightly", datetime(2026, 1, 1, tzinfo=UTC))
    terminal = JsonTerminal(Terminal(Left(), secrets), secrets, JsonLines(secrets, account))
    terminal.line("the run goes on")
