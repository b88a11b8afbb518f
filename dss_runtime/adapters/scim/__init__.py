"""Users and groups of a service that speaks SCIM 2.0, RFC 7643 and 7644 (install the extra `scim`)."""

from __future__ import annotations

from dss_runtime._extras import extra

with extra("scim"):
    from dss_runtime.adapters.scim._importer import ScimImporter
    from dss_runtime.adapters.scim._source import ScimSource
    from dss_runtime.adapters.scim._target import ScimTarget
    from dss_runtime.adapters.scim._template import ScimTemplate

__all__ = ["ScimImporter", "ScimSource", "ScimTarget", "ScimTemplate"]
