"""What drivers say, each in its own way."""

from __future__ import annotations

from typing import Any

_SHOWS_WHOLE_ROW = ("23502", "23514", "44000")
"""SQLSTATEs to which PostgreSQL adds the row, long values cut off, so that masking would miss them."""


def message_of(error: Any) -> str:
    """Return the text of a driver's *error*.

    Of PostgreSQL's that is its message and, where it shows no more than a key, its detail; of MySQL's and
    MariaDB's, what comes after the number.
    """
    diagnosis = getattr(error, "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    if primary:
        shown = getattr(error, "sqlstate", None) not in _SHOWS_WHOLE_ROW
        detail = getattr(diagnosis, "message_detail", None) if shown else None
        return f"{primary}: {detail}" if detail else str(primary)
    if number_of(error) is not None:
        return str(error.args[1])
    return str(error)


def number_of(error: Any) -> int | None:
    """Return the number that MySQL and MariaDB give an *error*, None for one of another kind."""
    match getattr(error, "args", None):
        case (int(number), str()):
            return number
        case _:
            return None
