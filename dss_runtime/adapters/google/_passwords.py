"""Passwords of new users, which nobody knows."""

from __future__ import annotations

import secrets
import string

_CHARACTERS = string.ascii_letters + string.digits + "!#$%*+-=?@_"
_LENGTH = 40


def new_password() -> str:
    """Return a random password: printable ASCII, between the 8 and 100 characters that Google takes."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(_LENGTH))
