"""Long work shows itself: a bar on a terminal, a line a minute elsewhere, nothing where it is short."""

from __future__ import annotations

import io
import itertools
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import override
from dss_runtime._progress import Estimate
from dss_runtime.cli import _clock, app
from dss_runtime.cli._minutes import Minutes
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._session import Session
from dss_runtime.cli._speed import SPAN, Speedometer, State
from dss_runtime.cli._terminal import Terminal
from tests.cli.conftest import Shop
from tests.cli.run_shops import several
from tests.cli.test_notify import tell

TIMES = st.floats(0, 1e6, allow_nan=False)
COUNTS = st.integers(0, 10**9)


class Clock:
    """A clock that goes on when it is told to, and by *step* seconds whenever somebody looks."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 1000.0
        self.step = step

    def __call__(self) -> float:
        """Return the seconds it shows."""
        self.now += self.step
        return self.now


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def session_of(clock: Clock, err: io.StringIO) -> Session:
    """Return a session whose minutes are those of *clock* and whose messages go to *err*."""
    secrets = Secrets()
    out = Terminal(io.StringIO(), secrets)
    return Session(out, Terminal(err, secrets), secrets, minutes=Minutes(clock))


# -- how fast, and how long ---------------------------------------------------------------------------


@given(st.lists(st.tuples(TIMES, COUNTS)))
def test_no_speed_and_no_remaining_time_is_negative(seen: list[tuple[float, int]]) -> None:
    """Whatever is told, even that less is done than before: neither is below zero, or no number."""
    speedometer, now = Speedometer(), 0.0
    for passed, done in seen:
        now += passed
        state = State("read", "A", "b", done, 10**6, speedometer.speed(now, done))
        assert math.isfinite(state.speed)
        assert state.speed >= 0
        assert state.seconds_left is None or state.seconds_left >= 0


@given(st.integers(1, 10**6), st.integers(1, 60), st.lists(st.integers(1, 20), min_size=1))
def test_an_even_speed_is_told_as_it_is(speed: int, much: int, steps: list[int]) -> None:
    """What goes evenly has its speed, and takes as long as it says."""
    speedometer, now = Speedometer(), 0
    found = speedometer.speed(0, 0)
    for step in steps:
        now += step
        found = speedometer.speed(now, speed * now)
    state = State("read", "A", "b", speed * now, speed * (now + much), found)
    assert pytest.approx(speed) == found
    assert pytest.approx(much) == state.seconds_left


def test_what_was_long_ago_does_not_count() -> None:
    """After a change of speed, the new one is what counts once it has lasted."""
    speedometer = Speedometer()
    found, done = 0.0, 0
    for now in range(200):
        found = speedometer.speed(now, done)
        done += 1000 if now < 100 else 10
    assert 10 == found
    assert SPAN < 100


@pytest.mark.parametrize(
    ("done", "total", "speed", "text"),
    [
        (412_000, 1_000_000, 6_917.6, "412,000 of 1,000,000 (41 %), 6,900 a second, about 1 min 25 s left"),
        (1, Estimate(1_049_000), 2.0, "1 of about 1,000,000 (0 %), 2 a second, about 6 d 1 h left"),
        (5, 0, 0.0, "5"),
        (5, 0, 0.5, "5, 30 a minute"),
        (7, 7, 3.0, "7 of 7 (100 %), 3 a second"),
        (0, 7, 0.0, "0 of 7 (0 %)"),
        (9, 10, 0.001, "9 of 10 (90 %), 1 a minute, about 16 min 40 s left"),
        (99, 100, 5.0, "99 of 100 (99 %), 5 a second, about 1 s left"),
    ],
)
def test_a_state_as_a_person_reads_it(done: int, total: int, speed: float, text: str) -> None:
    """Only what is known is said, and no more exactly than it is known."""
    assert f"read A.b: {text}" == str(State("read", "A", "b", done, total, speed))


@given(COUNTS, COUNTS, st.floats(0, 1e9), st.booleans())
def test_every_state_can_be_told(done: int, total: int, speed: float, estimated: bool) -> None:
    """Whatever the numbers, the text is one line, and claims no remaining time without a total."""
    state = State("apply", "A", "b, new", done, Estimate(total) if estimated else total, speed)
    assert 1 == len(str(state).splitlines())
    assert ("left" in str(state)) <= (total > done and speed > 0)
    assert state.percent is None or 0 <= state.percent <= 100


# -- a line a minute ----------------------------------------------------------------------------------

REPORTS = st.lists(
    st.tuples(st.floats(0, 90), st.sampled_from(["read", "diff", "apply"]), st.integers(0, 50)), max_size=60
)


@given(st.lists(REPORTS, max_size=4))
def test_lines_come_once_a_minute_at_most(parts: list[list[tuple[float, Any, int]]]) -> None:
    """None in the first minute, then one a minute, however many trees follow each other in a command.

    Each tells of the last that was heard; and none is left out where a minute is over.
    """
    clock = Clock()
    begun = clock.now
    lines: list[tuple[float, str]] = []

    class Err(io.StringIO):
        @override
        def write(self, text: str, /) -> int:
            lines.append((clock.now, text))
            return len(text)

    session = session_of(clock, Err())
    last, told = begun, 0
    for part in parts:
        with Bars(session) as bars:
            report = bars("Tree")
            for passed, stage, done in part:
                clock.now += passed
                report(stage, "things", done, 50)
                if clock.now - last >= 60:
                    assert f"{stage} Tree.things: {done} of 50" in lines[-1][1]
                    last, told = clock.now, told + 1
                assert told == len(lines)
    times = [begun, *(at for at, _ in lines)]
    assert all(after - before >= 60 for before, after in itertools.pairwise(times))


def test_the_last_state_is_told_when_the_work_ends_late() -> None:
    """What ends a minute or more after the last line has its last state told, also when it fails."""
    clock, err = Clock(), io.StringIO()
    session = session_of(clock, err)
    bars = Bars(session)
    with pytest.raises(KeyboardInterrupt), bars:
        _interrupted(bars, clock)
    assert "apply Shop.products, new: 3 of 10 (30 %)\n" == err.getvalue()


def _interrupted(bars: Bars, clock: Clock) -> None:
    bars("Shop")("apply", "products, new", 3, 10)
    clock.now += 75
    raise KeyboardInterrupt


def test_what_is_told_too_often_is_not_looked_at() -> None:
    """Between two looks, only the end of a work counts, and the beginning of another."""
    clock, err = Clock(), Screen()
    session = session_of(clock, err)
    shown: list[tuple[str, int]] = []
    with Bars(session) as bars:
        assert bars.bar is not None
        bars.bar.show = lambda state: shown.append((state.what, state.done))  # type: ignore[method-assign]
        report = bars("Shop")
        for done in range(1001):
            report("read", "products", done, 1000)
            clock.now += 2**-10
        for done in range(10):
            report("read", "prices", done, 0)
    assert [*(("products", done) for done in (0, 512, 1000)), ("prices", 0)] == shown
    assert "" == "".join(line for line in err.getvalue().splitlines() if "products" in line)


# -- in the commands ----------------------------------------------------------------------------------


def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute pass whenever a command looks at the clock."""
    monkeypatch.setattr(_clock, "monotonic", Clock(60.0))


def lines_of(shop: Shop, *arguments: str) -> list[str]:
    """Return what a command says of its progress on standard error."""
    return [each for each in shop.dss(*arguments).stderr.splitlines() if each.startswith(_STAGES)]


_STAGES = ("read ", "diff ", "apply ")


def test_a_short_run_is_silent(shop: Shop) -> None:
    """What takes less than a minute says nothing of its progress."""
    shop.left(products=[{"sku": "A"}])
    for command in ("plan", "sync"):
        assert "" == shop.dss(command, "nightly").stderr


def test_a_long_run_tells_of_each_stage(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading, comparing, writing and reading again are told, and the output is the same as without."""
    shop.left(products=[{"sku": "A"}])
    quick = shop.dss("plan", "nightly")
    slow(monkeypatch)
    long = shop.dss("plan", "nightly")
    assert (quick.exit_code, quick.stdout) == (long.exit_code, long.stdout)
    told = lines_of(shop, "sync", "nightly", "--verify")
    works = list(dict.fromkeys(line.partition(":")[0] for line in told))
    assert [
        "read Supplier.products",
        "read Supplier.prices",
        "read Shop.products",
        "read Shop.prices",
        "read Shop.notes",
        "diff Shop.products",
        "apply Shop.products, new",
    ] == [each for each in works if each != "diff Shop.products, old"]
    assert {"A"} == {each["sku"] for each in shop.held["products"]}


def test_json_stays_json(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is not on standard output."""
    shop.left(products=[{"sku": "A"}])
    slow(monkeypatch)
    done = shop.dss("plan", "nightly", "--json")
    assert 2 == done.exit_code
    assert 1 == len(json.loads(done.stdout)["actions"])
    assert "read Supplier.products: " in done.stderr


def test_a_run_of_several_syncs_tells_of_each_tree(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source is read once, and each target is told of by its name."""
    several(shop)
    shop.left(products=[{"sku": "A"}])
    slow(monkeypatch)
    told = lines_of(shop, "run", "nightly")
    trees = [line.partition(".")[0] for line in told]
    assert ["read Supplier", *itertools.chain(*(
        (f"read {name}", f"diff {name}", f"apply {name}") for name in ("Shop", "Market", "Kiosk")
    ))] == list(dict.fromkeys(trees))  # fmt: skip


def events(text: str) -> Sequence[Any]:
    """Return what a log says of progress."""
    return [each for each in map(json.loads, text.splitlines()) if each.get("event") == "progress"]


def test_the_log_has_it_as_events(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log file gets a line for each minute, with its numbers."""
    tell(shop, '[log]\nfile = "log.jsonl"\n')
    shop.left(products=[{"sku": "A"}])
    slow(monkeypatch)
    told = lines_of(shop, "sync", "nightly")
    found = events((shop.folder / "log.jsonl").read_text(encoding="utf-8"))
    assert told == [each["message"] for each in found]
    first = found[0]
    assert ("read", "Supplier", "products", 1, 1) == tuple(
        first[key] for key in ("stage", "tree", "what", "done", "total")
    )


def test_a_log_on_standard_error_has_each_line_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where standard error takes JSON, the event is the line."""
    tell(shop, '[log]\nstderr = "json"\n')
    shop.left(products=[{"sku": "A"}])
    slow(monkeypatch)
    found = list(map(json.loads, shop.dss("sync", "nightly").stderr.splitlines()))
    told = [each for each in found if each["message"].startswith(_STAGES)]
    assert {"progress"} == {each["event"] for each in told}
    reads = [each["message"] for each in told if each["stage"] == "read"]
    assert sorted(set(reads)) == sorted(reads)


# -- on a terminal ------------------------------------------------------------------------------------


def test_a_bar_tells_how_far_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar of what is under way has its count, speed and remaining time, and makes room for the next."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    clock, err = Clock(), Screen()
    with Bars(session_of(clock, err)) as bars:
        report = bars("Supplier")
        for _ in range(5):
            report("read", "products", int(10 * (clock.now - 1000)), Estimate(1000))
            clock.now += 10
        assert bars.bar is not None
        bars.bar.draw()
        text = err.getvalue()
        report("read", "prices", 1, 0)
        bars.bar.draw()
        rest = err.getvalue().removeprefix(text)
    for each in ("read Supplier.products", "400 of about 1,000", "10/s", "1 min left"):
        assert each in text
    assert "read Supplier.prices" in rest
    assert "products" not in rest
    assert "left" not in rest


def test_a_terminal_has_no_lines(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are bars, the minutes are for the log alone."""
    shop.left(products=[{"sku": "A"}])
    slow(monkeypatch)
    out, err = io.StringIO(), Screen()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(SystemExit):
        app.main(["-C", str(shop.folder), "plan", "nightly"])
    assert not [line for line in err.getvalue().splitlines() if line.startswith(_STAGES)]
    assert "\x1b" not in out.getvalue()
