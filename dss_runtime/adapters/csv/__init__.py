"""Files of delimited text, read row by row or many rows at a time: exports of school systems, above all."""

from __future__ import annotations

from dss_runtime.adapters.csv._importer import CsvImporter
from dss_runtime.adapters.csv._rows import CsvRows
from dss_runtime.adapters.csv._source import CsvSource

__all__ = ["CsvImporter", "CsvRows", "CsvSource"]
