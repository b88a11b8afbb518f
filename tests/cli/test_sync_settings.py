"""[syncs.NAME] in dss.toml: what is read from it, and what is told where it is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Limit
from dss_runtime._sync_rules import SourceLimits, SyncRules
from dss_runtime._windows import Window, Windows
from dss_runtime.cli import _sync_values as values
from dss_runtime.cli._sync_settings import sync_settings
from dss_runtime.cli._toml_file import TomlFile
from tests.cli.conftest import Shop


def settings(text: str) -> tuple[dict[str, SyncRules], list[str]]:
    """Return the rules in a settings file with *text*, and what is wrong with them."""
    problems: list[str] = []
    file = TomlFile(Path("dss.toml"), text)
    table: Any = file.table or {}
    return sync_settings(file, table.get("syncs", {}), problems), problems


def test_everything_that_a_sync_may_say() -> None:
    """Limits by branch and kind, sources, and windows; what a branch does not say, its sync does."""
    text = """
[syncs.nightly]
max_age = "26 hours"
min_share = "60%"
zone = "Europe/Vienna"
blackout = ["2026-12-24..2027-01-02", 2026-08-01]
additions_only = ["2026-09-01 .. 2026-09-14"]

[syncs.nightly.guard.students]
old = "5%"
new = [25, "12.5 %"]
changed = 100
min_rows = 800
max_age = "2 days"

[syncs.nightly.guard]
staff = {unreadable = 0}

[syncs.weekly]
"""
    found, problems = settings(text)
    every = SourceLimits(max_age=timedelta(hours=26), min_share=60, floor=0)
    assert [] == problems
    assert {
        "nightly": SyncRules(
            guards={
                "students": {
                    "new": (Limit(25), Limit(12.5, percent=True)),
                    "changed": (Limit(100),),
                    "old": (Limit(5, percent=True),),
                },
                "staff": {"unreadable": (Limit(0),)},
            },
            sources={
                "students": SourceLimits(max_age=timedelta(days=2), min_rows=800, min_share=60, floor=0),
                "staff": every,
            },
            every_source=every,
            windows=Windows(
                ZoneInfo("Europe/Vienna"),
                (
                    Window(date(2026, 12, 24), date(2027, 1, 2)),
                    Window(date(2026, 8, 1), date(2026, 8, 1)),
                ),
                (Window(date(2026, 9, 1), date(2026, 9, 14)),),
            ),
        ),
        "weekly": SyncRules(),
    } == found


WRONG: tuple[tuple[str, str], ...] = (
    ("syncs = 1", "dss.toml:1: syncs: expected tables [syncs.NAME]"),
    ("[syncs]\nnightly = 1", "dss.toml:2: syncs.nightly: expected tables [syncs.NAME]"),
    ("[syncs.a]\nmaxage = 1", "dss.toml:2: syncs.a.maxage: unknown key; did you mean 'max_age'?"),
    (
        "[syncs.a]\nzzz = 1",
        "dss.toml:2: syncs.a.zzz: unknown key; known are max_age, min_share, zone, blackout, additions_only, "
        "give_up_after, incremental, guard",
    ),
    (
        '[syncs.a]\nmax_age = "soon"',
        'dss.toml:2: syncs.a.max_age: expected a time, such as "26 hours", "90 minutes" or "2 days", '
        "found 'soon'",
    ),
    ("[syncs.a]\nmax_age = 26", "found 26"),
    ('[syncs.a]\nmax_age = "0 hours"', "found '0 hours'"),
    (
        '[syncs.a]\nmin_share = "101%"',
        "dss.toml:2: syncs.a.min_share: expected a percentage, such as \"50%\", found '101%'",
    ),
    ("[syncs.a]\nmin_share = 50", "found 50"),
    (
        '[syncs.a]\nzone = "Europe/Wien"',
        "dss.toml:2: syncs.a.zone: expected an IANA time zone, such as Europe/Vienna, found 'Europe/Wien'",
    ),
    ('[syncs.a]\nzone = "Europe/Viena"', "; did you mean 'Europe/Vienna'?"),
    ("[syncs.a]\nzone = 1", "found 1"),
    ('[syncs.a]\nzone = "../etc"', "found '../etc'"),
    (
        '[syncs.a]\n\nblackout = ["2026-12-24"]',
        'dss.toml:3: syncs.a.blackout: days begin at midnight somewhere: set zone = "Europe/Vienna" as well',
    ),
    ('[syncs.a]\nadditions_only = ["2026-12-24"]', "syncs.a.additions_only: days begin at midnight"),
    (
        '[syncs.a]\nzone = "UTC"\nblackout = "2026-12-24"',
        "dss.toml:3: syncs.a.blackout: expected a list of days or of first and last days",
    ),
    ('[syncs.a]\nzone = "UTC"\nblackout = ["2026-02-30"]', "'2026-02-30': there is no day 2026-02-30"),
    (
        '[syncs.a]\nzone = "UTC"\nblackout = ["24.12.2026"]',
        "'24.12.2026': expected a day, as 2026-12-24, found '24.12.2026'",
    ),
    (
        '[syncs.a]\nzone = "UTC"\nblackout = ["2026-12-24.."]',
        "'2026-12-24..': expected a day, as 2026-12-24, found ''",
    ),
    (
        '[syncs.a]\nzone = "UTC"\nblackout = ["2027-01-02..2026-12-24"]',
        "ends on 2026-12-24, before it begins on 2027-01-02",
    ),
    ('[syncs.a]\nzone = "UTC"\nblackout = [2026-12-24T00:00:00]', "found 2026-12-24 00:00:00"),
    ('[syncs.a]\nzone = "UTC"\nblackout = [1]', "found 1"),
    ("[syncs.a]\nincremental = 1", "syncs.a.incremental: expected a whole number from 2 on, found 1"),
    ("[syncs.a]\nincremental = true", "expected a whole number from 2 on, found True"),
    ("[syncs.a]\nguard = 1", "dss.toml:2: syncs.a.guard: expected tables [syncs.a.guard.BRANCH]"),
    ("[syncs.a.guard]\nb = 1", "dss.toml:2: syncs.a.guard.b: expected tables [syncs.a.guard.BRANCH]"),
    ("[syncs.a.guard.b]\nolds = 1", "dss.toml:2: syncs.a.guard.b.olds: unknown key; did you mean 'old'?"),
    (
        "[syncs.a.guard.b]\n# old\nold = -1",
        'dss.toml:3: syncs.a.guard.b.old: expected a number of records, a percentage such as "10%", or both, '
        'as [25, "10%"], found -1',
    ),
    ("[syncs.a.guard.b]\nold = true", "found True"),
    ("[syncs.a.guard.b]\nold = 1.5", "found 1.5"),
    ("[syncs.a.guard.b]\nold = []", "found []"),
    ('[syncs.a.guard.b]\nold = [1, 2, "3%"]', "found [1, 2, '3%']"),
    ('[syncs.a.guard.b]\nold = "x%"', "found 'x%'"),
    (
        "[syncs.a.guard.b]\nmin_rows = -1",
        "syncs.a.guard.b.min_rows: expected a whole number from 0 on, found -1",
    ),
    ("[syncs.a.guard.b]\nmin_rows = true", "found True"),
)


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_rules_are_errors_with_their_line(text: str, message: str) -> None:
    """Each says where it is, what was expected, and what may have been meant."""
    _, (problem,) = settings(text)
    assert message in problem


def test_every_problem_is_told() -> None:
    """Not only the first."""
    _, problems = settings("[syncs.a]\nmax_age = 1\nx = 1\n[syncs.a.guard.b]\nold = -1\n[syncs.b]\nzone = 1")
    assert [2, 3, 5, 7] == [int(each.split(":")[1]) for each in problems]


@given(st.dates(), st.integers(0, 400))
def test_a_window_reads_back(first: date, length: int) -> None:
    """A window that is written as its first and last day has these."""
    last = min(first.toordinal() + length, date.max.toordinal())
    end = date.fromordinal(last)
    assert (Window(first, end),) == values.windows([f"{first}..{end}"])
    assert (Window(first, first),) == values.windows([str(first)]) == values.windows([first])


@given(st.sampled_from(["minute", "hour", "day", "week"]), st.integers(1, 999_999))
def test_a_duration_reads_as_it_is_said(unit: str, number: int) -> None:
    """With or without an s, and with or without a space."""
    expected = timedelta(**{f"{unit}s": number})
    for text in (f"{number} {unit}s", f"{number}{unit}"):
        assert expected == values.duration(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[syncs.nihgtly]", "dss.toml:9: syncs.nihgtly: there is no sync 'nihgtly'; did you mean 'nightly'?"),
        (
            "[syncs.nightly.guard.prodcts]\nold = 1",
            "dss.toml:9: syncs.nightly.guard.prodcts: there is no branch 'prodcts'; did you mean 'products'?",
        ),
    ],
)
def test_rules_of_what_the_schema_does_not_have_are_errors(shop: Shop, text: str, message: str) -> None:
    """A name that nothing has would guard nothing."""
    shop.settings(shop=f"\n{text}")
    for arguments in (("plan", "nightly"), ("sync", "nightly"), ("plan", "Supplier", "Shop")):
        done = shop.dss(*arguments)
        assert 1 == done.exit_code
        assert message in done.stderr
