"""What systems do to nothing, and to several values: functions that say whether it explains a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from dss_runtime.types import ListType
from dss_runtime.verifying._seen import Detail, Seen

_EMPTY: tuple[object, ...] = ("", b"", (), frozenset[object]())


def empties_null(seen: Seen) -> Detail:
    """Nothing becomes an empty value."""
    return "" if seen.field is not None and seen.wanted is None and seen.found in _EMPTY else None


def nulls_empty(seen: Seen) -> Detail:
    """An empty value becomes nothing."""
    return "" if seen.field is not None and seen.found is None and seen.wanted in _EMPTY else None


def fills(seen: Seen) -> Detail:
    """Nothing becomes something."""
    return "" if seen.field is not None and seen.wanted is None and not seen.kept else None


def drops(seen: Seen) -> Detail:
    """Something becomes nothing."""
    gone = seen.found is None or seen.found in _EMPTY
    return "" if seen.field is not None and gone and not seen.kept else None


def reorders(seen: Seen) -> Detail:
    """The members of a list come in another order."""
    return _compared(seen, Counter)


def drops_duplicates(seen: Seen) -> Detail:
    """A list has each member once."""
    return _compared(seen, frozenset)


def _compared(seen: Seen, form: Callable[[Iterable[object]], object]) -> Detail:
    if not _both_many(seen) or seen.field is None or not isinstance(seen.field.type, ListType):
        return None
    wanted, found = (form(_forms(seen, value)) for value in (seen.wanted, seen.found))
    return "" if wanted == found else None


def keeps_some(seen: Seen) -> Detail:
    """Some members are missing, and none is new."""
    if not _both_many(seen):
        return None
    return "" if set(_forms(seen, seen.found)) < set(_forms(seen, seen.wanted)) else None


def _both_many(seen: Seen) -> bool:
    return all(isinstance(each, (tuple, frozenset)) for each in (seen.wanted, seen.found))


def _forms(seen: Seen, value: Iterable[Any]) -> Iterable[object]:
    scalar = seen.scalar
    return [each if scalar is None else scalar.canonical(each) for each in value]
