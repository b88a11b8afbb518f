"""Files with one JSON object per line, as an adapter of datastoresync: what generated code imports."""

from __future__ import annotations

from dss_jsonl._importer import JsonlImporter, JsonlSource
from dss_jsonl._template import JsonlTarget, JsonlTemplate

__all__ = ["JsonlImporter", "JsonlSource", "JsonlTarget", "JsonlTemplate"]
