"""Moodle's errors, as its web services answer them."""

from __future__ import annotations

from typing import Any


class MoodleSaysError(Exception):
    """An error; `detail` is told only where debugging is on."""

    def __init__(self, exception: str, code: str, message: str, detail: str = "") -> None:
        super().__init__(exception, code, message, detail)
        self.exception = exception
        self.code = code
        self.message = message
        self.detail = detail

    def body(self, *, debug: bool) -> dict[str, Any]:
        """Return the answer."""
        found = {"exception": self.exception, "errorcode": self.code, "message": self.message}
        return {**found, "debuginfo": self.detail} if debug and self.detail else found


def invalid(detail: str) -> MoodleSaysError:
    """Return what most refusals are."""
    message = "Invalid parameter value detected"
    return MoodleSaysError("invalid_parameter_exception", "invalidparameter", message, detail)


def refused(code: str, message: str, detail: str = "") -> MoodleSaysError:
    """Return an error with a text of its own."""
    return MoodleSaysError("moodle_exception", code, message, detail)


def coding(message: str, detail: str) -> MoodleSaysError:
    """Return what Moodle takes for a mistake of a programmer."""
    whole = f"Coding error detected, it must be fixed by a programmer: {message}"
    return MoodleSaysError("coding_exception", "codingerror", whole, detail)


def not_written(detail: str) -> MoodleSaysError:
    """Return what the database refuses."""
    return MoodleSaysError("dml_write_exception", "dmlwriteexception", "Error writing to database", detail)
