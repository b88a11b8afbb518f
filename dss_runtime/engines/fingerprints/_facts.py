"""What runs have proven of rows, as keyed hashes that tell nobody what the rows hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from struct import iter_unpack
from typing import Protocol

WIDTH = 12
"""Bytes of a fingerprint: two of 10 million rows have the same by accident once in 10^15 runs."""

UNKNOWN = bytes(WIDTH)
"""Stands for the fingerprint of a row that has none."""


class Hashing:
    """Makes fingerprints of one kind, which are unlike those of every other kind and every other key."""

    def __init__(self, key: bytes, kind: str) -> None:
        self._begun = blake2b(key=key, digest_size=WIDTH)
        self._begun.update(kind.encode("utf-8", "surrogatepass").ljust(256, b"\0"))

    def __call__(self, data: bytes) -> bytes:
        """Return the fingerprint of *data*."""
        found = self._begun.copy()
        found.update(data)
        return found.digest()


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of rows that are the same record: fingerprints of the left rows, the right ones, and the keys.

    Each is one text of bytes, WIDTH of them for every pair, in the same order.
    """

    left: bytes = b""
    right: bytes = b""
    key: bytes = b""

    def __len__(self) -> int:
        return len(self.key) // WIDTH

    @property
    def columns(self) -> tuple[bytes, bytes, bytes]:
        """The three texts."""
        return self.left, self.right, self.key

    def __add__(self, other: Facts) -> Facts:
        return Facts(*(mine + more for mine, more in zip(self.columns, other.columns, strict=True)))

    def packed(self) -> bytes:
        """Return all of it as one text of bytes."""
        return b"".join(self.columns)

    @classmethod
    def unpacked(cls, packed: bytes) -> Facts:
        """Return what `packed` was called on."""
        third = len(packed) // 3
        return cls(packed[:third], packed[third : 2 * third], packed[2 * third :])


def each(fingerprints: bytes) -> Iterator[bytes]:
    """Yield one fingerprint after the other."""
    return chain.from_iterable(iter_unpack(f"{WIDTH}s", fingerprints))


def one(fingerprints: bytes, at: int) -> bytes:
    """Return the fingerprint number *at*, counted from 0."""
    return fingerprints[at * WIDTH : (at + 1) * WIDTH]


class Memory(Protocol):
    """What keeps facts from one run to the next."""

    @property
    def secret(self) -> bytes:
        """The key of the fingerprints, of 16 to 64 bytes."""
        ...

    @property
    def learns(self) -> bool:
        """Whether this run may add to what is known."""
        ...

    def recall(self, branch: str, mark: str, /) -> Facts | str:
        """Return what is known of *branch* under *mark*, or why it is to be read in full."""
        ...

    def learn(self, branch: str, mark: str, facts: Facts, /, *, whole: bool) -> None:
        """Take all that is known now; *whole* where the branch was read in full."""
        ...
