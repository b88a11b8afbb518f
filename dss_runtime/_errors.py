"""Every error that the runtime raises, below one root.

Handlers and adapters say what went wrong by type alone: `TransientError` may pass and is tried again,
`UnknownOutcomeError` is looked into first, anything else is final for that action. All of them pickle: what
the constructor takes is what `args` holds.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from dss_runtime._shown import text_of
from dss_runtime._typing import override


class Place(NamedTuple):
    """Where a value came from; line and column count from 1, 0 where there is none."""

    file: str
    line: int = 0
    column: str = ""

    @override
    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.column}" if self.column else where


class DssError(Exception):
    """The root of all errors of datastoresync."""


class DeclarationError(DssError):
    """A tree, branch, importer or template is declared wrongly; the text says which and how."""


class SettingsError(DssError):
    """The settings lack something or hold something of the wrong kind."""


class TransientError(DssError):
    """It did not work now but may later, and nothing was left behind: the runtime tries the action again.

    `retry_after` are the seconds to wait at least, where the system says so, or the text of HTTP's header
    Retry-After: seconds or a date; as in HTTP, a text that is neither counts for nothing. Raises TypeError
    or ValueError for what else makes no sense.
    """

    def __init__(self, reason: str = "", retry_after: float | str | None = None) -> None:
        self.reason = reason
        self.retry_after = _seconds(retry_after)
        super().__init__(reason, self.retry_after)

    @override
    def __str__(self) -> str:
        return self.reason


def _seconds(retry_after: object) -> float | None:
    """Return the seconds that a Retry-After stands for."""
    if retry_after is None:
        return None
    if isinstance(retry_after, str):
        return _seconds_in(retry_after.strip())
    if isinstance(retry_after, bool) or not isinstance(retry_after, (int, float)):
        raise TypeError(f"retry_after: expected seconds or a text, got {type(retry_after).__name__}")
    if math.isnan(retry_after):
        raise ValueError("retry_after: expected seconds, got nan")
    return max(float(retry_after), 0.0)


def _seconds_in(text: str) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)


class UnknownOutcomeError(DssError):
    """The answer was lost, as by a time-out: it may have happened.

    The runtime asks the template to `look` before it tries the action again, so that nothing is done twice.
    """


class PermanentError(DssError):
    """It will not work however often it is tried."""


class HeldError(DssError):
    """The run was held before anything was written, because going on could do damage."""


class SourceError(HeldError):
    """A source is missing, empty, truncated or cannot be read as a whole: it never counts as data."""

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason

    @override
    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class RowError(DssError):
    """One row cannot be read, and its branch asks that this ends the import."""

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason

    @override
    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class DuplicateKeyError(DssError):
    """Two records of a branch have the same key, or keys that Python could not tell apart."""

    def __init__(self, branch: str, key: object, reason: str = "") -> None:
        super().__init__(branch, key, reason)
        self.branch = branch
        self.key = key
        self.reason = reason

    @override
    def __str__(self) -> str:
        detail = f": {self.reason}" if self.reason else ""
        return f"branch {self.branch} holds the key {text_of(self.key)} twice{detail}"
