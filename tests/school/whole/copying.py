"""Moodle's database of the example on a server: the same tables and rows, in its own types."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa


def copy_database(path: Path, url: sa.URL) -> None:
    """Make the tables of the SQLite database at *path* in the empty one at *url*, and copy their rows.

    On PostgreSQL, ids that the database gives out go on after those that are copied.
    """
    metadata, origin = sa.MetaData(), sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    metadata.reflect(origin)
    end = sa.create_engine(url, poolclass=sa.NullPool)
    metadata.create_all(end)
    with origin.connect() as source, end.begin() as target:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows:
                target.execute(sa.insert(table), rows)
            if end.dialect.name == "postgresql":
                target.execute(
                    sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                    {"name": table.name, "last": max((row["id"] for row in rows), default=1)},
                )
