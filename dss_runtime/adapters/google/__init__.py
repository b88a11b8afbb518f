"""Users, org units, groups and members of Google Workspace, through its Directory API (extra `google`)."""

from __future__ import annotations

from dss_runtime._extras import extra

with extra("google"):
    from dss_runtime.adapters.google._importer import GoogleImporter
    from dss_runtime.adapters.google._source import GoogleSource
    from dss_runtime.adapters.google._target import GoogleTarget
    from dss_runtime.adapters.google._template import GoogleTemplate

__all__ = ["GoogleImporter", "GoogleSource", "GoogleTarget", "GoogleTemplate"]
