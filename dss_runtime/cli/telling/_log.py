"""The log for programs: a JSON object per line, for whatever the runtime logs and for each event of a run."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from dss_runtime import override
from dss_runtime.cli import _clock
from dss_runtime.cli._account import Account
from dss_runtime.cli._events import fields_of
from dss_runtime.cli._json import masked, plain
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._terminal import Terminal

_LEVELS = {"red": "error", "yellow": "warning"}
"""How grave a message for people is, by its colour."""


class JsonLines(logging.Formatter):
    """Makes a line of a record: when, how grave, which run, what, and the fields of an event."""

    def __init__(self, secrets: Secrets, account: Account) -> None:
        super().__init__()
        self._secrets = secrets
        self._account = account

    @override
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        return self.line(at, record.levelname.lower(), record.getMessage(), **fields_of(record))

    def about(self, account: Account) -> None:
        """Tell of *account* from now on."""
        self._account = account

    def line(self, at: datetime, level: str, message: str, **fields: object) -> str:
        """Return the line for a *message*, masked."""
        told = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": level,
            "message": message,
            "command": self._account.command,
            "sync": self._account.sync or None,
            "run": self._account.number,
            **fields,
        }
        return json.dumps(masked(plain(told), self._secrets), allow_nan=False)


class JsonTerminal(Terminal):
    """Standard error for journald and other collectors: what people would read, a JSON object a line."""

    takes_log = True

    def __init__(self, terminal: Terminal, secrets: Secrets, lines: JsonLines) -> None:
        super().__init__(terminal.file, secrets)
        self.interactive = False
        self._lines = lines

    @override
    def line(self, text: str = "", style: str = "") -> None:
        level = next((level for colour, level in _LEVELS.items() if colour in style), "info")
        self.raw(self._lines.line(_clock.utc_now(), level, text.rstrip()))

    @override
    def raw(self, text: str) -> None:
        """Print *text*; once nobody reads it any more, nothing: a run does not end because of its log."""
        with contextlib.suppress(OSError):
            self.file.write(f"{text}\n")
            self.file.flush()


class TerminalLog(logging.Handler):
    """Log records on standard error, among the other lines."""

    def __init__(self, terminal: JsonTerminal, lines: JsonLines) -> None:
        super().__init__()
        self._terminal = terminal
        self.setFormatter(lines)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._terminal.raw(self.format(record))


class FileLog(logging.StreamHandler[TextIO]):
    """Log records in a file; where they cannot be written, one warning says so, and the run goes on."""

    def __init__(self, file: TextIO, lines: JsonLines) -> None:
        super().__init__(file)
        self.terminal: Terminal | None = None
        self._broken = False
        self.setFormatter(lines)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        if not self._broken and self.terminal is not None:
            self._broken = True
            self.terminal.line("warning: the log file cannot be written: the log is not whole", "yellow")


def _opened(path: Path) -> TextIO:
    """Open a log, which names records: a new one is its owner's alone."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(handle, "a", encoding="utf-8")


class Log:
    """Where a run logs to as JSON: the file at *path*, and standard error where *on_stderr* asks for it.

    The file is opened anew by each run, so that it may be rotated in between; OSError when it cannot be.
    """

    def __init__(self, path: Path | None, secrets: Secrets, account: Account, *, on_stderr: bool) -> None:
        self._secrets = secrets
        self._lines = JsonLines(secrets, account)
        self._on_stderr = on_stderr
        self._handlers: list[logging.Handler] = []
        self._file = None if path is None else _opened(path)
        if self._file is not None:
            self._handlers.append(FileLog(self._file, self._lines))

    def begin(self, terminal: Terminal) -> Terminal:
        """Log from now on; return what takes the place of *terminal*, standard error."""
        if self._on_stderr:
            terminal = JsonTerminal(terminal, self._secrets, self._lines)
            self._handlers.append(TerminalLog(terminal, self._lines))
        for handler in self._handlers:
            if isinstance(handler, FileLog):
                handler.terminal = terminal
        log = logging.getLogger("dss_runtime")
        if self._handlers:
            log.setLevel(logging.INFO)
        for handler in self._handlers:
            log.addHandler(handler)
        return terminal

    def about(self, account: Account) -> None:
        """Let the lines tell of *account* from now on: one of several syncs has its turn."""
        self._lines.about(account)

    def end(self) -> None:
        """Log no more."""
        for handler in self._handlers:
            logging.getLogger("dss_runtime").removeHandler(handler)
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk, which was told when it came to be
                self._file.close()
