"""The tables of a journal."""

from __future__ import annotations

VERSION = 2
"""What `PRAGMA user_version` says of a journal that this version reads and writes."""

PROVEN = """
    CREATE TABLE IF NOT EXISTS proven (
        target TEXT NOT NULL,
        source TEXT NOT NULL,
        branch TEXT NOT NULL,
        mark TEXT NOT NULL,
        age INTEGER NOT NULL,
        pairs BLOB NOT NULL,
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        PRIMARY KEY (target, source, branch)
    ) STRICT
    """
"""Came later, and says nothing that a version without it would miss: a journal of VERSION may lack it."""

STATEMENTS = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        command TEXT NOT NULL,
        "left" TEXT NOT NULL,
        "right" TEXT NOT NULL,
        branches TEXT NOT NULL,
        started TEXT NOT NULL,
        ended TEXT,
        state TEXT NOT NULL,
        plan TEXT,
        undoes INTEGER,
        schema TEXT NOT NULL,
        target TEXT NOT NULL,
        versions TEXT NOT NULL,
        summary TEXT NOT NULL DEFAULT '{}',
        settled INTEGER  -- the run that has read what became of the works that this one left open
    ) STRICT
    """,
    """
    CREATE TABLE works (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        phase TEXT NOT NULL,
        branch TEXT NOT NULL,
        key TEXT NOT NULL,
        actions TEXT NOT NULL,
        "before" TEXT,
        "after" TEXT,
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        remark TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL,
        seconds REAL,
        PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID
    """,
    # Marks only. Goes with the last run that saw the difference, so that it is as long as the journal is.
    """
    CREATE TABLE unconfirmed (
        target TEXT NOT NULL,
        source TEXT NOT NULL,
        branch TEXT NOT NULL,
        record TEXT NOT NULL,
        attribute TEXT NOT NULL,
        wanted TEXT NOT NULL,
        found TEXT NOT NULL,
        runs TEXT NOT NULL,
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        PRIMARY KEY (target, branch, record, attribute, source)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX unconfirmed_of_a_run ON unconfirmed (run)",
    "CREATE INDEX runs_of_a_target ON runs (target, id)",
    # Since when which record is set aside; `due` is the first run that found it to be deleted.
    """
    CREATE TABLE aside (
        target TEXT NOT NULL,
        branch TEXT NOT NULL,
        key TEXT NOT NULL,
        since TEXT NOT NULL,
        due INTEGER,
        PRIMARY KEY (target, branch, key)
    ) STRICT, WITHOUT ROWID
    """,
    # Not pruned with its run: a plan is applied once, however long ago that was.
    "CREATE TABLE plans (mark TEXT PRIMARY KEY, run INTEGER NOT NULL, at TEXT NOT NULL) STRICT",
    # Not pruned either: an override is for one run.
    """
    CREATE TABLE overrides (
        target TEXT NOT NULL,
        told TEXT NOT NULL,
        run INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (target, told)
    ) STRICT
    """,
    PROVEN,
    # The key that targets and sensitive values are marked with, and by what this very journal is known again.
    "CREATE TABLE identity (key TEXT NOT NULL, birth TEXT NOT NULL) STRICT",
)
