"""People and groups of an LDAP directory, through python-ldap (install the extra `ldap`)."""

from __future__ import annotations

from dss_runtime._extras import extra

with extra("ldap"):
    from dss_runtime.adapters.ldap._importer import LdapImporter
    from dss_runtime.adapters.ldap._source import LdapSource
    from dss_runtime.adapters.ldap._target import LdapTarget
    from dss_runtime.adapters.ldap._template import LdapTemplate

__all__ = ["LdapImporter", "LdapSource", "LdapTarget", "LdapTemplate"]
