"""The table that is written: filled with the right side, in SQLite or in PostgreSQL."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.records.files import CREATE, SEPARATOR, TABLE, Files
from benchmarks.records.workload import right

if TYPE_CHECKING:
    import sqlalchemy as sa

TYPES = {"born TEXT": "born DATE", "changed_at TEXT": "changed_at TIMESTAMP"}
"""What PostgreSQL has types for."""


def filled(files: Files, database: str, password: str, port: int) -> sa.URL:
    """Return the address of a database whose table holds the right side, as it was before any run."""
    import sqlalchemy as sa

    if database == "sqlite":
        shutil.copyfile(files.database, files.target)
        return sa.URL.create("sqlite", database=str(files.target))
    url = sa.URL.create("postgresql+psycopg", "dss", password, "127.0.0.1", port, "postgres")
    create = CREATE
    for name, kind in TYPES.items():
        create = create.replace(name, kind)
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE}")
        connection.exec_driver_sql(create)
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for row in right(files.size, files.mixture):
                copy.write_row((*row[:10], SEPARATOR.join(row.courses), row.changed_at))
        connection.exec_driver_sql(f"ANALYZE {TABLE}")
    return url
