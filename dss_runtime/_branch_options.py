"""What the class of a branch says of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Literal

from dss_runtime._generation import Generation
from dss_runtime._guard import DEFAULT_GUARD, Guard

Duplicates = Literal["error", "first", "last", "merge", "quarantine"]


class BranchOptions:
    """The options of branches, each with what it is where a class says nothing else."""

    __branchname__: ClassVar[str]
    klass: Any = None
    order: ClassVar[int] = 10_000
    duplicates: ClassVar[Duplicates] = "error"
    guard: ClassVar[Guard] = DEFAULT_GUARD
    derived_from: ClassVar[tuple[str, ...]] = ()
    """The branches of the same tree from which this one is derived."""
    omitted: ClassVar[frozenset[str]] = frozenset()
    """The fields that this tree does not hold: they are not compared."""
    keeps_old: ClassVar[bool] = False
    """Whether records that the left side no longer has are left as they are."""
    retires_old: ClassVar[bool] = False
    """Whether old records stay in the system, disabled: `retired` holds them, and a return revives them."""
    disabled_by: ClassVar[tuple[tuple[str, object], ...]] = ()
    """The fields and values by which a record of this system is disabled; none where no field says so."""
    matched_by: ClassVar[tuple[str, ...]] = ()
    """The fields by which a record of this system without a key is known, and adopted by a new one."""
    follows_keys: ClassVar[bool] = False
    """Whether a record whose key the left side no longer has may be adopted under another key too."""
    owned: ClassVar[frozenset[str]] = frozenset()
    """The fields of which a record that was there before, adopted or returned, keeps what it has."""
    delete_after: ClassVar[timedelta | None] = None
    """How long records stay disabled before they are deleted; None where they stay for good."""
    generates: ClassVar[tuple[Generation[Any], ...]] = ()
    """How new records get names in fields that the left side leaves empty; they are not compared."""
    by_record: ClassVar[bool] = False
    """Whether one handler gets all attribute changes of a record."""
