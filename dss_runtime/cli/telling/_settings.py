"""`[[notify]]`, `[metrics]` and `[log]` of the settings: who is told of a run, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from dss_runtime.cli import _sync_values as values
from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._suggest import listed
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key

OCCASIONS: Mapping[str, str] = {
    "applied": "everything was applied",
    "in_step": "there was nothing to do",
    "incomplete": "something was not applied",
    "not_converged": "`--verify` found a difference, or could not compare the target again",
    "held": "the run was held before anything was written",
    "failed": "an error ended the run",
    "interrupted": "a signal ended the run",
    "unreadable": "rows could not be read, however the run ended",
    "killed": "an earlier run on the same target was killed, and this one has found it",
}
"""What somebody may be told of: the states in which a run ends, and that an earlier one was killed."""

BY_DEFAULT = tuple(name for name in OCCASIONS if name != "in_step")


def _key(is_right: Callable[[object], bool], takes: str, doc: str) -> Key:
    """Return a key that takes the values that are right, as they are."""

    def read(value: object) -> object:
        if not is_right(value):
            raise values.expected(takes, value)
        return value

    return Key(read, takes, doc)


@dataclass(frozen=True, slots=True)
class NotifyRow:
    """One `[[notify]]`, as it is written: whom to tell (by one of WAYS), and on which occasions."""

    index: int
    way: str
    target: object
    on: tuple[str, ...] = BY_DEFAULT
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    examples: bool = False
    timeout: int = 30


@dataclass(frozen=True, slots=True)
class TellingSettings:
    """What the three tables say; a path that is "" is not given."""

    notify: tuple[NotifyRow, ...] = ()
    metrics: str = ""
    log: str = ""
    stderr: str = "text"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return bool(items) and all(map(_is_text, items))


def _is_headers(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, cast("dict[str, object]", value).values()))


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_addresses(value: object) -> bool:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    return bool(several) and all(isinstance(each, str) and _ADDRESS.fullmatch(each) for each in several)


def _whole(most: int) -> Callable[[object], bool]:
    def is_whole(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most

    return is_whole


def _one_of(*known: str) -> Callable[[object], bool]:
    def is_known(value: object) -> bool:
        return value in known

    return is_known


def _are_occasions(value: object) -> bool:
    return _is_texts(value) and all(each in OCCASIONS for each in cast("list[str]", value))


def _is_url(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://", "${"))


def _secret(value: object) -> str:
    if not (isinstance(value, str) and _VARIABLE.fullmatch(value)):
        raise ValueError(f"expected {_SECRET}: no secret stands in this file")  # nor in a message
    return value


_SECRET = "a variable, as '${MAIL_PASSWORD}'"
_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


WAYS: Mapping[str, Key] = {
    "webhook": _key(
        _is_url, "a URL, such as 'https://hooks.example/${TOKEN}'", "Gets the JSON summary by POST."
    ),
    "email": _key(
        _is_table,
        'a table, such as {to = "it@school.example", from = "dss@school.example", host = "mail.example"}',
        "Gets the summary as text, by SMTP.",
    ),
    "apprise": _key(
        _is_text,
        "the URL of a service, such as 'msteams://${TEAMS}'",
        "Gets the summary as text: any of the services of [Apprise](https://appriseit.com), by its URL.",
    ),
}
"""How somebody is told; a row has one of them."""

NOTIFY_KEYS: Mapping[str, Key] = {
    **WAYS,
    "on": _key(
        _are_occasions,
        f"a list of occasions: {listed(OCCASIONS)}",
        "When to tell; all but `in_step` when not given.",
    ),
    "headers": _key(_is_headers, "a table of texts", "Headers of the webhook's request."),
    "examples": _key(
        _is_flag,
        "true or false",
        "Whether messages may name a few records; false when not given.",
    ),
    "timeout": _key(
        _whole(600),
        "a whole number of seconds, from 1 to 600",
        "After how many seconds a message is given up; 30 when not given.",
    ),
}

EMAIL_KEYS: Mapping[str, Key] = {
    "to": _key(_are_addresses, "an address, or a list of them", "Who gets it."),
    "from": _key(_is_text, "an address", "Who it comes from."),
    "host": _key(_is_text, "the name of a mail server", "The mail server."),
    "port": _key(
        _whole(65535),
        "a number from 1 to 65535",
        "Its port; 587, 465 or 25 when not given, by `security`.",
    ),
    "security": _key(
        _one_of("starttls", "tls", "none"),
        "'starttls', 'tls' or 'none'",
        "How the connection is encrypted; `starttls` when not given. Certificates are always checked.",
    ),
    "user": _key(_is_text, "text", "The name to log in with, where the server asks for one."),
    "password": Key(_secret, _SECRET, "The password for it."),
}

METRICS_KEYS: Mapping[str, Key] = {
    "file": _key(
        lambda value: _is_text(value) and str(value).endswith(".prom"),
        "a path that ends in .prom, such as '/var/lib/node_exporter/textfile/dss.prom'",
        "Where metrics are written, a file for each sync: `dss.nightly.prom`. Relative to the settings.",
    ),
}

LOG_KEYS: Mapping[str, Key] = {
    "file": _key(
        _is_text,
        "a path, such as '/var/log/dss.jsonl'",
        "The file that gets a JSON object per line and event. It names records: only its owner may read it.",
    ),
    "stderr": _key(
        _one_of("text", "json"),
        "'text' or 'json'",
        "The form of what goes to standard error: `text` for people, or `json` for journald.",
    ),
}


def telling_settings(file: TomlFile, table: Mapping[str, object], problems: list[str]) -> TellingSettings:
    """Return what *table*, all of the settings, says; what is wrong is added to *problems*, with its line."""
    reader = _Reader(file, problems)
    metrics = reader.table(("metrics",), table.get("metrics", {}), METRICS_KEYS)
    log = reader.table(("log",), table.get("log", {}), LOG_KEYS)
    return TellingSettings(
        notify=tuple(reader.rows(table.get("notify", []))),
        metrics=metrics.get("file", ""),
        log=log.get("file", ""),
        stderr=log.get("stderr", "text"),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    file: TomlFile
    problems: list[str]

    def rows(self, found: object) -> list[NotifyRow]:
        """Return the rows that are right."""
        items = cast("list[object]", found) if isinstance(found, list) else [None]
        if not all(isinstance(each, dict) for each in items):
            self._problem(("notify",), "expected tables [[notify]]")
            return []
        made = (self._row(index, each) for index, each in enumerate(cast("list[dict[str, object]]", items)))
        return [row for row in made if row is not None]

    def _row(self, index: int, table: Mapping[str, object]) -> NotifyRow | None:
        way: Way = ("notify", index)
        known = len(self.problems)
        good = self.table(way, table, NOTIFY_KEYS)
        at = (*way, next(iter(table))) if table else ("notify",)
        given = [name for name in WAYS if name in table]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            self._problem(at, f"a [[notify]] needs one of {listed(WAYS)}; {found}")
        if "headers" in table and given != ["webhook"]:
            self._problem((*way, "headers"), "only a webhook has headers")
        if "email" in good:
            mail = (*way, "email")
            good["email"] = self.table(mail, good["email"], EMAIL_KEYS)
            missing = [key for key in ("to", "from", "host") if key not in cast("Any", table["email"])]
            if missing:
                self._problem(mail, f"needs {listed(missing)} as well")
            if ("user" in good["email"]) != ("password" in good["email"]):
                self._problem(mail, "needs both user and password, or neither")
        if len(self.problems) > known:
            return None
        rest = {key: value for key, value in good.items() if key not in WAYS}
        rest["on"] = tuple(rest.get("on", BY_DEFAULT))
        return NotifyRow(index, given[0], good[given[0]], **rest)

    def table(self, way: Way, found: object, known: Mapping[str, Key]) -> dict[str, Any]:
        """Return the keys of a table whose values are right."""
        if not isinstance(found, dict):
            self._problem(way, f"expected a table [{shown_key(way)}]")
            return {}
        return read_keys(self.file, way, cast("Mapping[str, object]", found), known, self.problems)

    def _problem(self, way: Way, text: str) -> None:
        self.problems.append(f"{self.file.place(way)}: {shown_key((*self.file.inside, *way))}: {text}")
