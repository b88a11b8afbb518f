"""The one door to Google's client library, which is untyped: requests out, resources or refusals in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, TypeAlias, cast

import google_auth_httplib2  # pyright: ignore[reportMissingTypeStubs]
import httplib2
from google.auth.credentials import AnonymousCredentials
from google.oauth2 import service_account
from googleapiclient import discovery, discovery_cache  # pyright: ignore[reportMissingTypeStubs]

from dss_runtime import SettingsError
from dss_runtime.adapters.google._paths import Json
from dss_runtime.adapters.google._settings import Settings
from dss_runtime.adapters.google._trouble import TROUBLE, Refusal, refusal_of

AT_ONCE = 50
"""How many requests a batch holds: Google takes 1,000, and counts each of them against the same quota."""

Answer: TypeAlias = "Json | Refusal"
"""A resource, empty where nothing is returned, or why there is none."""


class Request(Protocol):
    """A request of the client library."""

    def execute(self, *, num_retries: int = 0) -> Any:
        """Send it, and return what is answered."""

    def add_response_callback(self, cb: Callable[[Mapping[str, str]], None]) -> None:
        """Have the headers of the answer given to *cb*."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method of a collection of the API with its parameters and body, and what follows when it has worked.

    Neither it nor its body is ever shown: there may be a password in it.
    """

    method: str
    arguments: Mapping[str, object] = field(repr=False)
    body: Json | None = field(default=None, repr=False)
    then: Call | None = None


@cache
def document() -> Mapping[str, Any]:
    """Return the description of the Directory API that the client library ships."""
    shipped = cast("Any", discovery_cache).get_static_doc("admin", "directory_v1")
    return cast("Mapping[str, Any]", json.loads(shipped))


class Directory:
    """The Directory API, reached with the scopes that are needed and no more."""

    def __init__(self, settings: Settings, scopes: Sequence[str]) -> None:
        self.settings = settings
        self._http: Any = google_auth_httplib2.AuthorizedHttp(
            _credentials(settings, scopes), http=httplib2.Http(timeout=settings.timeout)
        )
        # An endpoint in the client's options would not be the one that batches go to.
        described = {**document(), "rootUrl": settings.endpoint} if settings.endpoint else document()
        self._service: Any = cast("Any", discovery).build_from_document(described, http=self._http)
        self._collections: dict[str, Any] = {}

    def close(self) -> None:
        """Close the connections; the next request opens them again."""
        self._http.close()

    def request(self, collection: str, call: Call) -> Request:
        """Return the request for a *call* of a *collection*'s method."""
        body = {} if call.body is None else {"body": call.body}
        method: Any = getattr(self._collection(collection), call.method)
        return cast("Request", method(**call.arguments, **body))

    def next_page(self, collection: str, request: Request, page: Json) -> Request | None:
        """Return the request for the page after *page*, None after the last."""
        found: Any = self._collection(collection).list_next(request, page)
        return cast("Request | None", found)

    def _collection(self, name: str) -> Any:
        """Return a collection: the library would make it anew, and describe all its methods, at each call."""
        if name not in self._collections:
            self._collections[name] = getattr(self._service, name)()
        return self._collections[name]

    def read(self, request: Request) -> Json:
        """Return the answer to a request that only reads, tried several times (one of TROUBLE is raised)."""
        answer: Any = request.execute(num_retries=self.settings.retries)
        if not isinstance(answer, dict):
            raise ValueError("no JSON object")
        return cast("Json", answer)

    def send(self, collection: str, calls: Sequence[Call], *, in_order: bool = False) -> list[Answer]:
        """Send *calls*, each once, and return the answer to each.

        They are sent in batches, which Google carries out in any order, unless *in_order*. What a system that
        is away has not been sent is transient.
        """
        answers: list[Answer] = []
        step = 1 if in_order else AT_ONCE
        for start in range(0, len(calls), step):
            found, away = self._send(collection, calls[start : start + step])
            answers += found
            if away is not None:
                unsent = Refusal("transient", f"not sent after: {away.text}", retry_after=away.retry_after)
                return answers + [unsent] * (len(calls) - len(answers))
        return answers

    def _send(self, collection: str, calls: Sequence[Call]) -> tuple[list[Answer], Refusal | None]:
        """Return the answers to a few calls, and why nothing more is to be sent where the system is away."""
        requests = [self.request(collection, call) for call in calls]
        if len(requests) == 1:
            try:
                return [requests[0].execute() or {}], None
            except TROUBLE as error:
                refusal = refusal_of(error)
                return [refusal], None if refusal.meaning == "final" else refusal
        found: dict[str, Answer] = {}

        def note(request_id: str, answer: Any, error: BaseException | None) -> None:
            found[request_id] = (answer or {}) if error is None else refusal_of(error)

        batch: Any = self._service.new_batch_http_request(callback=note)
        names = [str(at) for at in range(len(requests))]
        for name, request in zip(names, requests, strict=True):
            batch.add(request, request_id=name)
        try:
            batch.execute()
        except TROUBLE as error:
            refusal = refusal_of(error)
            return [found.get(name, refusal) for name in names], refusal
        return [found[name] for name in names], None


def _credentials(settings: Settings, scopes: Sequence[str]) -> Any:
    """Return the service account's credentials; nobody's, where only this machine is reached."""
    if not settings.credentials:
        anonymous: Any = AnonymousCredentials
        return anonymous()
    account = cast("Any", service_account.Credentials)
    try:
        return account.from_service_account_file(
            settings.credentials, scopes=list(scopes), subject=settings.subject
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no key file of a service account"
        raise SettingsError(
            f"[trees.{settings.tree}] credentials in dss.toml: the file cannot be used: {reason}"
        ) from None
