"""Opening the file of a journal, which is made where there is none."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from dss_runtime._errors import DssError
from dss_runtime.journal._schema import PROVEN, STATEMENTS, VERSION

_WAIT = 30
"""How many seconds a process waits for another that writes."""


class JournalError(DssError):
    """The journal cannot be read or written; a run that cannot be journalled does not write."""


def opened(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Return a connection to the journal in *path*; a file that is made is the owner's alone.

    Raises JournalError for a journal of another version, sqlite3.Error for whatever cannot be opened.
    """
    if read_only:
        connection = sqlite3.connect(_address(path), uri=True, isolation_level=None, timeout=_WAIT)
    else:
        _close_to_others(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT)
    try:
        if not read_only:
            _prepare(connection)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            raise JournalError(
                f"{path}: is a journal of version {version}, this version of dss writes {VERSION}: "
                "use the version that has written it, or move the file away"
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    run = connection.execute
    run("PRAGMA auto_vacuum = INCREMENTAL")  # counts before there is a table; so a pruned journal shrinks
    run("PRAGMA journal_mode = WAL")
    run("PRAGMA synchronous = FULL")
    run("PRAGMA foreign_keys = ON")
    run("BEGIN IMMEDIATE")
    (version,) = run("PRAGMA user_version").fetchone()
    if version == 0:
        for statement in STATEMENTS:
            run(statement)
        run(f"PRAGMA user_version = {VERSION}")
    elif version == VERSION:
        run(PROVEN)
    run("COMMIT")


def _close_to_others(path: Path) -> None:
    """Make the file, or take from others what they may do with it; SQLite gives its other files the same."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be used: {error.strerror}") from error


def _address(path: Path) -> str:
    """Return how SQLite reads the file; in a folder that is closed to it, it cannot make others beside it."""
    alone = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
