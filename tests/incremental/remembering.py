"""What a test remembers from run to run, and how it tells what two trees that were read differ in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dss_runtime import DataStoreTree
from dss_runtime._sifting import Chosen, load_both
from dss_runtime.engines.fingerprints import Facts, FingerprintSieve


@dataclass
class Remembering:
    """Keeps facts from one run to the next, as long as the mark stays the same."""

    secret: bytes = b"s" * 16
    learns: bool = True
    known: dict[str, tuple[str, Facts]] = field(default_factory=dict[str, tuple[str, Facts]])
    whole: list[str] = field(default_factory=list[str])

    def recall(self, branch: str, mark: str, /) -> Facts | str:
        """Return what is known of *branch*."""
        found = self.known.get(branch, ("", Facts()))
        return found[1] if found[0] == mark else "nothing is known"

    def learn(self, branch: str, mark: str, facts: Facts, /, *, whole: bool) -> None:
        """Take what is known now."""
        self.known[branch] = mark, facts
        if whole:
            self.whole.append(branch)

    def load(self, left: DataStoreTree, right: DataStoreTree) -> Sequence[Chosen]:
        """Read two trees with what is known, and remember what that has proven."""
        return load_both(left, right, FingerprintSieve(self))


def told(left: DataStoreTree, right: DataStoreTree) -> Any:
    """Return everything that a run would know of two trees that were read."""
    actions, held_back = (left - right).plan()
    branches = [each for tree in (left, right) for each in tree.branches]
    return (
        list(map(repr, actions)),
        held_back,
        [(each.fullname, len(each), each.rows_read, each.bytes_read, each.modified) for each in branches],
        [list(map(repr, each.unreadable)) for each in branches],
        [repr(list(each.retired.items())) for each in branches],
    )


def records(*trees: DataStoreTree) -> list[str]:
    """Return all records of *trees* in their order."""
    return [repr(list(branch.items())) for tree in trees for branch in tree.branches]
