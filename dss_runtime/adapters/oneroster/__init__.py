"""Sets of roster files, read and written: OneRoster CSV 1.1 and 1.2, and Microsoft SDS v2.1."""

from __future__ import annotations

from dss_runtime.adapters.oneroster._importer import RosterImporter
from dss_runtime.adapters.oneroster._source import RosterSource
from dss_runtime.adapters.oneroster._target import RosterTarget
from dss_runtime.adapters.oneroster._template import RosterTemplate

__all__ = ["RosterImporter", "RosterSource", "RosterTarget", "RosterTemplate"]
