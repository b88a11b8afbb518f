"""A proxy before a SCIM server that a test can make fail: it passes requests on, and answers some itself."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, TypeAlias

from dss_runtime.codegen import override

_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "server", "date")
"""Headers that are about one connection, or that the proxy sets itself."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """The body, None for none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def json(self) -> Any:
        """The body, None for none."""
        return json.loads(self.body) if self.body else None


class Dropped(Exception):
    """Raised by a rule to close the connection without an answer."""


Forward: TypeAlias = Callable[[Request], Reply]
Rule: TypeAlias = Callable[[Request, Forward], Reply]
"""Answers a request, itself or by what the server answers."""


def reply(status: int, detail: str = "", kind: str = "", **headers: str) -> Reply:
    """Return an error in SCIM's form."""
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status)}
    body |= {"detail": detail} if detail else {}
    body |= {"scimType": kind} if kind else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/scim+json", **named})


def answer(body: Any, status: int = 200, **headers: str) -> Reply:
    """Return a good answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/scim+json", **named})


class FaultProxy:
    """Passes requests on to the server at a port, unless its `rule` does otherwise, and notes them."""

    def __init__(self, server: int, context: ssl.SSLContext | None = None) -> None:
        self.rule: Rule | None = None
        self.requests: list[Request] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, self.rfile.read(length), dict(self.headers))
                try:
                    found = proxy._answer(request, server)
                except (Dropped, OSError):
                    self.close_connection = True
                    return
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                if found.status != 204:
                    self.send_header("Content-Length", str(len(found.body)))
                self.end_headers()
                self.wfile.write(found.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

            @override
            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        if context is not None:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port: int = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()

    def asked(self, method: str, part: str = "") -> list[Request]:
        """Return the requests of a method so far whose path holds *part*."""
        return [each for each in self.requests if each.method == method and part in each.path]

    def _answer(self, request: Request, server: int) -> Reply:
        self.requests.append(request)
        if self.rule is None:
            return _forwarded(request, server)
        return self.rule(request, lambda passed: _forwarded(passed, server))


def _forwarded(request: Request, server: int) -> Reply:
    connection = HTTPConnection("127.0.0.1", server, timeout=60)
    try:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        connection.request(request.method, request.path, request.body or None, headers)
        found = connection.getresponse()
        kept = {name: value for name, value in found.getheaders() if name.lower() not in _HOP}
        return Reply(found.status, found.read(), kept)
    finally:
        connection.close()
