"""What a result of the directory means, and how people read it."""

from __future__ import annotations

from typing import Any, cast

import ldap

from dss_runtime import DssError, PermanentError, TransientError, UnknownOutcomeError

PARTIAL: tuple[type[ldap.LDAPError], ...] = (
    ldap.SIZELIMIT_EXCEEDED, ldap.TIMELIMIT_EXCEEDED, ldap.ADMINLIMIT_EXCEEDED, ldap.PARTIAL_RESULTS,
    ldap.REFERRAL,
)  # fmt: skip
"""Results that come with a part of what was asked for."""
_AWAY = (ldap.BUSY, ldap.UNAVAILABLE, ldap.CONNECT_ERROR)
_LOST = (ldap.SERVER_DOWN, ldap.TIMEOUT)
_UNTOLD = (*_LOST, ldap.CONNECT_ERROR)
"""Errors that the library makes itself; what it says of them is about sockets, if anything."""
NO_RIGHTS = (ldap.INVALID_CREDENTIALS, ldap.INSUFFICIENT_ACCESS, ldap.INAPPROPRIATE_AUTH)

_TEXTS: dict[type[ldap.LDAPError], str] = {
    ldap.ALREADY_EXISTS: "there is an entry of that name already",
    ldap.OBJECT_CLASS_VIOLATION: "the entry lacks what its object classes need, or has one too many",
    ldap.INVALID_SYNTAX: "a value is not what its attribute takes, such as no text, or mail beyond ASCII",
    ldap.CONSTRAINT_VIOLATION: "a value breaks a rule, such as a second one where one is allowed",
    ldap.TYPE_OR_VALUE_EXISTS: "a value that was to be added is there already",
    ldap.NO_SUCH_ATTRIBUTE: "a value that was to be removed is not there",
    ldap.NOT_ALLOWED_ON_RDN: "the attribute names the entry",
    ldap.NO_SUCH_OBJECT: "there is no such entry any more",
    ldap.NOT_ALLOWED_ON_NONLEAF: "there are entries below it",
    ldap.UNDEFINED_TYPE: "an attribute is not in the directory's schema",
    ldap.INSUFFICIENT_ACCESS: "the account may not do this",
    ldap.INVALID_CREDENTIALS: "bind_dn or password is wrong",
    ldap.UNWILLING_TO_PERFORM: "the directory refuses it",
    ldap.SERVER_DOWN: "the directory does not answer, or its certificate is none for this host and ca_file",
    ldap.CONNECT_ERROR: "the directory's certificate is none for this host and ca_file, or it has none",
    ldap.TIMEOUT: "the directory does not answer in time",
}


def text_of(error: ldap.LDAPError) -> str:
    """Return what an error means, with what the directory says of it."""
    told = _told(error)
    said = " ".join(str(told.get("info") or told.get("desc") or type(error).__name__).split())
    meaning = next((text for kind, text in _TEXTS.items() if isinstance(error, kind)), "")
    if meaning and isinstance(error, _UNTOLD):
        return meaning
    return f"{meaning}: {said}" if meaning and said not in meaning else meaning or said


def ours(error: ldap.LDAPError, *, sent: bool) -> DssError:
    """Return an error of the directory as one of ours; *sent* says that something may have been changed."""
    if isinstance(error, _LOST):
        text = f"the connection to the directory broke: {text_of(error)}"
        return UnknownOutcomeError(text) if sent else TransientError(text)
    if isinstance(error, _AWAY):
        return TransientError(text_of(error))
    return PermanentError(text_of(error))


def _told(error: ldap.LDAPError) -> dict[str, Any]:
    first: object = error.args[0] if error.args else {}
    return cast("dict[str, Any]", first) if isinstance(first, dict) else {"desc": str(first)}
