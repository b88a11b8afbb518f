"""[metrics]: the text file for collectors."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

from dss_runtime import Action, Limit, Outcome, SyncResult, Trip
from dss_runtime._actions import New, Old
from dss_runtime.cli._account import Account, Ended
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._report import Names, Report, UnreadableRow
from dss_runtime.cli.telling._metrics import METRICS, MetricsFile
from dss_runtime.cli.telling._settings import OCCASIONS
from tests.cli.conftest import Shop
from tests.cli.fake_shop import Product
from tests.cli.test_notify import tell

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Return what both parsers read in *text*; they must agree."""
    found = [
        {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in parse(text)
            for sample in family.samples
        }
        for parse in (each.text_string_to_metric_families for each in cast("Any", (openmetrics, parser)))
    ]
    assert found[0] == found[1]
    return cast("Samples", found[0])


def named(found: Samples, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a metric by the values of *labels*."""
    return {
        tuple(dict(given)[label] for label in labels): value
        for (each, given), value in found.items()
        if each == f"dss_{name}"
    }


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,7}", fullmatch=True)
STATES = [name for name in OCCASIONS if name not in ("killed", "unreadable")]


@st.composite
def runs(draw: st.DrawFn) -> Ended:
    """Draw the end of a run: any names, any actions with any outcomes."""
    branches = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    product = Product(sku="A")
    outcomes = st.sampled_from([Outcome.applied(), Outcome.failed("no"), Outcome.unknown("?")])
    made: list[tuple[Action, Outcome]] = []
    for branch in draw(st.lists(st.sampled_from(branches), max_size=8)):
        new, old = New(branch, "A", product), Old(branch, "A", product)
        made.append((new if draw(st.booleans()) else old, draw(outcomes)))
    report = Report(
        "sync",
        Names("Left", "Right", tuple(branches)),
        actions=tuple(action for action, _ in made),
        trips=tuple(
            Trip(branch, "old", 1, 2, Limit(1)) for branch in draw(st.sets(st.sampled_from(branches)))
        ),
        unreadable=tuple(
            UnreadableRow("T", branch, cast("Any", SimpleNamespace()))
            for branch in draw(st.lists(st.sampled_from(branches), max_size=4))
        ),
        result=SyncResult(tuple(made)) if draw(st.booleans()) else None,
    )
    started = draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
    account = Account(
        "sync",
        "nightly",
        started,
        sync=draw(st.sampled_from(["", "nightly"])),
        names=report.names,
        holds=draw(st.dictionaries(st.sampled_from(branches), st.integers(0, 10**7))),
    )
    return Ended(
        account,
        started + timedelta(seconds=draw(st.floats(0, 10**6))),
        "host",
        report,
        draw(st.sampled_from(cast("Any", STATES))),
        draw(st.sampled_from(Exit)),
    )


@given(ended=runs(), success=st.none() | st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)))
def test_the_numbers_are_those_of_the_report(
    ended: Ended, success: datetime | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever a run is like, the file parses, also by the older format's parser, and tells its numbers."""
    folder = tmp_path_factory.mktemp("metrics")
    found = samples(MetricsFile(folder / "dss.prom").write(ended, success).read_text(encoding="utf-8"))
    report, account = ended.report, ended.account
    done = report.result or [(action, None) for action in report.actions]
    actions = Counter(
        (action.branch, action.kind, "planned" if outcome is None else str(outcome.status))
        for action, outcome in done
    )
    assert actions == named(found, "actions", "branch", "kind", "outcome")
    assert {(state,): float(state == ended.state) for state in STATES} == named(found, "run_state", "state")
    assert {(trip.name,) for trip in report.trips} == set(named(found, "held", "name"))
    assert Counter((row.tree, row.branch) for row in report.unreadable) == named(
        found, "unreadable_rows", "tree", "branch"
    )
    assert {(name,): number for name, number in account.holds.items()} == named(
        found, "target_records", "branch"
    )
    expected = {
        "run_exit_code": int(ended.exit),
        "run_duration_seconds": ended.seconds,
        "last_run_timestamp_seconds": ended.ended.timestamp(),
        "last_success_timestamp_seconds": success.timestamp() if success else 0,
    }
    for name, value in expected.items():
        assert {(): value} == named(found, name)
    assert {f"dss_{metric.name}" for metric in METRICS} >= {name for name, _ in found}


@pytest.fixture
def metrics(shop: Shop) -> Path:
    """The folder of a collector, which the shop's settings name."""
    folder = shop.folder / "collector"
    folder.mkdir()
    tell(shop, '[metrics]\nfile = "collector/dss.prom"\n')
    return folder


def read(folder: Path, name: str = "dss.nightly.prom") -> Samples:
    """Return what a file of the collector holds."""
    return samples((folder / name).read_text(encoding="utf-8"))


def test_every_run_is_measured_and_the_last_success_remembered(shop: Shop, metrics: Path) -> None:
    """After a success, a run that is held and one that fails, the file says when it last worked."""
    shop.left(products=[{"sku": f"P{n}", "name": "n"} for n in range(6)])
    shop.dss("sync", "nightly")
    good = read(metrics)
    last = named(good, "last_success_timestamp_seconds")[()]
    assert last > 0
    assert {("products",): 6} == named(good, "target_records", "branch")
    shop.left(products=[])
    assert 3 == shop.dss("sync", "nightly").exit_code
    held = read(metrics)
    assert {(): last} == named(held, "last_success_timestamp_seconds")
    assert {("old:products",): 1} == named(held, "held", "name")
    tell(shop, '[metrics]\nfile = "collector/dss.prom"\n', shop_settings='fault = "read"\npassword = "x"')
    assert 1 == shop.dss("sync", "nightly").exit_code
    failed = read(metrics)
    assert {(): 1} == named(failed, "run_exit_code")
    assert 1 == named(failed, "run_state", "state")[("failed",)]
    assert {(): last} == named(failed, "last_success_timestamp_seconds")
    assert {"sync": "nightly", "left": "Supplier", "right": "Shop"}.items() <= dict(
        next(iter(failed))[1]
    ).items()


def test_what_did_not_converge_is_no_success(shop: Shop, metrics: Path) -> None:
    """A run whose --verify found a difference counts as none, here and in `dss history`."""
    tell(shop, '[metrics]\nfile = "collector/dss.prom"\n', shop_settings='fault = "forget"')
    shop.left(products=[{"sku": "A", "name": "a"}])
    assert 1 == shop.dss("sync", "nightly", "--verify").exit_code
    assert {(): 0} == named(read(metrics), "last_success_timestamp_seconds")
    (sync,) = json.loads(shop.dss("history", "--json").stdout)["syncs"]
    assert (None, "applied") == (sync["last_success"], sync["latest"]["state"])


def test_each_sync_has_a_file_that_everybody_may_read(shop: Shop, metrics: Path) -> None:
    """Two trees that are compared by their names are called by these; nothing else is left in the folder."""
    shop.dss("sync", "nightly")
    shop.dss("sync", "Supplier", "Shop")
    files = sorted(metrics.iterdir())
    assert ["dss.Supplier-Shop.prom", "dss.nightly.prom"] == [each.name for each in files]
    assert {0o644} == {each.stat().st_mode & 0o777 for each in files}


def test_a_file_that_cannot_be_written_any_more_changes_nothing(
    shop: Shop, metrics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the end is told, and the run is what it was."""

    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target).parent == metrics:
            raise OSError(28, "No space left on device")
        replace(source, target)

    shop.left(products=[{"sku": "A", "name": "a"}])
    monkeypatch.setattr(os, "replace", full)
    done = shop.dss("sync", "nightly")
    assert 0 == done.exit_code
    assert re.search(r"warning: not everybody was told of this run: .*No space left", done.stderr)
    assert [] == list(metrics.iterdir())


def test_a_missing_package_is_told_before_anything_is_read(
    shop: Shop, metrics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra the run is not begun, and the error says what to install."""
    for name in ("prometheus_client", "prometheus_client.openmetrics"):
        monkeypatch.setitem(sys.modules, name, None)
    done = shop.dss("sync", "nightly")
    assert 1 == done.exit_code
    assert (
        "needs the package prometheus-client: python -m pip install 'datastoresync[metrics]'" in done.stderr
    )


def test_a_run_that_fails_before_its_trees_are_known_is_measured(shop: Shop, metrics: Path) -> None:
    """A project that cannot be imported makes the metrics of its sync red; a misspelt sync makes no file."""
    assert 0 == shop.dss("sync", "nightly").exit_code
    last = named(read(metrics), "last_success_timestamp_seconds")
    shop.dss("sync", "nightli")
    assert ["dss.nightly.prom"] == [each.name for each in metrics.glob("*.prom")]
    shop.wiring("raise RuntimeError('broken')\n")
    for name in [each for each in sys.modules if each.startswith(shop.package)]:
        del sys.modules[name]
    assert 1 == shop.dss("sync", "nightly").exit_code
    failed = read(metrics)
    assert {(): 1} == named(failed, "run_exit_code")
    assert last == named(failed, "last_success_timestamp_seconds")
