"""The stand-in as an HTTP server: `python -m tests.moodle.stand_in.server PORT [DATABASE]`."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from dss_runtime.codegen import override
from tests.moodle.stand_in import courses, places, users
from tests.moodle.stand_in.errors import MoodleSaysError, refused
from tests.moodle.stand_in.forms import cleaned, nested
from tests.moodle.stand_in.registry import FUNCTIONS, NOT_IN_SERVICE
from tests.moodle.stand_in.site import Site

PATH = "/webservice/rest/server.php"
TOKEN = "0123456789abcdef0123456789abcdef"
MODULES = (courses, places, users)
"""What fills the table of functions."""

_NOT_ALLOWED = """Access to the function {}() is not allowed.
                     There could be multiple reasons for this:
                     1. The service linked to the user token does not contain the function.
                     2. The service is user-restricted and the user is not listed.
                     3. The service is IP-restricted and the user IP is not listed.
                     4. The service is time-restricted and the time has expired.
                     5. The token is time-restricted and the time has expired.
                     6. The service requires a specific capability which the user does not have.
                     7. The function is called with username/password (no user token is sent)
                     and none of the services has the function to allow the user.
                     These settings can be found in Administration > Site administration
                     > Server > Web services > External services and Manage tokens."""


class StandIn:
    """A site behind HTTP, on a free port of this machine.

    `max_input_vars` is PHP's: what a form holds beyond it is cut off without a word. `token_works` False is
    what a token is that somebody has taken back. `calls` are the names of the functions called so far.
    """

    def __init__(self, site: Site | None = None, *, port: int = 0, max_input_vars: int = 5000) -> None:
        self.site = site or Site()
        self.debug = True
        self.max_input_vars = max_input_vars
        self.token_works = True
        self.away: list[tuple[int, dict[str, str]]] = []
        """Statuses and headers that the next calls are answered with, in place of being carried out."""
        self.calls: list[str] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 65_536  # headers and body in one piece

            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, kind, body = 200, dict[str, str](), "application/json", b""
                if stand_in.away:
                    status, headers = stand_in.away.pop(0)
                elif self.path == PATH:
                    kind, body = stand_in.answer(data)
                else:
                    status = 404
                self.send_response(status)
                for name, value in {
                    **headers,
                    "Content-Type": kind,
                    "Content-Length": str(len(body)),
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            @override
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that is gone is no news."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self.site.engine.dispose()

    def answer(self, data: bytes) -> tuple[str, bytes]:
        """Return what kind of answer a form gets, and the answer."""
        try:
            text = data.decode("ascii")
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict")[: self.max_input_vars]
        except UnicodeDecodeError:
            return "application/json", b""  # measured: Latin-1 gets an empty body
        given = nested(pairs)
        as_json = given.pop("moodlewsrestformat", "xml") == "json"
        raw = given.pop("moodlewssettingraw", "0") == "1"
        name = given.pop("wsfunction", "")
        try:
            body = self.call(given.pop("wstoken", ""), name, given)
        except MoodleSaysError as error:
            found = error.body(debug=self.debug)
            if not as_json:
                return "application/xml; charset=utf-8", _xml(found).encode()
            return "application/json", json.dumps(found).encode()
        return "application/json", json.dumps(body if raw else _formatted(name, body)).encode()

    def call(self, token: str, name: str, parameters: dict[str, Any]) -> Any:
        """Carry out a function, as a whole or not at all."""
        if token != TOKEN or not self.token_works:
            raise refused("invalidtoken", "Invalid token - token not found")
        self.calls.append(name)
        if name in NOT_IN_SERVICE:
            message = "Access control exception"
            kind = "webservice_access_exception"
            raise MoodleSaysError(kind, "accessexception", message, _NOT_ALLOWED.format(name))
        if name == "core_webservice_get_site_info":
            functions = [{"name": each, "version": "2023100900"} for each in (*FUNCTIONS, name)]
            return {"sitename": "A stand-in", "release": "4.3 (a stand-in)", "functions": functions}
        if name not in FUNCTIONS:
            detail = f"SELECT * FROM {{external_functions}} WHERE name = ?\n[array (\n  0 => '{name}',\n)]"
            message = "Can't find data record in database table external_functions."
            raise MoodleSaysError("dml_missing_record_exception", "invalidrecord", message, detail)
        function = FUNCTIONS[name]
        try:
            given = cleaned(function.takes, parameters)
        except MoodleSaysError as error:
            # Moodle names the parameter, then what is wrong within; an empty list is no parameter at all.
            raise error
        with self.site.transaction() as rows:
            return function.call(rows, given)


def _formatted(name: str, body: Any) -> Any:
    """Return an answer with names as HTML, as Moodle tells them unless it is asked for `raw` ones."""
    if name not in (
        "core_course_get_categories",
        "core_cohort_get_cohorts",
        "core_course_get_courses_by_field",
    ):
        return body
    found: Any = cast("dict[str, Any]", body)["courses"] if isinstance(body, dict) else body
    for record in cast("list[dict[str, str]]", found):
        record |= {key: record[key].replace("&", "&amp;") for key in ("name", "fullname") if key in record}
    return cast("Any", body)


def _xml(error: dict[str, Any]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        f'<EXCEPTION class="{error["exception"]}">\n<ERRORCODE>{escape(error["errorcode"])}</ERRORCODE>\n'
        f"<MESSAGE>{escape(error['message'])}</MESSAGE>\n</EXCEPTION>\n"
    )


if __name__ == "__main__":
    made = StandIn(Site(sys.argv[2]) if len(sys.argv) > 2 else None, port=int(sys.argv[1]))
    print(made.url, flush=True)  # noqa: T201 - where it is
    threading.Event().wait()
