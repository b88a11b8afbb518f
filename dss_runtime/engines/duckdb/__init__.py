"""DuckDB as a sieve: it reads both sides in columns, and proves which records are the same.

Install the extra `duckdb`.
"""

from __future__ import annotations

from dss_runtime._extras import extra

with extra("duckdb"):
    from dss_runtime.engines.duckdb._sieve import DuckDBSieve

__all__ = ["DuckDBSieve"]
