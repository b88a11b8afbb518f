"""SIGINT and SIGTERM end a run in order, whatever it is doing: real signals to real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shop

ROOT = Path(__file__).parents[2]
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])

WIRING = """
import time
from pathlib import Path

from dss_runtime import override
from tests.cli import fake_shop
from tests.cli.fake_shop import SYNCS

def wait(what):
    Path("{ready}").write_text(what)
    time.sleep(60)

class Importer(fake_shop.JsonImporter):
    @override
    def init(self):
        if Path("{folder}/waits").read_text() == "read":
            wait("read")

class Template(fake_shop.JsonTemplate):
    @override
    def __call__(self, action, /):
        outcome = super().__call__(action)
        if Path("{folder}/waits").read_text() == "write":
            wait("write")
        return outcome

class Shop(fake_shop.Shop):
    __importer__ = Importer
    __template__ = Template

TREES = {{**fake_shop.TREES, "Shop": lambda settings: Shop(settings=settings)}}
"""


@pytest.fixture
def waiting(shop: Shop) -> Shop:
    """A project whose shop, read or written as the file `waits` says, writes the file `ready` and waits."""
    shop.wiring(WIRING.format(ready=shop.folder / "ready", folder=shop.folder))
    shop.left(products=[{"sku": sku, "tags": []} for sku in "ABC"])
    return shop


def told(shop: Shop, waits: str, numbers: list[int], *arguments: str) -> tuple[int, str]:
    """Run `dss`, send it signals once it waits, one after the other; return its code and messages."""
    ready, errors = shop.folder / "ready", shop.folder / "errors"
    ready.unlink(missing_ok=True)
    (shop.folder / "waits").write_text(waits)
    command = [sys.executable, "-m", "dss_runtime.cli", "-C", str(shop.folder), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with errors.open("w") as file:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=file, env=environment)
        try:
            until(process, lambda: ready.exists() and ready.read_text() == waits)
            for at, number in enumerate(numbers, 1):
                process.send_signal(number)
                until(process, lambda at=at: len(errors.read_text().splitlines()) >= at)
            code = process.wait(60)
        finally:
            process.kill()
            process.wait()
    (shop.folder / "waits").write_text("no")
    return code, errors.read_text()


def until(process: subprocess.Popen[bytes], true: Any) -> None:
    """Wait until something is true, or the process has ended."""
    for _ in range(6000):
        if true() or process.poll() is not None:
            return
        time.sleep(0.01)
    raise AssertionError("nothing happened for a minute")


def last(shop: Shop) -> Any:
    """Return what the journal tells of the last run."""
    return json.loads(shop.dss("history", "--json").stdout)["runs"][0]


@SIGNALS
def test_a_run_that_reads_ends_at_once(waiting: Shop, number: signal.Signals) -> None:
    """Nothing was written, which is what the last line and the journal say."""
    code, errors = told(waiting, "read", [number], "sync", "nightly")
    assert (130, "interrupted") == (code, last(waiting)["state"])
    assert [f"stopped by {number.name}", "interrupted: nothing was written"] == [
        line for line in errors.splitlines() if line
    ]
    assert [] == waiting.held["products"]


@SIGNALS
def test_a_plan_that_was_not_begun_may_be_applied_yet(waiting: Shop, number: signal.Signals) -> None:
    """What was interrupted while it read has not used up its plan."""
    (waiting.folder / "waits").write_text("no")
    plan = str(waiting.folder / "plan.jsonl")
    assert 2 == waiting.dss("plan", "nightly", "-o", plan).exit_code
    assert 130 == told(waiting, "read", [number], "apply", plan)[0]
    applied = waiting.dss("apply", plan)
    assert 0 == applied.exit_code, applied.output
    assert 1 == waiting.dss("apply", plan).exit_code


@SIGNALS
def test_a_second_signal_ends_a_run_that_writes_at_once(waiting: Shop, number: signal.Signals) -> None:
    """The first one waits for the record under way; the next run finds out what became of it."""
    code, errors = told(waiting, "write", [number, number], "sync", "nightly")
    assert (130, "interrupted") == (code, last(waiting)["state"])
    first = "stopping after the current batch; once more stops at once, but for threads at work"
    assert [first, f"stopped by {number.name}"] == errors.splitlines()[:2]
    assert "interrupted: Shop is written in part" in errors
    again = waiting.dss("sync", "nightly")
    assert "run 1 has left open what became of 1 change; reading Shop tells: 1 happened\n" == again.stderr
    assert ["A", "B", "C"] == [row["sku"] for row in waiting.held["products"]]
    assert "interrupted in " in waiting.dss("history").stdout
    assert ", settled by run 2" in waiting.dss("history").stdout
