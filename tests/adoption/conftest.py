"""A project that adopts, and a clock that is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dss_runtime.cli import _clock
from dss_runtime.journal import _journal
from tests.adoption.projects import School, schools

NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
Clock = Callable[[float], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock to so many days after 2026-09-01; it stands there."""

    def at(days: float) -> None:
        now = NOW + timedelta(days=days)
        monkeypatch.setattr(_clock, "utc_now", lambda: now)
        monkeypatch.setattr(_journal, "_now", lambda: now.isoformat(timespec="milliseconds"))

    at(0)
    return at


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A project whose two sides are empty."""
    with schools(tmp_path / "school") as made:
        yield made
