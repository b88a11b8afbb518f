"""Lost answers over a real connection: a small web service that breaks it off, or asks to come back later."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal, TypeAlias, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime import (
    Action,
    DefaultTemplate,
    Model,
    PermanentError,
    TransientError,
    UnknownOutcomeError,
    Work,
    override,
)
from tests.runtime.flaky import Clock, Names, source, worlds

Fault: TypeAlias = Literal["drop before", "drop after", "busy"]


class Service(ThreadingHTTPServer):
    """Keeps rows in a list, and creates twice when asked twice; `faults` are what it does, by key."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows: list[tuple[str, str]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.mutex = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    @property
    def _service(self) -> Service:
        return cast("Service", self.server)

    def do_GET(self) -> None:
        with self._service.mutex:
            name = dict(self._service.rows).get(self.path.strip("/"))
        self._answer(200 if name is not None else 404, name)

    def do_PUT(self) -> None:
        self._change()

    def do_DELETE(self) -> None:
        self._change()

    def do_POST(self) -> None:
        self._change()

    def _change(self) -> None:
        key, service = self.path.strip("/"), self._service
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        with service.mutex:
            fault = service.faults[key].pop(0) if service.faults.get(key) else None
            if fault == "busy":
                return self._answer(429, "slower")
            if fault != "drop before":
                if self.command != "POST":
                    service.rows.remove((key, dict(service.rows)[key]))
                if self.command != "DELETE":
                    service.rows.append((key, body))
        if fault is not None:
            self.close_connection = True  # and nobody learns what became of it
            return None
        return self._answer(200, "done")

    def _answer(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(text)

    @override
    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A service that answers while the tests of this module run."""
    with Service() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


class Client(DefaultTemplate):
    """What a project would write for such a service."""

    concurrent = True
    port: ClassVar[int]

    def call(self, method: str, key: object, body: str = "") -> tuple[int, Any]:
        """Send one request, and say by the type of an error what is known of it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"/{key}", body)
            answer = connection.getresponse()
            found = json.loads(answer.read())
        except (HTTPException, OSError) as error:
            raise UnknownOutcomeError(f"{method}: {type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status == 429:
            raise TransientError(found, float(answer.headers["Retry-After"]))
        if answer.status not in (200, 404):
            raise PermanentError(str(found))
        return answer.status, found

    def new_things(self, action: Action) -> None:
        """Create a row."""
        self.call("POST", action.key, getattr(action.left, "name", ""))

    def changed_things(self, action: Action) -> None:
        """Replace a row."""
        self.call("PUT", action.key, getattr(action.left, "name", ""))

    def old_things(self, action: Action) -> None:
        """Remove a row."""
        self.call("DELETE", action.key)

    @override
    def look(self, work: Work) -> Model | None:
        status, name = self.call("GET", work.key)
        return Model(work.key, name=name) if status == 200 else None


faults = st.lists(st.sampled_from(["drop before", "drop after", "busy"]), max_size=2)


@settings(max_examples=25, deadline=None)
@given(worlds, worlds, st.dictionaries(st.sampled_from("abcdef"), faults), st.integers(1, 4))
def test_a_service_that_breaks_connections_off_is_brought_in_step(
    service: Service, ours: Names, theirs: Names, schedule: dict[str, list[Fault]], at_once: int
) -> None:
    """Two mishaps per record are survived, nothing is there twice, and every outcome is `applied`."""
    service.rows[:] = theirs.items()
    service.faults = {key: list(each) for key, each in schedule.items()}
    template = type("Here", (Client,), {"port": service.server_port})

    result = source(ours).sync(source(theirs, template), policy=Clock().policy(concurrency=at_once))

    assert [] == [outcome for _, outcome in result if not outcome.ok]
    assert Counter(ours.items()) == Counter(service.rows)
