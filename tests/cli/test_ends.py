"""One JSON object of one shape, however a run ends, and how each sync stands."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from dss_runtime.cli import _clock
from tests.cli.conftest import Shop

A = {"sku": "A", "name": "a"}


def ended(shop: Shop, *arguments: str) -> Any:
    """Run a command with --json, and return its object, whose exit code must be the command's."""
    done = shop.dss(*arguments, "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == found["exit_code"], done.output
    return found


def test_every_end_has_the_same_keys(shop: Shop) -> None:
    """In step, applied, held, incomplete, failed, interrupted; of plan, sync, apply and undo: one shape."""
    plan = str(shop.folder / "plan.jsonl")
    ends: list[Any] = []

    def end(state: str, *arguments: str) -> None:
        ends.append(ended(shop, *arguments))
        assert (arguments[0], state) == (ends[-1]["command"], ends[-1]["state"])

    end("in_step", "plan", "nightly")
    end("in_step", "sync", "nightly")
    shop.left(products=[A])
    end("differences", "plan", "nightly", "-o", plan)
    end("applied", "apply", plan)
    end("failed", "apply", plan)
    end("differences", "undo", "2", "--dry-run")
    end("applied", "undo", "2")
    end("failed", "undo", "99")
    end("failed", "plan", "nightli")
    end("failed", "sync", "Supplier", "Sho")
    for fault, state in (
        ("fail new", "incomplete"),
        ("interrupt write", "interrupted"),
        ("interrupt read", "interrupted"),
    ):
        shop.settings(shop=f'fault = "{fault}"')
        end(state, "sync", "nightly")
    shop.settings(shop='fault = "forget"')
    end("not_converged", "sync", "nightly", "--verify")
    shop.settings(shop='fault = "read"\npassword = "x"')
    end("failed", "plan", "nightly")
    assert "Shop could not be read" in ends[-1]["error"]
    shop.settings()
    shop.left(products=[])
    shop.right(products=[{"sku": f"P{n}", "name": "x"} for n in range(6)])
    end("held", "sync", "nightly")
    end("held", "plan", "nightly")
    (shop.folder / "data" / "supplier.json").unlink()
    end("held", "plan", "nightly")
    end("held", "sync", "nightly")
    (shop.folder / "dss.toml").write_text("nonsense = 1\n")
    end("failed", "sync", "nightly")
    assert 1 == len({tuple(each) for each in ends})
    assert {1} == {each["schema_version"] for each in ends}
    assert [True] * len(ends) == [(each["state"] == "failed") == (each["error"] is not None) for each in ends]


def test_a_run_has_its_number_its_times_and_its_sync(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a monitor needs is on top; a run that only looks has no number."""
    moments = iter([f"2026-11-25T02:00:0{second}.000+00:00" for second in range(8)])
    monkeypatch.setattr(_clock, "utc_now", lambda: datetime.fromisoformat(next(moments)))
    shop.left(products=[A])
    found = ended(shop, "sync", "nightly")
    keys = ("run", "sync", "asked", "started", "killed")
    told = tuple(found[key] for key in keys)
    assert (1, "nightly", "nightly", "2026-11-25T02:00:00.000+00:00", []) == told
    seconds = datetime.fromisoformat(found["ended"]) - datetime.fromisoformat(found["started"])
    assert found["seconds"] == seconds.total_seconds() > 0
    monkeypatch.undo()
    found = ended(shop, "plan", "Supplier", "Shop")
    assert (None, None, "Supplier Shop") == tuple(found[key] for key in keys[:3])


def test_how_each_sync_stands(shop: Shop) -> None:
    """`dss history --json` tells of each sync the latest run, and how long ago one last succeeded."""
    shop.left(products=[A])
    shop.dss("sync", "nightly")
    shop.settings(shop='fault = "fail old"')
    shop.left(products=[])
    shop.dss("sync", "nightly")
    shop.dss("sync", "Supplier", "Shop")
    syncs = json.loads(shop.dss("history", "-n", "1", "--json").stdout)["syncs"]
    told = [(each["sync"], each["latest"]["run"], each["latest"]["state"]) for each in syncs]
    assert [(None, 3, "incomplete"), ("nightly", 2, "incomplete")] == told
    assert None is syncs[0]["last_success"]
    assert 1 == syncs[1]["last_success"]["run"]
    assert 0 <= syncs[1]["last_success"]["age_seconds"] < 600
    assert {"left": "Supplier", "right": "Shop"} == syncs[1]["trees"]
