"""What MySQL and MariaDB need."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from dss_runtime.adapters.sql._postgresql import PATIENCE

_SESSION = f"""
    SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES'), SESSION time_zone = '+00:00',
    SESSION lock_wait_timeout = LEAST(@@SESSION.lock_wait_timeout, {PATIENCE})
"""


def prepare_mysql(engine: sa.Engine) -> None:
    """Give an engine sessions that change no value silently and do not wait for days.

    A server that is not strict cuts off a text that is too long, so that two keys become one. A TIMESTAMP
    comes in the zone of the session: in UTC, as a time without a zone is read.
    """
    event.listen(engine, "connect", _set_up)


def _set_up(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SESSION)
