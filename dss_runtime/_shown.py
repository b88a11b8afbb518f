"""The text of any value: a message must not fail because of what it shows."""

from __future__ import annotations

from collections.abc import Callable


def text_of(value: object, form: Callable[[object], str] = repr) -> str:
    """Return the value's `repr`, or what *form* makes of it; its kind alone where that fails.

    A value's own code may raise anything, and Python refuses to print an int of more than 4,300 digits.
    """
    try:
        return form(value)
    except Exception:  # noqa: BLE001 - see above
        return f"<{type(value).__name__} that cannot be shown>"
