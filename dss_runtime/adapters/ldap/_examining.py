"""What `dss doctor` is told of a directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ldap

from dss_runtime import Check, DataStoreTree, SettingsError
from dss_runtime.adapters.ldap._errors import NO_RIGHTS, text_of
from dss_runtime.adapters.ldap._session import Session
from dss_runtime.adapters.ldap._settings import settings_of
from dss_runtime.adapters.ldap._target import LdapTarget

_PAGING = b"1.2.840.113556.1.4.319"


def examine(tree: DataStoreTree) -> Iterator[Check]:
    """Yield whether the directory answers and knows us, shows the base, and pages."""
    try:
        session = Session(settings_of(tree))
    except SettingsError as error:
        yield Check("reachable", "error", str(error))
        return
    try:
        connection = session.connection
        yield Check("reachable", "ok", f"{session.settings.url} answers")
        base = connection.entry(session.settings.base_dn, ["1.1"])
        if base is None:
            advice = "is base_dn right, and may bind_dn read it?"
            yield Check("rights", "error", f"{session.settings.base_dn} is not there, or not shown", advice)
        else:
            yield Check("rights", "ok", f"{session.settings.base_dn} can be read")
        root = connection.entry("", ["supportedControl"]) or {}
        if _PAGING in root.get("supportedcontrol", []):
            yield Check("limits", "ok", "it answers page by page, so that no limit cuts a branch off")
        else:
            advice = "a branch that is larger than its size limit cannot be read"
            yield Check("limits", "warning", "it does not say that it answers page by page", advice)
    except NO_RIGHTS as error:
        yield Check("rights", "error", text_of(error), "are bind_dn and password right?")
    except ldap.LDAPError as error:
        yield Check("reachable", "error", text_of(error), "is url right, and its certificate from ca_file?")
    finally:
        session.close()


def examine_bases(tree: DataStoreTree, targets: Mapping[str, LdapTarget]) -> Iterator[Check]:
    """Yield whether the entries that branches are written below are there."""
    try:
        session = Session(settings_of(tree))
        connection = session.connection
    except (SettingsError, ldap.LDAPError):
        return  # told by `examine`
    try:
        for name, target in targets.items():
            base = session.base(target.base)
            if connection.entry(base, ["1.1"]) is None:
                yield Check(
                    "schema", "error", f"{name}: there is no {base}", "make it, or mend `base` of the schema"
                )
            else:
                yield Check("schema", "ok", f"{name}: {base} is there")
    except ldap.LDAPError as error:
        yield Check("rights", "error", text_of(error))
    finally:
        session.close()
