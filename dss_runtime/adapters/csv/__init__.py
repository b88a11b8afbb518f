"""Files of delimited text, read one row at a time: exports of school information systems, above all."""

from __future__ import annotations

from dss_runtime.adapters.csv._importer import CsvImporter
from dss_runtime.adapters.csv._rows import CsvRows
from dss_runtime.adapters.csv._source import CsvSource

__all__ = ["CsvImporter", "CsvRows", "CsvSource"]
