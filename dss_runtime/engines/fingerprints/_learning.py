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
    mine, its, keys = bytearray(), bytearray(), bytearray()
    apart, compare, others = uncompared(left, right), right.compare, right.held
    our_rows, their_rows, doubtful = ours.made, theirs.made, ours.others | theirs.others
    for key, record in left.held.items():
        other = others.get(key)
        if other is None or key in doubtful or key not in our_rows or key not in their_rows:
            continue
        if any(each.attribute not in apart for each in compare(record, other)):
            continue
        row, its_row = one(fingerprints[0], our_rows[key]), one(fingerprints[1], their_rows[key])
        if UNKNOWN in (row, its_row):
            continue
        try:
            keys += hashing(form(key))
        except StrangeKeyError:
            break  # So are the keys of all.
        mine += row
        its += its_row
    return Facts(bytes(mine), bytes(its), bytes(keys))
