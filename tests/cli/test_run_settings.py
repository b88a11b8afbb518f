"""[runs.NAME] of the settings: what is wrong is told with its line, and what may have been meant."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shop
from tests.cli.run_shops import several

TAKES = 'expected a list of syncs of the schema, each once, as ["moodle", "directory"]'


@pytest.mark.parametrize(
    ("table", "line", "problem"),
    [
        ("syncs = []", 2, f"runs.all.syncs: {TAKES}, found []"),
        ("syncs = 'shop'", 2, f"runs.all.syncs: {TAKES}, found 'shop'"),
        ("syncs = ['shop', 1]", 2, f"runs.all.syncs: {TAKES}, found ['shop', 1]"),
        ("syncs = ['shop', 'shop']", 2, f"runs.all.syncs: {TAKES}, found ['shop', 'shop']"),
        ("syncs = ['shop']\nverify = 1", 3, "runs.all.verify: expected true or false, found 1"),
        ("syncs = ['shop']\nverfiy = true", 3, "runs.all.verfiy: unknown key; did you mean 'verify'?"),
        ("verify = true", 1, "runs.all: needs syncs: a list of syncs"),
        (
            "syncs = [\n'shop',\n'markt']",
            4,
            "runs.all.syncs: there is no sync 'markt'; did you mean 'market'?",
        ),
        (
            "syncs = ['zzz']",
            2,
            "runs.all.syncs: there is no sync 'zzz'; the schema has shop, market, kiosk, stall",
        ),
    ],
)
def test_a_wrong_table_is_told_with_its_line(shop: Shop, table: str, line: int, problem: str) -> None:
    """No sync is begun then; another command says the same, since the settings are wrong for all."""
    several(shop, runs=f"[runs.all]\n{table}\n")
    text = (shop.folder / "dss.toml").read_text()
    line += text[: text.index("[runs")].count("\n")
    for command in (("run", "all"), ("plan", "shop")):
        done = shop.dss(*command)
        assert 1 == done.exit_code
        assert f"dss.toml:{line}: {problem}" in done.stderr


def test_a_run_may_not_leave_the_sync_out_that_has_its_name(shop: Shop) -> None:
    """Nobody would expect that `dss run shop` and `dss sync shop` have nothing in common."""
    several(shop, runs="[runs.shop]\nsyncs = ['market']\n")
    assert "runs.shop: shop is a sync as well, and this run leaves it out" in shop.dss("run", "shop").stderr


def test_runs_must_be_tables(shop: Shop) -> None:
    """A plain value in the place of one, or of all, is told as well."""
    several(shop, runs="[runs]\nall = ['shop']\n")
    assert "runs.all: expected tables [runs.NAME]" in shop.dss("run", "all").stderr
    several(shop, runs="# none", top="")
    text = (shop.folder / "dss.toml").read_text()
    (shop.folder / "dss.toml").write_text(f"runs = 1\n{text}")
    assert "dss.toml:1: runs: expected tables [runs.NAME]" in shop.dss("run", "all").stderr


def test_a_run_may_have_the_name_of_a_sync_that_it_holds(shop: Shop) -> None:
    """So a sync that has got company keeps its name on the command line."""
    several(shop, runs="[runs.shop]\nsyncs = ['shop', 'market']\n")
    assert 0 == shop.dss("run", "shop").exit_code


def test_an_override_and_a_dry_run_exclude_each_other(shop: Shop) -> None:
    """So do --verify and a dry run, as for `dss sync`."""
    several(shop)
    override = ("--override", "old:products", "--reason", "x", "--only", "shop", "--dry-run")
    assert "--override is for one sync that writes" in shop.dss("run", "nightly", *override).stderr
    assert "nothing to verify" in shop.dss("run", "nightly", "--dry-run", "--verify").stderr
