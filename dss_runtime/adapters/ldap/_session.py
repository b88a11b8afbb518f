"""What the importer and the template of one tree share: the connection, and which record is which entry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from weakref import WeakKeyDictionary

from dss_runtime import DataStoreTree, SettingsError
from dss_runtime._doubtful import DOUBTFUL
from dss_runtime.adapters.ldap._connection import Connection, is_dn, same_dn
from dss_runtime.adapters.ldap._settings import LdapSettings, settings_of

_SESSIONS: WeakKeyDictionary[DataStoreTree, Session] = WeakKeyDictionary()


class Directory:
    """Which entries the records of one branch are, by their keys and by their names."""

    def __init__(self) -> None:
        self._dns: dict[Hashable, str] = {}
        self._keys: dict[str, Hashable] = {}

    def note(self, key: Hashable, dn: str) -> None:
        """Remember the entry of a record."""
        self.forget(key)
        self._dns[key] = dn
        self._keys[same_dn(dn)] = key

    def see(self, key: Hashable, dn: str) -> None:
        """Remember an entry as it is read: of two that have one key, neither is the record's."""
        self._dns[key] = "" if key in self._dns else dn
        self._keys[same_dn(dn)] = key

    def doubt(self, key: Hashable, dn: str) -> None:
        """Remember an entry that cannot be read: whoever refers to it still does."""
        self._keys[same_dn(dn)] = key
        if key is not DOUBTFUL:
            self._dns.setdefault(key, dn)

    def forget(self, key: Hashable) -> None:
        """Forget an entry that is gone."""
        dn = self._dns.pop(key, None)
        if dn:
            self._keys.pop(same_dn(dn), None)

    def replace(self, other: Directory) -> None:
        """Hold what *other* holds, and nothing else."""
        self._dns, self._keys = other._dns, other._keys

    def dn(self, key: Hashable) -> str | None:
        """Return the entry of a record, None where nobody has seen it, or two."""
        return self._dns.get(key) or None

    def key(self, dn: str) -> Hashable | None:
        """Return the key of an entry's record, None where it is none of the branch's."""
        return self._keys.get(same_dn(dn))


class Session:
    """The connection of one tree, made when it is first needed, and the directories of its branches."""

    def __init__(self, settings: LdapSettings) -> None:
        """Raise SettingsError where `base_dn` is no name of an entry."""
        if not is_dn(settings.base_dn):
            raise SettingsError(
                f"[trees.{settings.name}] base_dn in dss.toml: expected the name of the entry that "
                'everything is below, as "dc=school,dc=example"'
            )
        self.settings = settings
        self.taken: set[str] = set()
        """The names, folded, of entries that were there when new records should have got them."""
        self._directories: dict[str, Directory] = {}
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection; whatever keeps it from being made is raised as python-ldap does."""
        if self._connection is None:
            self._connection = Connection(self.settings)
        return self._connection

    def close(self) -> None:
        """End the connection; the next use makes another one."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()

    def directory(self, branch: str) -> Directory:
        """Return the directory of a branch."""
        return self._directories.setdefault(branch, Directory())

    def base(self, given: str) -> str:
        """Return the whole name of a branch's base: what the schema gives is below the tree's."""
        own = self.settings.base_dn
        if not given:
            return own
        if not is_dn(given):
            raise SettingsError(
                f"{self.settings.name}: `base` of the schema: expected the name of an entry, not {given!r}"
            )
        return given if same_dn(given).endswith(same_dn(own)[1:]) else f"{given},{own}"

    def key_of(self, dn: str, branches: Iterable[str]) -> Hashable | None:
        """Return the key of the record of one of *branches* that an entry is."""
        return next((key for name in branches if (key := self.directory(name).key(dn)) is not None), None)

    def dn_of(self, key: Hashable, branches: Iterable[str]) -> str | None:
        """Return the entry of the record of one of *branches* that has a key."""
        return next((dn for name in branches if (dn := self.directory(name).dn(key)) is not None), None)


def session_of(tree: DataStoreTree) -> Session:
    """Return the session of *tree*, the same one each time (SettingsError for wrong settings)."""
    if tree not in _SESSIONS:
        _SESSIONS[tree] = Session(settings_of(tree))
    return _SESSIONS[tree]
