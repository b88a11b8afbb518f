"""A web service that keeps what it is told, without transactions, and that creates twice if asked twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from dss_runtime import override

KEYS = {"people": ("idnumber",), "memberships": ("person", "team")}

Rows = dict[str, list[dict[str, Any]]]


class Service(ThreadingHTTPServer):
    """The service: `rows` are what it holds, in lists, so that a record can be there twice."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows: Rows = {name: [] for name in KEYS}
        self.mutex = threading.Lock()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    @property
    def _service(self) -> Service:
        return cast("Service", self.server)

    def do_GET(self) -> None:
        with self._service.mutex:
            self._answer(self._service.rows[self._name])

    def do_POST(self) -> None:
        row = self._body()
        with self._service.mutex:
            self._service.rows[self._name].append(row)
        self._answer({})

    def do_PATCH(self) -> None:
        change = self._body()
        with self._service.mutex:
            for row in self._matching(change):
                row.update(change)
        self._answer({})

    def do_DELETE(self) -> None:
        wanted = self._body()
        with self._service.mutex:
            gone = self._matching(wanted)
            rows = self._service.rows
            rows[self._name] = [row for row in rows[self._name] if row not in gone]
        self._answer({})

    @property
    def _name(self) -> str:
        return self.path.strip("/")

    def _matching(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        keys = KEYS[self._name]
        return [row for row in self._service.rows[self._name] if all(row[key] == wanted[key] for key in keys)]

    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _answer(self, body: object) -> None:
        text = json.dumps(body).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except ConnectionError:
            self.close_connection = True  # who asked was killed

    @override
    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Generator[Service]:
    """Give a service that answers until the block ends."""
    with Service() as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
