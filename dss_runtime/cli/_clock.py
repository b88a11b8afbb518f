"""The clock: the one place where a command asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)
