"""A stand-in for the Directory API: a local server that refuses what the API's description does not allow.

It is no Google Workspace: what it knows beyond the description is what the documentation says. To start it
as a process: ``python -m tests.google.stand_in PORT``; ``GET /stand-in`` shows what it holds, and
``POST /stand-in/faults`` takes the fields of a `Fault` as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from dss_runtime.codegen import override
from tests.google.description import Asked, BadRequestError, Json, check_answer, understood
from tests.google.directory import Directory, RefusedError
from tests.google.faults import Fault
from tests.google.tokens import Tokens


class Answer(NamedTuple):
    """What is answered; status 0 ends the connection without an answer."""

    status: int
    body: Json | None = None
    retry_after: str = ""


@dataclass
class State:
    """What the stand-in holds, was asked, and does wrong. `answering` guards all of it."""

    directory: Directory = field(default_factory=Directory)
    faults: list[Fault] = field(default_factory=list[Fault])
    asked: list[Asked] = field(default_factory=list[Asked])
    bad: list[str] = field(default_factory=list[str])
    batches: list[int] = field(default_factory=list[int])
    tokens: Tokens = field(default_factory=Tokens)
    answering: threading.RLock = field(default_factory=threading.RLock)

    def fault(self, method: str, text: str) -> Fault | None:
        """Return what goes wrong with a request, None where nothing does."""
        found = next((each for each in self.faults if each.hits(method, text)), None)
        if found is not None and found.delay:
            time.sleep(found.delay)
        return found

    def answer(self, verb: str, target: str, body: bytes, authorization: str) -> Answer:
        """Return the answer to one request, alone or in a batch."""
        with self.answering:
            try:
                asked = understood(verb, target, body)
                self.tokens.check(asked.name, authorization)
                self.asked.append(asked)
                fault = self.fault(asked.name, f"{target} {body.decode()}")
                if fault is not None and not fault.done and (fault.error or not fault.delay):
                    return _failed(fault)
                found = self.directory.answer(asked)
                check_answer(asked.name, found)
                if fault is not None and (fault.error or not fault.delay):
                    return _failed(fault)
                return Answer(200 if found is not None else 204, found)
            except RefusedError as error:
                return _error(error.status, error.reason, error.message)
            except BadRequestError as error:
                self.bad.append(str(error))
                return _error(400, "badRequest", str(error))
            except KeyError as error:
                self.bad.append(str(error))
                return _error(404, "notFound", f"Not Found: {error}")


class StandIn:
    """The server, at a free port where none is given, for the length of a block."""

    def __init__(self, port: int = 0) -> None:
        self.state = State()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self.state))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def directory(self) -> Directory:
        """What it holds."""
        return self.state.directory

    @property
    def url(self) -> str:
        """The `endpoint` of a tree's settings."""
        return f"http://127.0.0.1:{self.port}"

    def fail(self, method: str, error: tuple[int, str, str] | None = None, **more: Any) -> None:
        """Do something wrong, as `Fault` says."""
        self.state.faults.append(Fault(method, error, **more))

    def methods(self) -> list[str]:
        """Return the methods of the requests so far, in order."""
        return [each.name for each in self.state.asked]

    def forget(self) -> None:
        """Forget the requests so far."""
        self.state.asked.clear()
        self.state.batches.clear()

    def start(self) -> StandIn:
        """Start to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    __enter__ = start

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _handler(state: State) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1
        timeout = 30

        def do_any(self) -> None:
            """Answer one request of HTTP."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.path == "/token":
                return self._reply(*state.tokens.grant({k: v[0] for k, v in parse_qs(body.decode()).items()}))
            if self.path.startswith("/stand-in"):
                return self._control(body)
            if self.path == "/batch" and self.command == "POST":
                return self._batch(body)
            answer = state.answer(self.command, self.path, body, self.headers.get("Authorization", ""))
            if answer.status == 0:
                return self._drop()
            return self._reply(answer.status, answer.body, answer.retry_after)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any

        def _batch(self, body: bytes) -> None:
            fault = state.fault("batch", "")
            if fault is not None and not fault.done and (fault.error or not fault.delay):
                failed = _failed(fault)
                return self._reply(*failed) if failed.status else self._drop()
            header = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts: Any = message_from_bytes(header + body).get_payload()
            state.batches.append(len(parts))
            if len(parts) > 1000:
                return self._reply(*_error(400, "badRequest", "The batch has more than 1000 requests"))
            # Google carries out a batch in any order, and answers in any.
            answers = [(part, self._part(part)) for part in reversed(parts)]
            if fault is not None and fault.done:
                return self._drop()
            sent = [_part_of(part, answer) for part, answer in answers if answer.status]
            text = b"".join(sent) + b"--answers--\r\n"
            return self._send(200, text, "multipart/mixed; boundary=answers")

        def _part(self, part: Message) -> Answer:
            inner: Any = part.get_payload()
            line, _, rest = str(inner).partition("\n")
            verb, target, _ = line.split(" ", 2)
            message = message_from_bytes(rest.encode())
            text: Any = message.get_payload()
            authorization = message.get("authorization", self.headers.get("Authorization", ""))
            return state.answer(verb, target, str(text).strip().encode(), authorization)

        def _control(self, body: bytes) -> None:
            if self.command == "POST":
                state.faults.append(Fault(**json.loads(body)))
            held = state.directory
            shown = {
                "users": list(held.users.values()),
                "deleted": list(held.deleted.values()),
                "groups": list(held.groups.values()),
                "members": held.members,
                "orgunits": list(held.orgunits.values()),
                "asked": [asdict(each) for each in state.asked],
                "bad": state.bad,
            }
            self._reply(200, shown)

        def _reply(self, status: int, body: Json | None, retry_after: str = "") -> None:
            data = b"" if body is None else json.dumps(body).encode()
            self._send(status, data, "application/json; charset=UTF-8", retry_after)

        def _send(self, status: int, data: bytes, kind: str, retry_after: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            if status != 204:
                self.wfile.write(data)
            self.wfile.flush()

        def _drop(self) -> None:
            self.close_connection = True

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests look at `asked`."""

    return Handler


def _part_of(part: Message, answer: Answer) -> bytes:
    """Return a part of a batch's answer, whose id is that of the request with `response-` before it."""
    name = str(part["Content-ID"]).replace("<", "<response-", 1)
    data = "" if answer.body is None else json.dumps(answer.body)
    retry = f"Retry-After: {answer.retry_after}\r\n" if answer.retry_after else ""
    return (
        f"--answers\r\nContent-Type: application/http\r\nContent-ID: {name}\r\n\r\n"
        f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n{retry}\r\n{data}\r\n"
    ).encode()


def _failed(fault: Fault) -> Answer:
    if fault.error is None:
        return Answer(0)
    return _error(*fault.error, fault.retry_after)


def _error(status: int, reason: str, message: str, retry_after: str = "") -> Answer:
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return Answer(status, {"error": {"code": status, "message": message, "errors": errors}}, retry_after)


if __name__ == "__main__":
    with StandIn(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
