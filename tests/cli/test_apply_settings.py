"""The tables [trees.NAME.apply] of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Policy, SettingsError
from dss_runtime.cli._apply_settings import APPLY_KEYS, ApplySettings
from dss_runtime.cli._apply_values import Rate
from dss_runtime.cli._pace import JITTER, LONGEST, Turns, wait
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._settings import Settings, find_settings, read_settings
from tests.runtime.flaky import Clock, batches, handlers, source, target


def read(folder: Path, text: str) -> Settings:
    """Return the settings in *text*."""
    (folder / "dss.toml").write_text(text)
    return read_settings(find_settings(folder), Secrets())


def never() -> str:
    """Go on."""
    return ""


def test_what_is_said_of_a_tree_becomes_its_policy(tmp_path: Path) -> None:
    """Every key reaches the policy; none of them is a setting of the tree itself."""
    settings = read(
        tmp_path,
        '[trees.Shop]\nfolder = "x"\n[trees.Shop.apply]\nrate = "10/second"\nconcurrency = 4\n'
        'batch_size = 50\nattempts = 5\nretry_for = "2 minutes"\naway_after = 7\n'
        'on_error = "stop"\n[trees.Other]\n',
    )

    found = settings.apply["Shop"]
    policy = found.policy(never)

    assert Rate(10, 1) == found.rate
    assert (4, 50, 5, 120.0, 7, "stop") == (
        policy.concurrency,
        policy.batch_size,
        policy.attempts,
        policy.retry_for,
        policy.away_after,
        policy.on_error,
    )
    assert ["folder"] == list(settings.tree_settings(["Shop"])["Shop"])
    assert ["Shop"] == list(settings.apply)


def test_what_is_not_said_is_as_in_the_library() -> None:
    """The command line adds chance to the waits, and nothing else."""
    ours, theirs = ApplySettings().policy(never), Policy()

    for name in (
        "on_error",
        "attempts",
        "retry_for",
        "away_after",
        "batch_size",
        "concurrency",
        "turn",
        "guarded",
    ):
        assert getattr(theirs, name) == getattr(ours, name)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("rates = 1", "trees.Shop.apply.rates: unknown key; did you mean 'rate'?"),
        (
            "rate = 5",
            'trees.Shop.apply.rate: expected how often at most, such as "10/second" or "300/minute", found 5',
        ),
        (
            'rate = "0/second"',
            'trees.Shop.apply.rate: expected how often at most, such as "10/second" or "300/minute", '
            "found '0/second'",
        ),
        ("concurrency = 0", "trees.Shop.apply.concurrency: expected a whole number from 1 on, found 0"),
        ("attempts = true", "trees.Shop.apply.attempts: expected a whole number from 1 on, found True"),
        ('on_error = "go"', 'trees.Shop.apply.on_error: expected "continue" or "stop", found \'go\''),
        (
            "retry_for = 300",
            'trees.Shop.apply.retry_for: expected a time, such as "26 hours", "90 minutes" or "2 days", '
            "found 300",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, problem: str) -> None:
    """Unknown keys and values that make no sense are errors before anything is read."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"[trees.Shop]\n[trees.Shop.apply]\n{line}\n")

    assert str(caught.value).split(":", 2)[1:] == ["3", f" {problem}"]


def test_the_table_must_be_one(tmp_path: Path) -> None:
    """`apply` is reserved on every tree."""
    with pytest.raises(
        SettingsError, match=r":2: trees\.Shop\.apply: expected a table \[trees\.Shop\.apply\]"
    ):
        read(tmp_path, '[trees.Shop]\napply = "fast"\n')


@given(st.sampled_from(sorted(APPLY_KEYS)), st.none() | st.booleans() | st.integers(max_value=0) | st.text())
def test_no_value_is_taken_for_another(key: str, value: Any) -> None:
    """Whatever a key takes, it refuses the rest by a ValueError that says what it takes."""
    if key == "on_error" and value in ("continue", "stop"):
        return
    with pytest.raises(ValueError, match=r"^expected "):
        APPLY_KEYS[key].read(value)


@given(st.integers(1, 40))
def test_waits_grow_and_are_bounded(attempt: int) -> None:
    """Each wait is at least that of exponential growth, and at most a bit of chance more."""
    least = min(0.5 * 2 ** (attempt - 1), LONGEST)

    assert least <= wait(attempt) <= least + JITTER


@given(st.integers(1, 5), st.integers(1, 60), st.lists(st.floats(0, 30), max_size=30))
def test_no_more_turns_are_taken_than_agreed(times: int, seconds: int, pauses: list[float]) -> None:
    """Whenever it is asked, within any stretch of so many seconds no more than so many turns are given."""
    clock = Clock()
    turns = Turns(Rate(times, seconds), clock)
    taken: list[float] = []
    for pause in pauses:
        clock.sleep(pause)
        while (left := turns()) > 0:
            clock.sleep(left)
        taken.append(clock())

    for first, later in zip(taken, taken[times:], strict=False):
        assert later - first > seconds - 0.002


@pytest.mark.parametrize("make", [handlers, batches])
@pytest.mark.parametrize("at_once", [1, 4])
def test_rate_and_concurrency_go_together(make: Any, at_once: int) -> None:
    """Several threads share the turns of one system."""
    names = dict.fromkeys("abcdef", "x")
    service, tree = target({}, {"a": ["lost before"]}, make)
    clock = service.clock
    policy = clock.policy(batch_size=1, concurrency=at_once, turn=Turns(Rate(2, 10), clock))

    assert source(names).sync(tree, policy=policy).ok

    times = sorted(time for _, time in service.tries)
    assert 7 == len(times)
    assert all(later - first >= 9.9 for first, later in zip(times, times[2:], strict=False))
