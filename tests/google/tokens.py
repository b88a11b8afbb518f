"""The stand-in's tokens: whom a service account acts for, and with which scopes."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.google.description import METHODS, Json
from tests.google.directory import RefusedError


@dataclass
class Tokens:
    """Grants tokens for the scopes that an administrator has allowed; where that is None, a request
    needs no token."""

    allowed: set[str] | None = None
    rights: bool = True
    granted: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    claims: list[Json] = field(default_factory=list[Json])

    def grant(self, form: dict[str, str]) -> tuple[int, Json]:
        """Return a token for what a signed assertion asks for."""
        payload = form["assertion"].split(".")[1]
        claims: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        self.claims.append(claims)
        wanted = set(str(claims["scope"]).split())
        if not wanted <= (self.allowed or set()):
            said = "Client is unauthorized to retrieve access tokens using this method"
            return 401, {"error": "unauthorized_client", "error_description": said}
        token = secrets.token_hex(8)
        self.granted[token] = wanted
        return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}

    def check(self, method: str, authorization: str) -> None:
        """Raise RefusedError unless the token of a request has one of the scopes of its method."""
        if not self.rights:
            raise RefusedError(403, "forbidden", "Not Authorized to access this resource/api")
        if self.allowed is None:
            return
        described: Any = METHODS[method]
        if self.granted.get(authorization.removeprefix("Bearer "), set()).isdisjoint(described["scopes"]):
            raise RefusedError(403, "insufficientPermissions", "Insufficient authentication scopes.")
