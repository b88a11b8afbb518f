"""What a run that has read rows of both sides proves of them."""

from __future__ import annotations

from typing import Any

from dss_runtime._branch import Branch
from dss_runtime.engines.fingerprints._facts import UNKNOWN, Facts, Hashing, one
from dss_runtime.engines.fingerprints._followed import Followed
from dss_runtime.engines.fingerprints._keys import StrangeKeyError, form
from dss_runtime.engines.memory import uncompared


def proven(
    left: Branch[Any, Any],
    right: Branch[Any, Any],
    ours: Followed,
    theirs: Followed,
    fingerprints: tuple[bytes, bytes],
    hashing: Hashing,
) -> Facts:
    """Return the pairs of rows that are the same record, alone with its key among those that were read."""
    columns = bytearray(), bytearray(), bytearray()
    apart, others = uncompared(left, right), right.held
    doubtful = ours.others | theirs.others
    for key, record in left.held.items():
        other, here, there = others.get(key), ours.made.get(key), theirs.made.get(key)
        if other is None or here is None or there is None or key in doubtful:
            continue
        if any(each.attribute not in apart for each in right.compare(record, other)):
            continue
        pair = one(fingerprints[0], here), one(fingerprints[1], there)
        if UNKNOWN in pair:
            continue
        try:
            marks = (*pair, hashing(form(key)))
        except StrangeKeyError:
            break  # So are the keys of all.
        for column, mark in zip(columns, marks, strict=True):
            column += mark
    return Facts(*map(bytes, columns))
