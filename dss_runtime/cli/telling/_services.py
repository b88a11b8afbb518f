"""What carries a message: a webhook, a mail server, or any service that Apprise knows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from dss_runtime import DssError, override
from dss_runtime.cli._json import Json
from dss_runtime.cli.telling._message import Message
from dss_runtime.cli.telling._settings import NotifyRow

if TYPE_CHECKING:
    from apprise import NotifyBase

MISSING = "needs the package {}: python -m pip install 'datastoresync[{}]'"


class UndeliveredError(DssError):
    """A message has not reached its service; the text says why, as far as that is known."""


class Service(Protocol):
    """Something that carries a message to somebody."""

    def send(self, message: Message, payload: Mapping[str, Json], /) -> None:
        """Send *message*, or the *payload* for programs (UndeliveredError when it was not taken)."""
        ...


def service_of(row: NotifyRow) -> Service:
    """Return the service that *row*, `${NAME}` replaced, asks for.

    Raises ValueError when what it says leads nowhere, or a package is missing.
    """
    if row.way == "webhook":
        return Webhook(str(row.target), row.headers, row.timeout)
    return AppriseService(_email(row) if row.way == "email" else str(row.target), row.way)


class Webhook:
    """Takes the summary as JSON, by one POST.

    A redirect counts as a failure: following one would drop the payload. What ~/.netrc has for the host is
    not sent.
    """

    def __init__(self, url: str, headers: Mapping[str, str], timeout: int) -> None:
        try:
            import requests
        except ModuleNotFoundError as error:
            raise ValueError(MISSING.format("requests", "notify")) from error
        try:
            for value in headers.values():
                value.encode("latin-1")  # what HTTP takes
            requests.Request("POST", url, headers=dict(headers)).prepare()
        except (requests.RequestException, ValueError) as error:
            raise ValueError(f"is no URL to send to: {error}") from error
        self._url, self._headers, self._timeout = url, dict(headers), timeout
        self._login = requests.utils.get_auth_from_url(url)

    def send(self, message: Message, payload: Mapping[str, Json], /) -> None:
        """Send the *payload*."""
        import requests

        try:
            with requests.post(
                self._url,
                json=payload,
                headers=self._headers,
                auth=self._login if any(self._login) else lambda request: request,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, reason = answer.status_code, answer.reason
        except requests.RequestException as error:
            raise UndeliveredError(f"{type(error).__name__}: {error}") from error
        if not 200 <= status < 300:
            raise UndeliveredError(f"the server answers {status} {reason}")


class AppriseService:
    """Takes the summary as text, through Apprise."""

    def __init__(self, target: str | dict[str, Any], way: str) -> None:
        try:
            import apprise
        except ModuleNotFoundError as error:
            raise ValueError(MISSING.format("apprise", "notify")) from error
        instantiate: Callable[[str | dict[str, Any]], NotifyBase | None] = cast(
            "Any", apprise.Apprise
        ).instantiate
        with _Heard() as heard:
            made = instantiate(target)
        if made is None:
            hint = "" if way == "email" else "; https://appriseit.com/services lists them"
            raise ValueError(f"Apprise does not take it: {heard.reason or 'there is no such service'}{hint}")
        if isinstance(target, dict) and len(cast("Any", made).targets) != len(target["targets"]):
            raise ValueError(f"Apprise does not take it: {heard.reason}")
        self._service: NotifyBase = made

    def send(self, message: Message, payload: Mapping[str, Json], /) -> None:
        """Send the *message*."""
        from apprise import NotifyFormat

        with _Heard() as heard:
            sent = self._service.notify(
                body=message.text, title=message.subject, body_format=NotifyFormat.TEXT
            )
        if not sent:
            raise UndeliveredError(heard.reason or "the service did not take it")


def _email(row: NotifyRow) -> dict[str, Any]:
    """Return a mail server as Apprise is told of one."""
    given = cast("Mapping[str, Any]", row.target)
    security = {"starttls": "starttls", "tls": "ssl", "none": "insecure"}[given.get("security", "starttls")]
    to = given["to"]
    return {
        "schema": "mailto" if security == "insecure" else "mailtos",
        "host": given["host"],
        "smtp_host": given["host"],
        "port": given.get("port"),
        "secure_mode": security,
        "user": given.get("user"),
        "password": given.get("password"),
        "from_addr": given["from"],
        "targets": [to] if isinstance(to, str) else to,
        "format": "text",
        "cto": row.timeout,
        "rto": row.timeout,
    }


class _Heard(logging.Handler):
    """Listens to what Apprise says in this thread: its methods tell no more than whether they have worked."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    @property
    def reason(self) -> str:
        """Why something did not work, as Apprise logs it."""
        # "Could not load" quotes all that it was given, the password with it.
        told = (line for line in self._lines if not line.startswith("Could not load"))
        return "; ".join(dict.fromkeys(told))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        telling = record.levelno >= logging.WARNING or text.startswith("Socket Exception")
        if telling and record.thread == self._thread:
            self._lines.append(" ".join(text.split()))

    def __enter__(self) -> _Heard:
        log = logging.getLogger("apprise")
        log.addHandler(self)
        log.setLevel(logging.DEBUG)
        log.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
