"""Parquet files and Arrow IPC files, read in pieces through pyarrow (install the extra `parquet`)."""

from __future__ import annotations

from dss_runtime._extras import extra

with extra("parquet"):
    from dss_runtime.adapters.parquet._importer import ParquetImporter
    from dss_runtime.adapters.parquet._rows import ParquetRows
    from dss_runtime.adapters.parquet._source import ParquetSource

__all__ = ["ParquetImporter", "ParquetRows", "ParquetSource"]
