"""Rows of both sides, held against what is known of them."""

from __future__ import annotations

from array import array
from itertools import compress, count, repeat
from operator import not_

from dss_runtime._errors import DssError
from dss_runtime._tabular import ChangedMeanwhileError
from dss_runtime.engines.fingerprints._facts import WIDTH, Facts, Hashing, Memory, each
from dss_runtime.engines.fingerprints._followed import Followed
from dss_runtime.engines.fingerprints._keys import Keys, StrangeKeyError, form
from dss_runtime.engines.fingerprints._learning import proven
from dss_runtime.engines.fingerprints._side import Taken


class Comparing:
    """One branch of two trees, whose rows were taken."""

    def __init__(self, left: Taken, right: Taken, memory: Memory, mark: str) -> None:
        self._sides = left, right
        self._memory = memory
        self._mark = mark
        self._hashing = Hashing(memory.secret, "key")

    def finish(self, known: Facts | str) -> str:
        """Read what is not *known* to be the same; return why that was all, "" where it was not."""
        left, right = (side.rows.fingerprints() for side in self._sides)
        if isinstance(left, str) or isinstance(right, str):
            for side in self._sides:
                side.read()
            return left if isinstance(left, str) else str(right)
        reason = known if isinstance(known, str) else self._in_part(known, left, right)
        return self._in_full(reason, left, right) if reason else ""

    def _in_part(self, known: Facts, left: bytes, right: bytes) -> str:
        """Leave out the rows that are known to be the same; return why none can be, "" where they are."""
        ours, theirs = _pairs(known.left, left), _pairs(known.right, right)
        gone = bytearray(map(int.__or__, _gone(ours, len(known)), _gone(theirs, len(known))))
        wanted = bytearray(map(gone.__getitem__, ours)), bytearray(map(gone.__getitem__, theirs))
        try:
            mine, other = map(Taken.read_some, self._sides, wanted)
            for side in self._sides:
                side.rows.check()
            keys = {self._hashing(form(key)) for read in (mine, other) for key in read.keys}
        except ChangedMeanwhileError as error:
            return f"{error.place} is no row of its own, or was changed meanwhile"
        except (DssError, OSError):  # Reading all tells what is wrong: there may be something before it.
            return "something is wrong with what was read"
        except StrangeKeyError as error:
            return str(error)
        kept = Facts(*(b"".join(compress(each(column), map(not_, gone))) for column in known.columns))
        if not keys.isdisjoint(each(kept.key)):
            return "a record that was the same on both sides has more rows now"
        pair = object()
        for side, which in zip(self._sides, wanted, strict=True):
            side.leave_out(which, pair, Keys(self._hashing, kept.key))
        self._learn(kept, (mine, other), (left, right), whole=False)
        return ""

    def _in_full(self, reason: str, left: bytes, right: bytes) -> str:
        """Read all, because of *reason*; return it, or why nothing is to be learned from what was read."""
        mine, other = map(Taken.read, self._sides)
        try:
            for side in self._sides:
                side.rows.check()  # else its fingerprints are not of what was read
        except ChangedMeanwhileError as error:
            return str(error)
        for side, read, rows in zip(self._sides, (mine, other), (left, right), strict=True):
            if read.count * WIDTH != len(rows):
                return f"{side.branch.fullname} has rows that are not one line each"
        self._learn(Facts(), (mine, other), (left, right), whole=True)
        return reason

    def _learn(
        self, kept: Facts, read: tuple[Followed, Followed], rows: tuple[bytes, bytes], *, whole: bool
    ) -> None:
        if self._memory.learns:
            left, right = (side.branch for side in self._sides)
            found = proven(left, right, *read, rows, self._hashing)
            self._memory.learn(left.name, self._mark, kept + found, whole=whole)


def _pairs(known: bytes, rows: bytes) -> array[int]:
    """Return for each row which of the *known* pairs has it, -1 for none; of equal rows the first has one."""
    index = dict(zip(each(known), count(), strict=False))
    return array("q", map(index.pop, each(rows), repeat(-1)))


def _gone(pairs: array[int], known: int) -> bytearray:
    """Return a byte for each of the *known* pairs, 0 where its row is there, and a 1 for -1."""
    gone = bytearray(b"\1") * (known + 1)
    for pair in pairs:
        gone[pair] = 0
    gone[-1] = 1
    return gone
