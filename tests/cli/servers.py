"""Real servers on this machine that take what a run tells: webhooks by HTTP, mails by SMTP."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from dss_runtime import override


@dataclass
class Hooks:
    """A server for webhooks: where it is, what it answers, and what it got."""

    url: str = ""
    status: int = 204
    hang: threading.Event | None = None
    """Where there is one, answers wait for it."""
    bodies: list[bytes] = field(default_factory=list[bytes])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def payloads(self) -> list[Any]:
        """What it got, as JSON."""
        return [json.loads(each) for each in self.bodies]


@contextmanager
def http_server(tls: ssl.SSLContext | None = None) -> Generator[Hooks]:
    """Serve HTTP on a free port."""
    hooks = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hooks.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            hooks.headers.append(dict(self.headers.items()))
            if hooks.hang is not None:
                hooks.hang.wait(30)
                self.close_connection = True
                return
            self.send_response(hooks.status)
            if hooks.status == 302:
                self.send_header("Location", hooks.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        @override
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that refuses our certificate

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        hooks.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hooks
        finally:
            if hooks.hang is not None:
                hooks.hang.set()
            server.shutdown()
            thread.join()


@dataclass
class Mails:
    """A mail server: its port, what it refuses, and what it got."""

    port: int = 0
    refuse: str = ""
    """Where it is not empty, what every mail is answered with."""
    got: list[EmailMessage] = field(default_factory=list[EmailMessage])
    logins: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        if self.refuse:
            return self.refuse
        content = cast("bytes", envelope.content)
        self.got.append(message_from_bytes(content, EmailMessage, policy=policy.default))
        return "250 taken"

    def authenticate(self, _: SMTP, __: Session, ___: Envelope, ____: str, given: Any) -> AuthResult:
        """Take whoever logs in."""
        found = cast("LoginPassword", given)
        self.logins.append((found.login.decode(), found.password.decode()))
        return AuthResult(success=True)


@contextmanager
def smtp_server(tls: ssl.SSLContext | None = None) -> Generator[Mails]:
    """Serve SMTP on a free port; with *tls* after STARTTLS, and to whoever logs in."""
    mails = Mails()
    with socket.create_server(("127.0.0.1", 0)) as free:
        mails.port = free.getsockname()[1]
    more = {"tls_context": tls, "require_starttls": True, "auth_required": True} if tls else {}
    controller = Controller(
        mails, hostname="127.0.0.1", port=mails.port, authenticator=mails.authenticate, **cast("Any", more)
    )
    controller.start()
    try:
        yield mails
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Generator[int]:
    """Take connections on a free port, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
