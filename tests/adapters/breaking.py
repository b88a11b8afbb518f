"""Breaking the connections of others, as a server does that is being stopped."""

from __future__ import annotations

from tests.adapters.accounts import Database


def break_all(database: Database) -> None:
    """Let the server break all other connections to the database."""
    if database.url.get_backend_name() == "postgresql":
        ours = "datname = current_database() AND pid <> pg_backend_pid()"
        database.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
        return
    found = f"db = '{database.url.database}' AND id <> CONNECTION_ID()"
    for (number,) in database.execute(f"SELECT id FROM information_schema.processlist WHERE {found}"):
        database.execute(f"KILL {number}")
