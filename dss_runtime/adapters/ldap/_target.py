"""Which entries of a directory one branch is written to."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime._target import Target
from dss_runtime.adapters.ldap._source import Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapTarget(Target):
    """Entries as a source describes them; `rdn` is the attribute that names a new one below its base.

    `insert` are constants of new entries. `password` is what a new account gets: nothing, or "random", a
    password that nobody knows.
    """

    base: str
    object_class: tuple[str, ...]
    rdn: str
    filter: str = ""
    depth: Depth = "one"
    several: frozenset[str] = frozenset()
    octets: frozenset[str] = frozenset()
    references: tuple[tuple[str, tuple[str, ...]], ...] = ()
    placeholder: str = ""
    password: str = ""
    insert: tuple[tuple[str, object], ...] = ()
