"""Tables of a database, through SQLAlchemy 2 Core (install the extra `sql`)."""

from __future__ import annotations

from dss_runtime._extras import check_extra
from dss_runtime.adapters.sql._importer import SqlImporter
from dss_runtime.adapters.sql._lookup import SqlLookup
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._template import SqlTemplate

__all__ = ["SqlImporter", "SqlLookup", "SqlSource", "SqlTarget", "SqlTemplate"]

check_extra("sql", "sqlalchemy")
