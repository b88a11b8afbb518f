"""What the importer and the template of one tree share: the connection, and which record has which id."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from dss_runtime import DataStoreTree
from dss_runtime._doubtful import DOUBTFUL
from dss_runtime.adapters.scim._http import Connection
from dss_runtime.adapters.scim._paths import Json, several
from dss_runtime.adapters.scim._service import Service, announced
from dss_runtime.adapters.scim._settings import Settings, settings_of

_SESSIONS: WeakKeyDictionary[DataStoreTree, Session] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Held:
    """Under which id the service holds a record, and the version that was seen last, "" for none."""

    id: str
    version: str = ""


class Directory:
    """Which records of one branch the service holds, by their keys and by their ids."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Held] = {}
        self._keys: dict[str, Hashable] = {}

    def note(self, key: Hashable, held: Held) -> None:
        """Remember where the record with *key* is; where two have it, that is the last one."""
        self._held[key] = held
        self._keys[held.id] = key

    def doubt(self, key: Hashable, held: Held) -> None:
        """Remember a record that cannot be read: whoever refers to it still does."""
        self._keys[held.id] = key
        if key is not DOUBTFUL:
            self._held.setdefault(key, held)

    def replace(self, other: Directory) -> None:
        """Hold what *other* holds, and nothing else."""
        self._held, self._keys = other._held, other._keys

    def forget(self, key: Hashable) -> None:
        """Forget a record that is gone."""
        held = self._held.pop(key, None)
        if held is not None:
            self._keys.pop(held.id, None)

    def get(self, key: Hashable) -> Held | None:
        """Return where the record with *key* is, None where nobody has seen it."""
        return self._held.get(key)

    def key_of(self, ident: str) -> Hashable | None:
        """Return the key of the record with an id, None where it is none of the branch's."""
        return self._keys.get(ident)


def keys_of(cell: Json, directories: Iterable[Directory]) -> Json:
    """Return keys in place of the ids in a cell. What is no record of these branches is left out."""
    ids = several(cell)
    if ids is None:
        return None if cell is None else _key(cell, directories)
    keys = [_key(each, directories) for each in ids]
    return tuple(key for key in keys if key is not None)


def _key(ident: Json, directories: Iterable[Directory]) -> Any:
    found = (directory.key_of(str(ident)) for directory in directories)
    return next((key for key in found if key is not None), None)


class Session:
    """The connection of one tree, what its service announces, and the directories of its branches."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection = Connection(settings)
        self.directories: dict[str, Directory] = {}
        self.pause: Callable[[float], None] = time.sleep
        self._service: Service | None = None
        self._guard = Lock()

    @property
    def service(self) -> Service:
        """What the service announces, asked once; what goes wrong with that is raised."""
        with self._guard:
            if self._service is None:
                self._service = announced(self.connection)
            return self._service

    def renew(self) -> None:
        """Ask the service anew what it can do, at the next use."""
        with self._guard:
            self._service = None

    def directory(self, branch: str) -> Directory:
        """Return the directory of a branch."""
        return self.directories.setdefault(branch, Directory())


def session_of(tree: DataStoreTree) -> Session:
    """Return the session of *tree*, the same one each time (SettingsError for wrong settings)."""
    if tree not in _SESSIONS:
        _SESSIONS[tree] = Session(settings_of(tree))
    return _SESSIONS[tree]
