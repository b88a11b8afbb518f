"""The clock: the one place where a command asks what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds that nobody sets back: what is between two of them has passed."""
    return time.monotonic()
