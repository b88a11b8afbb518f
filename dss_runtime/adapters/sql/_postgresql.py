"""What PostgreSQL needs."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from dss_runtime.codegen import override

PATIENCE = 60
"""For how many seconds a statement waits for a lock, where the server's own limit is no or a longer one."""
_SESSION = f"""
    SELECT set_config('TimeZone', 'UTC', false),
    CASE current_setting('lock_timeout') WHEN '0' THEN set_config('lock_timeout', '{PATIENCE}s', false) END
"""
_DAYS_AND_TIMES = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")


def prepare_postgresql(engine: sa.Engine) -> None:
    """Give an engine sessions in UTC that do not wait for ever.

    A time with a zone that goes to a column without one, or comes from it, does so in the session's zone.
    """
    event.listen(engine, "connect", _set_up)


def _set_up(connection: Any, _record: object) -> None:
    connection.autocommit = True
    connection.execute(_SESSION)
    connection.autocommit = False
    adapters = connection.adapters
    for name in _DAYS_AND_TIMES:
        oid = adapters.types[name].oid
        adapters.register_loader(oid, _lenient(adapters.get_loader(oid, 0)))


@cache
def _lenient(strict: Any) -> Any:
    """Return a loader that gives as text what Python cannot hold, such as the day infinity.

    So its row is quarantined, where the driver would end the whole import.
    """
    from psycopg import DataError
    from psycopg.adapt import Loader

    class Lenient(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._load = strict(oid, context).load

        @override
        def load(self, data: Any) -> Any:
            try:
                return self._load(data)
            except DataError:
                return bytes(data).decode()

    return Lenient
