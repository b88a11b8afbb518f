"""DuckDB as a sieve: it reads both sides in columns, and proves which records are the same.

Install the extra `duckdb`. The libraries are imported once there is something for them to do: few records
have become objects before they are there.
"""

from __future__ import annotations

from dss_runtime.engines.duckdb._sieve import DuckDBSieve

__all__ = ["DuckDBSieve"]
