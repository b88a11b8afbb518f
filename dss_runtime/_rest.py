"""What a branch has beside its records in memory: those that the other side of a comparison has alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dss_runtime._errors import DssError
from dss_runtime._typing import override

if TYPE_CHECKING:
    from dss_runtime._branch import Branch
    from dss_runtime._reading import BranchReading, Cells

M = TypeVar("M")
K = TypeVar("K")


class Rest(ABC, Generic[K, M]):
    """The records of a branch that a sieve has left out; `pair` is the same object for both sides.

    Each was proven to be readable, alone with its key, and the same as a record of the other side of that one
    comparison.
    """

    def __init__(self, pair: object) -> None:
        self.pair = pair

    @abstractmethod
    def __len__(self) -> int:
        """Return how many records were left out."""

    @property
    @abstractmethod
    def keys(self) -> Container[Any]:
        """The keys of the records that were left out."""

    @abstractmethod
    def whole(self, held: Mapping[K, M]) -> dict[K, M]:
        """Return all records in the order in which they were read; what only *held* has comes last."""

    @override
    def __repr__(self) -> str:
        return f"<{len(self)} records as the other side has them>"


class Awaited(Rest[K, M]):
    """All records of a branch, while the other side is still to come; *give* makes them.

    Code of the project may look at one branch while another one is read.
    """

    def __init__(self, branch: Branch[K, M], give: Callable[[], None]) -> None:
        super().__init__(pair=None)
        self._branch = branch
        self._give = give

    @override
    def __len__(self) -> int:
        return len(self.whole({}))

    @property
    @override
    def keys(self) -> Container[Any]:
        return self.whole({})

    @override
    def whole(self, held: Mapping[K, M]) -> dict[K, M]:
        self._branch.rest = None
        try:
            self._give()
        except BaseException:
            self._branch.clear()  # a part of its records is worth nothing
            self._branch.rest = self
            raise
        return dict(self._branch.held)


class UnreadRest(Rest[K, M]):
    """Records that were never made: their rows are read once more where somebody asks for them."""

    def __init__(self, reading: BranchReading[K, M], pair: object) -> None:
        super().__init__(pair)
        self._reading = reading

    @abstractmethod
    def rows(self) -> Iterator[tuple[Cells, bool]]:
        """Yield the cells of every row of the branch, in order, and whether it was left out.

        Raises SourceError where they are no longer there as they were.
        """

    @property
    @override
    def keys(self) -> Container[Any]:
        return self._keys

    @cached_property
    def _keys(self) -> frozenset[K]:
        parse, key = self._reading.parse, self._reading.key
        found = (cells for cells, left_out in self.rows() if left_out)
        if getattr(self._reading.recipe, "where", None) is not None:
            found = (cells for cells in found if parse(cells) is not None)
        return frozenset(map(key, found))

    @override
    def whole(self, held: Mapping[K, M]) -> dict[K, M]:
        found: dict[K, M] = {}
        parse, key = self._reading.parse, self._reading.key
        for cells, left_out in self.rows():
            if left_out:
                record = parse(cells)
                if record is not None:  # else `where` leaves the row out
                    found[key(cells)] = record
                continue
            try:
                at = key(cells)
            except (DssError, ValueError):  # such a row is unreadable, and no record
                continue
            if at in held:
                found[at] = held[at]
        for at, record in held.items():
            found.setdefault(at, record)
        return found


def differing(left: Branch[Any, Any], right: Branch[Any, Any]) -> tuple[Mapping[Any, Any], Mapping[Any, Any]]:
    """Return the records of both sides in which they may differ: all, unless the two were sifted together."""
    if left.rest is None or right.rest is None or left.rest.pair is not right.rest.pair:
        left.make_whole()
        right.make_whole()
    return left.held, right.held
