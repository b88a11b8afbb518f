"""Requests to a SCIM service, and what their failures mean."""

from __future__ import annotations

import json
import logging
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import httpx2

from dss_runtime import DssError, PermanentError, TransientError, UnknownOutcomeError
from dss_runtime.adapters.scim._paths import Json, member
from dss_runtime.adapters.scim._settings import Settings
from dss_runtime.codegen import override

# At INFO it would write every address into logs, with the filters that hold keys and mail addresses.
logging.getLogger("httpx2").setLevel(logging.WARNING)

_MEDIA = "application/scim+json"
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""What is raised before anything of a request has left."""
_BUSY = (429, 503)
"""Answers of a service that has not carried out what it was asked."""
_GATEWAYS = (500, 502, 504)
"""Answers after which nobody knows whether it has."""
_MOVED = (301, 302, 303, 307, 308)
_HOPS = 3


class RefusedError(PermanentError):
    """The service has answered that it does not do what it was asked."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(status, kind, detail)
        self.status = status
        self.kind = kind
        self.detail = detail

    @override
    def __str__(self) -> str:
        said = f": {self.detail}" if self.detail else ""
        return f"{_meaning(self.status, self.kind)}{said}"


class BrokenAnswerError(PermanentError):
    """The service has answered with something that is no SCIM."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its JSON, None where it had no body, and the version of the resource, "" for none."""

    body: Json
    version: str
    server: str = ""
    """When the service says it is, as HTTP writes dates."""


class Connection:
    """Sends requests to one service. It may be used from several threads."""

    def __init__(self, settings: Settings) -> None:
        headers = {"Accept": f"{_MEDIA}, application/json;q=0.9", "Content-Type": _MEDIA}
        if settings.token:
            headers["Authorization"] = f"Bearer {settings.token}"
        self._base = settings.url
        self._client = httpx2.Client(
            headers=headers,
            auth=(settings.user, settings.password) if settings.user else None,
            verify=settings.trust(),
            timeout=settings.timeout,
            follow_redirects=False,
        )
        weakref.finalize(self, self._client.close)

    def get(self, place: str, parameters: Mapping[str, str | int] | None = None) -> Answer:
        """Return what is at *place*; a lost answer is TransientError, since reading changes nothing."""
        try:
            return self.send("GET", place, parameters=parameters)
        except UnknownOutcomeError as error:
            raise TransientError(str(error)) from None

    def send(
        self,
        method: str,
        place: str,
        body: Json = None,
        *,
        version: str = "",
        parameters: Mapping[str, str | int] | None = None,
    ) -> Answer:
        """Send one request; *version* is what the resource must still have.

        Raises TransientError where nothing was done and it may work later, UnknownOutcomeError where nobody
        knows, RefusedError for a refusal and BrokenAnswerError for an answer that is no SCIM.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"If-Match": version} if version else {}
        url = f"{self._base}/{place}"
        answer = self._exchange(method, url, content, headers, parameters)
        for _ in range(_HOPS):
            if answer.status_code not in _MOVED:
                break
            url = self._moved(method, answer)
            answer = self._exchange(method, url, content, headers, None)
        return _judged(answer)

    def _exchange(
        self,
        method: str,
        url: str,
        content: bytes | None,
        headers: Mapping[str, str],
        parameters: Mapping[str, str | int] | None,
    ) -> httpx2.Response:
        try:
            return self._client.request(
                method, url, content=content, headers=dict(headers), params=parameters
            )
        except _NOT_SENT as error:
            raise TransientError(f"the service cannot be reached: {_said(error)}") from None
        except httpx2.TransportError as error:
            raise UnknownOutcomeError(f"the answer was lost: {_said(error)}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise PermanentError(f"the request cannot be made: {_said(error)}") from None

    def _moved(self, method: str, answer: httpx2.Response) -> str:
        """Return where a redirect leads: on the same host, and by the same method, or nowhere."""
        url = urljoin(str(answer.url), answer.headers.get("Location", ""))
        here, there = urlsplit(self._base), urlsplit(url)
        if (here.scheme, here.netloc.casefold()) != (there.scheme, there.netloc.casefold()):
            host = f"{there.scheme}://{there.netloc}"
            text = f"it redirects to {host}, which is not followed: is the url right?"
            raise RefusedError(answer.status_code, "", text)
        if method != "GET" and answer.status_code not in (307, 308):
            raise RefusedError(answer.status_code, "", "it redirects what was to be written")
        return url


def _judged(answer: httpx2.Response) -> Answer:
    """Return what a good answer holds; raise what a bad one means."""
    status = answer.status_code
    if status in _BUSY:
        after = answer.headers.get("Retry-After")
        raise TransientError(_text_of(answer, "it is busy"), after)
    if status in _GATEWAYS:
        raise UnknownOutcomeError(_text_of(answer, "it has failed while it was at it"))
    if not 200 <= status < 300:
        kind, detail = _error_in(answer)
        raise RefusedError(status, kind, detail)
    body: Json = None
    if answer.content:
        try:
            body = json.loads(answer.content)
        except ValueError:
            kind = answer.headers.get("Content-Type", "nothing")
            text = f"expected JSON, the service has answered {kind}: is the url the base of SCIM?"
            raise BrokenAnswerError(text) from None
    version = answer.headers.get("ETag", "")
    if not version and isinstance(body, dict):
        version = version_of(cast("dict[str, Any]", body))
    return Answer(body, version, answer.headers.get("Date", ""))


def version_of(resource: Mapping[str, Any]) -> str:
    """Return the version of a resource, "" where it says none."""
    found = member(member(resource, "meta"), "version")
    return found if isinstance(found, str) else ""


def refusal_in(status: int, response: Json) -> DssError:
    """Return what the status and the body of one operation of a bulk request mean."""
    kind, detail = member(response, "scimType"), member(response, "detail")
    return RefusedError(status, str(kind or ""), str(detail or ""))


def _error_in(answer: httpx2.Response) -> tuple[str, str]:
    try:
        body = json.loads(answer.content)
    except ValueError:
        return "", ""
    return str(member(body, "scimType") or ""), str(member(body, "detail") or "")


def _text_of(answer: httpx2.Response, otherwise: str) -> str:
    _, detail = _error_in(answer)
    return f"the service has answered {answer.status_code}: {detail or otherwise}"


def _meaning(status: int, kind: str) -> str:
    """Return in words what a refusal is about."""
    match status, kind:
        case 401, _:
            return "the service does not accept the credentials (401)"
        case 403, _:
            return "the credentials have no right to this (403)"
        case 404, _:
            return "there is no such record any more (404)"
        case 409, _:
            return "a value that must be unique is taken by another record (409)"
        case 412, _:
            return "somebody else has changed the record meanwhile (412)"
        case 413, _:
            return "the service takes no request of this size (413)"
        case _, "":
            return f"the service has refused it ({status})"
        case _:
            return f"the service has refused it ({status}, {kind})"


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
