"""A branch: the records of one model in one tree, by key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from dss_runtime._actions import mask_key
from dss_runtime._branch_options import BranchOptions, Duplicates
from dss_runtime._branch_state import BranchState
from dss_runtime._differences import Difference
from dss_runtime._errors import DuplicateKeyError
from dss_runtime._fields import HAND_WRITTEN, ModelInfo
from dss_runtime._imports import load_class
from dss_runtime._model import differences
from dss_runtime._rest import Rest
from dss_runtime._typing import override
from dss_runtime._unclaimed import Unclaimed
from dss_runtime._unreadable import Unreadable

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree

M = TypeVar("M")
K = TypeVar("K")


class Branch(BranchOptions, Mapping[K, M], Generic[K, M]):
    """The records of one model in one tree, in the order in which they were made; a mapping by key.

    Subclasses name themselves with `__branchname__` and their model with `klass`, a class or an import
    string. `order` breaks ties between branches that do not refer to each other.

    Where two trees were read for a comparison (`load_both`), only the records that may differ are in memory:
    `held` has them, and `rest` tells of the others, which are made once one of them is asked for.
    """

    def __init__(self, tree: DataStoreTree) -> None:
        self.tree = tree
        self.fullname = f"{tree.name}.{self.name}"
        self.klass = self._resolve_klass()
        self._records: dict[K, M] = cast("dict[K, M]", tree.datastore.claim(self.fullname, self.make_whole))
        self.retired: dict[K, M] = {}
        self.expired: dict[K, datetime] = {}
        """Of the retired, those that are to be deleted, and since when they are; whoever diffs fills it."""
        self.unclaimed: list[Unclaimed] = []
        """The records without a key that may be adopted; empty unless the branch is `matched_by` fields."""
        self.unreadable: list[Unreadable] = []
        self.rows_read: int | None = None
        """How many rows the source has given; None where the records did not come from rows."""
        self.bytes_read: int | None = None
        """How large the source's files are, in bytes; None where it has none."""
        self.modified: datetime | None = None
        """When the source was last written, the oldest of its files; None where nothing tells."""
        self.taken: dict[str, Collection[str]] = {}
        """By field, names that are taken in the system by what is no record here, such as an admin."""
        self.rest: Rest[K, M] | None = None
        """The records that were left out, since the other side has the same; None where none were."""

    def _resolve_klass(self) -> type[M] | None:
        declared: str | type[M] | None = type(self).klass
        return None if declared is None else load_class(declared, what=f"{type(self).__name__}.klass")

    @property
    def name(self) -> str:
        """The branch's name, the same on every tree."""
        return type(self).__branchname__

    @property
    def info(self) -> ModelInfo:
        """What is known of the branch's model."""
        return getattr(self.klass, "__dss__", HAND_WRITTEN)

    # -- making records -------------------------------------------------------------------------------

    def make(self, idnumber: Any, /, *args: Any, **fields: Any) -> M:
        """Return the record with this key, made from the fields unless it is there already.

        *idnumber* may be a callable that returns the key. Generated branches type this method.
        """
        key = cast("K", idnumber() if callable(idnumber) else idnumber)
        existing = self.existing(key)
        if existing is not None:
            self.will_return_old(existing)
            return existing
        return self.put(key, self.build(key, *args, **fields))

    def build(self, key: Any, /, *args: Any, **fields: Any) -> M:
        """Return a new record of the branch's model, not stored yet."""
        if self.klass is None:
            if set(fields) == {"object"} and not args:
                return cast("M", fields["object"])
            raise TypeError(f"branch {self.fullname} has no klass: call make(key, object=record)")
        return cast("M", self.klass(key, *args, **fields))

    def existing(self, key: K) -> M | None:
        """Return the record with *key*, None when there is none.

        Raises DuplicateKeyError when a stored key equals *key* without being of its type, as 1 and True.
        """
        found = self._records.get(key) if self.rest is None else self.get(key)
        if found is not None and not isinstance(key, str):
            stored = self._stored(key, found)
            if _types_of(stored) != _types_of(key):
                masked = mask_key(self.info, stored)
                raise DuplicateKeyError(
                    self.fullname, mask_key(self.info, key), f"it equals {masked!r}, which is of another type"
                )
        return found

    def _stored(self, key: K, record: M) -> object:
        """Return the stored key that equals *key*; as a rule its record holds it, and no search is needed."""
        try:
            own: object = self.key_of(record)
        except AttributeError:
            own = None
        if own == key and _types_of(own) == _types_of(key):
            return own
        return next(each for each in self if each == key)

    def put(self, key: K, record: M) -> M:
        """Store *record* under *key*, calling the hooks of a new record."""
        self.will_make_new(record)
        if self.rest is not None:
            self._make_held(key)
        self._records[key] = record
        self.did_make_new(record)
        return record

    def put_new(self, records: Mapping[K, M]) -> bool:
        """Store *records* under their keys, calling the hooks of new ones, and return True.

        Where a record with one of the keys may be there already nothing is stored, and False returned.
        """
        if self.rest is not None or self._overrides("existing"):
            return False
        if not self._records.keys().isdisjoint(records):
            return False
        if self._overrides("put", "will_make_new", "did_make_new"):
            for key, record in records.items():
                self.put(key, record)
        else:
            self._records.update(records)
        return True

    def _overrides(self, *names: str) -> bool:
        return any(getattr(type(self), name) is not getattr(Branch, name) for name in names)

    def key_of(self, record: M, /) -> K:
        """Return the key of *record*: its idnumber, or a tuple of its model's key fields."""
        names = self.info.key
        if len(names) == 1:
            return cast("K", getattr(record, names[0]))
        return cast("K", tuple(getattr(record, name) for name in names))

    # -- hooks ----------------------------------------------------------------------------------------

    def will_make_new(self, record: M) -> None:
        """Called before a new record is stored."""

    def did_make_new(self, record: M) -> None:
        """Called after a new record was stored."""

    def will_return_old(self, record: M) -> None:
        """Called when `make` is about to return a record that was there already."""

    # -- comparing ------------------------------------------------------------------------------------

    def compare(self, left: M, right: M, /) -> Iterable[Difference]:
        """Return what differs between a left record and this tree's own."""
        return differences(left, right)

    def removable(self) -> Iterator[tuple[K, M]]:
        """Yield key and record of all that may be old: what is held, and what is retired and has expired."""
        yield from self._records.items()
        for key in self.expired:
            if key in self.retired and key not in self._records:
                yield key, self.retired[key]

    # -- changing -------------------------------------------------------------------------------------

    def replace(self, key: K, record: M) -> None:
        """Store *record* under *key* without hooks, as a sync does when it brings the branch up to date."""
        if self.rest is not None:
            self._make_held(key)
        self._records[key] = record

    def replace_all(self, keys: Iterable[K], records: Iterable[M]) -> None:
        """Do what `replace` does for each of *records*, once all of them could be made.

        None of the *keys* is one of the `rest`, which is not asked: that may mean to read it.
        """
        pairs = list(zip(keys, records, strict=True))
        if self._overrides("replace"):
            for key, record in pairs:
                self.replace(key, record)
        else:
            self._records.update(pairs)

    def all_of(self, keys: Sequence[K]) -> list[M]:
        """Return the records with *keys* (KeyError when one of them is not there)."""
        return (
            [self[key] for key in keys]
            if self.rest is not None
            else list(map(self._records.__getitem__, keys))
        )

    def delete_all(self, keys: Iterable[K]) -> None:
        """Forget the records with *keys*, as far as they are there."""
        for key in keys:
            if key in self:
                self.delete(key)

    def delete(self, key: K) -> None:
        """Forget the record with *key* (KeyError when there is none)."""
        if self.rest is not None:
            self._make_held(key)
        del self._records[key]

    def clear(self) -> None:
        """Forget every record, and every row that could not be read."""
        self._records.clear()
        self.rest = None
        self.retired.clear()
        self.expired.clear()
        self.unclaimed.clear()
        self.unreadable.clear()
        self.rows_read = None
        self.bytes_read = None
        self.modified = None
        self.taken.clear()

    def quarantine(self, row: Unreadable) -> None:
        """Remember a row that could not be read, so that its key is protected."""
        self.unreadable.append(row)

    def snapshot(self) -> BranchState[K, M]:
        """Return what `restore` takes to bring back this state."""
        return BranchState(
            dict(self._records),
            dict(self.retired),
            dict(self.expired),
            list(self.unclaimed),
            list(self.unreadable),
            self.rows_read,
            self.bytes_read,
            self.modified,
            dict(self.taken),
            self.rest,
        )

    def restore(self, state: BranchState[K, M]) -> None:
        """Go back to a state that `snapshot` returned."""
        self.clear()
        self._records.update(state.records)
        self.rest = state.rest
        self.retired.update(state.retired)
        self.expired.update(state.expired)
        self.unclaimed.extend(state.unclaimed)
        self.unreadable.extend(state.unreadable)
        self.rows_read = state.rows_read
        self.bytes_read = state.bytes_read
        self.modified = state.modified
        self.taken.update(state.taken)

    # -- reading --------------------------------------------------------------------------------------

    @property
    def held(self) -> Mapping[K, M]:
        """The records in memory: all, or, where there is a `rest`, those that the other side may not have.

        It is the dict itself, to look at: a proxy would make the look-ups of a comparison half as slow again.
        """
        return self._records

    def make_whole(self) -> None:
        """Make the records that were left out, so that all of them are held, in the order of their rows.

        Where they cannot be made, it is not forgotten that they are missing.
        """
        if self.rest is not None:
            whole = self.rest.whole(self._records)
            self.rest = None
            self._records.clear()
            self._records.update(whole)

    def _make_held(self, key: object) -> None:
        """Make the records that were left out where one of them has *key*: it is about to change."""
        if key not in self._records and key in self:
            self.make_whole()

    def store(self) -> Mapping[str, Mapping[K, M]]:
        """Return {"<treename>.<branchname>": the records by key}, read-only."""
        self.make_whole()
        return MappingProxyType({self.fullname: MappingProxyType(self._records)})

    @override
    def __getitem__(self, key: K, /) -> M:
        if self.rest is not None and key not in self._records:
            self._make_held(key)
        return self._records[key]

    @override
    def __iter__(self) -> Iterator[K]:
        self.make_whole()
        return iter(self._records)

    @override
    def __len__(self) -> int:
        return len(self._records) + (0 if self.rest is None else len(self.rest))

    @override
    def __contains__(self, key: object, /) -> bool:
        return key in self._records or (self.rest is not None and key in self.rest.keys)

    @override
    def __eq__(self, other: object, /) -> bool:
        return self is other

    @override
    def __hash__(self) -> int:
        return id(self)

    def keys_startswith(self, prefix: str) -> list[K]:
        """Return the text keys that begin with *prefix*, in order."""
        return [key for key in self if isinstance(key, str) and key.startswith(prefix)]

    def find(self, matches: Callable[[M], bool]) -> M | None:
        """Return the first record for which *matches* is true, None when there is none."""
        return next(filter(matches, self.values()), None)

    def find_all(self, matches: Callable[[M], bool]) -> list[M]:
        """Return every record for which *matches* is true, in order."""
        return list(filter(matches, self.values()))

    def find_by(self, **attributes: object) -> M | None:
        """Return the first record whose attributes have the given values, None when there is none."""
        return self.find(_matcher(attributes))

    def find_all_by(self, **attributes: object) -> list[M]:
        """Return every record whose attributes have the given values, in order."""
        return self.find_all(_matcher(attributes))

    @override
    def __repr__(self) -> str:
        return f"<branch {self.fullname}, {len(self)} records>"


class DataStoreBranch(Branch[Any, Any]):
    """The base of branches that are declared by hand.

    Of `duplicates`, "merge" asks the importer's `resolve_duplicate`.
    """

    duplicates: ClassVar[Duplicates] = "merge"


def _matcher(attributes: dict[str, object]) -> Callable[[object], bool]:
    return lambda record: all(getattr(record, name) == value for name, value in attributes.items())


def _types_of(key: object) -> object:
    """The type of a key, and of each part of a tuple: what tells 1, 1.0 and True apart."""
    if isinstance(key, tuple):
        return tuple(_types_of(part) for part in cast("tuple[object, ...]", key))
    return type(key)
