"""What an error of the client says of a request: whether it was carried out, and whether it may be later."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Any, Literal, TypeAlias, cast

import httplib2
from google.auth.exceptions import GoogleAuthError, TransportError
from googleapiclient.errors import Error, HttpError  # pyright: ignore[reportMissingTypeStubs]

TROUBLE = (Error, httplib2.HttpLib2Error, HTTPException, GoogleAuthError, OSError, ValueError, KeyError)
"""What the client raises. A ValueError or KeyError of its own is an answer that makes no sense."""

Meaning: TypeAlias = Literal["transient", "unknown", "final"]
"""Nothing was left behind and it may work later; nobody knows; it will not work."""

_QUOTA = frozenset({"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What became of a request that was not answered with a resource; `status` is 0 where HTTP gave none."""

    meaning: Meaning
    text: str
    status: int = 0
    retry_after: str | None = None

    def as_read(self) -> Refusal:
        """Return what it means for a request that only reads: a lost answer leaves nothing behind."""
        return replace(self, meaning="transient") if self.meaning == "unknown" else self


def refusal_of(error: BaseException) -> Refusal:
    """Return what *error*, one of TROUBLE, says."""
    if isinstance(error, HttpError):
        return _http(error)
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, TransportError):
        return Refusal("transient", f"no token could be had: {text}")
    if isinstance(error, GoogleAuthError):
        return Refusal("final", f"the credentials are refused: {text}")
    if isinstance(error, (ConnectionRefusedError, socket.gaierror, httplib2.ServerNotFoundError)):
        return Refusal("transient", f"cannot connect: {text}")
    if isinstance(error, (ValueError, KeyError)):
        return Refusal("unknown", "the answer makes no sense")
    return Refusal("unknown", f"the answer was lost: {type(error).__name__}: {text}")


def _http(error: HttpError) -> Refusal:
    answer: Any = cast("Any", error).resp
    status = int(answer.status)
    reason, message = _said(error.content)
    text = f"{status} {reason}: {message}" if reason else f"{status} {message}"
    retry_after: str | None = answer.get("retry-after")
    if status == 429 or (status == 403 and reason in _QUOTA):
        return Refusal("transient", text, status, retry_after)
    if status == 412 and "creation is not complete" in message:
        return Refusal("transient", text, status, retry_after)
    return Refusal("unknown" if status >= 500 else "final", text, status, retry_after)


def _said(content: bytes | str) -> tuple[str, str]:
    """Return the reason and the message in an error's body, as far as it has them."""
    try:
        body: Any = json.loads(content)
        told = body["error"]
        errors: Any = told.get("errors")
        reason = str(errors[0].get("reason", "")) if errors else ""
        return reason, " ".join(str(told.get("message", "")).split())
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", "without a reason"
