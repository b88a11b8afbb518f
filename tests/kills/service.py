"""A web service that keeps what it is told, without transactions, and that creates twice if asked twice.

Requests with one and the same Idempotency-Key are one request. It fails as it is told, request by request.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, TypeAlias, cast, get_args

from dss_runtime import override

KEYS = {"people": ("kind", "idnumber"), "memberships": ("person", "team")}

Rows: TypeAlias = dict[str, list[dict[str, Any]]]

Trouble: TypeAlias = Literal["none", "refuse", "lost", "twice", "429", "503", "half", "cut", "slow", "broken"]
"""What goes wrong with a request: `refuse` hangs up before it is done, `lost` after that; `twice` delivers it
twice; `half` does half of it and then fails; `cut` ends the answer half-way, `slow` gives none until the
client hangs up; `broken` fails and does nothing."""

TROUBLES: tuple[Trouble, ...] = get_args(Trouble)


class Service(ThreadingHTTPServer):
    """The service: `rows` are what it holds, in lists, so that a record can be there twice.

    `troubles` are those of the next requests, in order; there are none after them.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows: Rows = {name: [] for name in KEYS}
        self.troubles: deque[Trouble] = deque()
        self.seen: set[str] = set()
        self.mutex = threading.Lock()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"

    def empty(self) -> None:
        """Forget everything."""
        with self.mutex:
            self.rows = {name: [] for name in KEYS}
            self.troubles.clear()
            self.seen.clear()

    def do(self, name: str, request: str, act: Callable[[list[dict[str, Any]]], None]) -> None:
        """Change the rows of *name*, unless that *request* has been done already."""
        with self.mutex:
            if request not in self.seen:
                self.seen.add(request)
                act(self.rows[name])


class _Handler(BaseHTTPRequestHandler):
    @property
    def _service(self) -> Service:
        return cast("Service", self.server)

    def do_GET(self) -> None:
        trouble = self._trouble()
        with self._service.mutex:
            rows = json.dumps(self._service.rows[self._name]).encode()
        self._answer(trouble, rows)

    def do_POST(self) -> None:
        row = self._body()
        half = {name: row[name] if name in KEYS[self._name] else None for name in row} | (
            {"name": ""} if "name" in row else {}
        )
        self._do(lambda rows: rows.append(row), lambda rows: rows.append(half))

    def do_PATCH(self) -> None:
        change = self._body()

        def act(rows: list[dict[str, Any]]) -> None:
            for row in self._matching(rows, change):
                row.update(change)

        self._do(act)

    def do_DELETE(self) -> None:
        wanted = self._body()

        def act(rows: list[dict[str, Any]]) -> None:
            gone = self._matching(rows, wanted)
            rows[:] = [row for row in rows if row not in gone]

        self._do(act)

    def _do(
        self,
        act: Callable[[list[dict[str, Any]]], None],
        half: Callable[[list[dict[str, Any]]], None] = lambda rows: None,
    ) -> None:
        trouble, request = self._trouble(), self.headers["Idempotency-Key"]
        if trouble == "half":
            self._service.do(self._name, request, half)
        elif trouble not in ("refuse", "429", "503", "broken"):
            for _ in range(2 if trouble == "twice" else 1):
                self._service.do(self._name, request, act)
        self._answer(trouble, b"{}")

    def _trouble(self) -> Trouble:
        troubles = self._service.troubles
        return troubles.popleft() if troubles else "none"

    @property
    def _name(self) -> str:
        return self.path.strip("/")

    def _matching(self, rows: list[dict[str, Any]], wanted: dict[str, Any]) -> list[dict[str, Any]]:
        keys = KEYS[self._name]
        return [row for row in rows if all(row[key] == wanted[key] for key in keys)]

    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _answer(self, trouble: Trouble, text: bytes) -> None:
        self.close_connection = True
        if trouble in ("refuse", "lost"):
            return
        if trouble == "slow":
            self.rfile.read(1)  # the client hangs up
            return
        code = {"429": 429, "503": 503, "half": 500, "broken": 500}.get(trouble, 200)
        try:
            self.send_response(code)
            if code in (429, 503):
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text[: len(text) // 2] if trouble == "cut" else text)
        except ConnectionError:
            pass  # who asked was killed

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
