"""Calls of Moodle's web services over REST, whose answers are 200 whatever has happened."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from typing import Any, cast

import httpx2

from dss_runtime import DssError, PermanentError, TransientError, UnknownOutcomeError, override
from dss_runtime.adapters.moodle._encoding import FIXED, Value, pairs
from dss_runtime.adapters.moodle._settings import MoodleSettings

_AWAY = (429, 503)
"""Statuses of what was not let in: nothing has happened."""
_CLOSED = ("sitemaintenance", "upgraderunning", "dbconnectionfailed")
"""Codes of a site that lets nobody in for a while: nothing has happened either."""
_NO_TOKEN = "invalidtoken"
_NO_RIGHTS = (_NO_TOKEN, "accessexception", "nopermissions", "required_capability_exception")

_FEW = 20
"""A call with no more variables is never cut off."""


class MoodleError(DssError):
    """Moodle has refused a call.

    `code` is its errorcode. `detail` is what it says beyond the message, which it does only while debugging:
    most refusals read "Invalid parameter value detected" otherwise.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(code, message, detail)
        self.code = code
        self.detail = detail
        self.message = message

    @override
    def __str__(self) -> str:
        said = f"{self.message}: {self.detail}" if self.detail else self.message
        return f"Moodle says: {said} ({self.code})"


class NoRightsError(MoodleError):
    """The token is not known, or may not do what was asked."""


class CutOffError(MoodleError):
    """The server has cut a call off, and with it the token: less at once may do."""


class Client:
    """Calls the functions of one Moodle, with one token. Connections are kept open until `close`."""

    def __init__(self, settings: MoodleSettings) -> None:
        self._settings = settings
        secure = settings.url.startswith("https:")
        # Whatever proxies the environment names would see the token: they are asked for by nobody.
        self._http = httpx2.Client(
            # Reading the certificates takes a while, and over http there is nothing to verify.
            verify=ssl.create_default_context(cafile=settings.ca_file or None) if secure else False,
            timeout=settings.timeout,
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def read(self, function: str, **parameters: Value) -> Any:
        """Return what a function answers that changes nothing (TransientError where it may later)."""
        try:
            return self._call(function, parameters)
        except UnknownOutcomeError as error:
            raise TransientError(str(error)) from None

    def write(self, function: str, **parameters: Value) -> Any:
        """Return what a function answers that changes something.

        Raises UnknownOutcomeError where the answer was lost, TransientError where nothing has happened,
        MoodleError where Moodle has refused it.
        """
        return self._call(function, parameters)

    def _call(self, function: str, parameters: Mapping[str, Value]) -> Any:
        form = dict(pairs(parameters))
        if len(form) + FIXED > self._settings.max_input_vars:
            raise PermanentError(
                f"{function}: {len(form)} variables do not fit into max_input_vars = "
                f"{self._settings.max_input_vars} of [trees.{self._settings.name}] in dss.toml"
            )
        # Without `raw`, names come as HTML, with `&amp;` in them. The token comes last: it is the first to go
        # where the server cuts a call off, and nothing is done.
        how = {"moodlewsrestformat": "json", "moodlewssettingraw": "1", "wsfunction": function}
        form = {**how, **form, "wstoken": self._settings.token}
        try:
            answer = self._http.post(
                f"{self._settings.url.rstrip('/')}/webservice/rest/server.php", data=form
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise TransientError(f"Moodle cannot be reached: {_text(error)}") from None
        except httpx2.HTTPError as error:
            raise UnknownOutcomeError(f"{function}: the answer was lost: {_text(error)}") from None
        try:
            return self._body(function, answer)
        except NoRightsError as error:
            if error.code != _NO_TOKEN or len(form) <= _FEW or not self._token_works():
                raise
        raise CutOffError(
            _NO_TOKEN,
            f"the server takes less than the {len(form)} variables of a call, and has done nothing: is "
            "max_input_vars that of the server?",
        )

    def _token_works(self) -> bool:
        """Return whether the token is known, asked by a call that nothing cuts off."""
        try:
            self._call("core_webservice_get_site_info", {})
        except NoRightsError as error:
            return error.code != _NO_TOKEN
        return True

    def _body(self, function: str, answer: httpx2.Response) -> Any:
        status = answer.status_code
        if status in _AWAY:
            raise TransientError(f"{function}: HTTP status {status}", answer.headers.get("Retry-After"))
        if status >= 500:
            raise UnknownOutcomeError(f"{function}: HTTP status {status}")
        if status != 200:
            where = (
                ", a redirect, which is not followed: it would get the token" if answer.is_redirect else ""
            )
            raise PermanentError(f"{function}: HTTP status {status}{where}: is url right?")
        if not answer.content:
            # A text that is not UTF-8 is answered so, which is never sent; and so is what broke off.
            raise UnknownOutcomeError(f"{function}: the answer is empty")
        try:
            body: object = json.loads(answer.content)
        except ValueError:
            raise UnknownOutcomeError(
                f"{function}: the answer is no JSON: is url that of a Moodle?"
            ) from None
        if isinstance(body, dict) and "exception" in body:
            raise _refusal(cast("dict[str, object]", body))
        return cast("Any", body)


def _refusal(body: Mapping[str, object]) -> DssError:
    code, message = str(body.get("errorcode", "")), str(body.get("message", ""))
    if code in _CLOSED:
        return TransientError(f"Moodle says: {message} ({code})")
    kind = NoRightsError if code in _NO_RIGHTS else MoodleError
    return kind(code, message, str(body.get("debuginfo") or ""))


def _text(error: httpx2.HTTPError) -> str:
    return str(error) or type(error).__name__
