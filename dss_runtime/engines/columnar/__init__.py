"""What SQL can prove of rows: that two of them are the same record, before Python has read either.

The expressions are those of sqlglot, which writes them for DuckDB. They err to one side alone:
what is not sure is NULL, and whatever is not proven is read by the generated code.
"""

from __future__ import annotations

from dss_runtime.engines.columnar._cells import Cell, Kind
from dss_runtime.engines.columnar._images import FieldImage, Images, images, same_reading, same_value
from dss_runtime.engines.columnar._proof import same_record
from dss_runtime.engines.columnar._sql import NUL, NotColumnarError, Sql, escaped, text

__all__ = [
    "NUL",
    "Cell",
    "FieldImage",
    "Images",
    "Kind",
    "NotColumnarError",
    "Sql",
    "escaped",
    "images",
    "same_reading",
    "same_record",
    "same_value",
    "text",
]
