"""What every kind of record offers, and how calls are put together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dss_runtime import Outcome
from dss_runtime.adapters.moodle._client import MoodleError, NoRightsError
from dss_runtime.adapters.moodle._encoding import FIXED, Value, variables

if TYPE_CHECKING:
    from dss_runtime.adapters.moodle._moodle import Moodle

Cells: TypeAlias = Mapping[str, Any]
"""What is read of one record, by column."""


@dataclass(slots=True)
class Row:
    """One record that is to be written: `key` and `values` are columns as Moodle takes them.

    `key` tells the record that is there, or is to be; `item` is what a call says of it, once it is known.
    `outcome` is what became of it; None while nothing has.
    """

    key: Mapping[str, str]
    values: dict[str, Value]
    item: dict[str, Value] = field(default_factory=dict[str, "Value"])
    outcome: Outcome | None = None

    def fail(self, reason: str) -> None:
        """Note that it cannot be written."""
        self.outcome = Outcome.failed(reason)

    def applied(self) -> None:
        """Note that it is written."""
        self.outcome = Outcome.applied()


class Resource(ABC):
    """A kind of record. Its columns have the names that Moodle's web services use, where those have one."""

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    """The columns that tell records apart."""
    only_written: frozenset[str] = frozenset()
    """Columns that nobody can read."""
    only_in_database: frozenset[str] = frozenset()
    """Columns that web services take and do not tell."""

    @abstractmethod
    def query(self, moodle: Moodle) -> tuple[str, Mapping[str, object]]:
        """Return the SELECT that reads all columns of all records, in their order, and its parameters."""

    @abstractmethod
    def read(self, moodle: Moodle) -> Iterator[Cells]:
        """Yield all records, by web services."""

    @abstractmethod
    def create(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        """Make records that are not there."""

    @abstractmethod
    def change(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        """Give `values` to records that are there."""

    @abstractmethod
    def remove(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        """Remove records that are there."""

    def refusal(self, values: Mapping[str, Value], *, new: bool) -> str:
        """Return why Moodle would not take *values*, or nothing: it does not say so itself."""
        return ""


def waiting(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that nothing has become of yet."""
    return [row for row in rows if row.outcome is None]


def batches(moodle: Moodle, rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield *rows* in batches that fit into a call: what is beyond max_input_vars is cut off in silence."""
    room = moodle.settings.max_input_vars - FIXED
    batch: list[Row] = []
    size = 0
    for row in waiting(rows):
        needs = variables(row.item)
        if needs > room:
            row.fail(
                f"its {needs} variables do not fit into max_input_vars = {moodle.settings.max_input_vars}"
            )
            continue
        if batch and (size + needs > room or len(batch) == moodle.settings.records):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += needs
    if batch:
        yield batch


def together(moodle: Moodle, rows: Sequence[Row], call: Callable[[Sequence[Row]], None]) -> None:
    """Make *call* for as many rows at once as go into one; where Moodle refuses it, for each half of them.

    Only for functions that do all or nothing: a record that is refused then fails alone.
    """
    for batch in batches(moodle, rows):
        _together(batch, call)


def _together(rows: Sequence[Row], call: Callable[[Sequence[Row]], None]) -> None:
    try:
        call(rows)
    except NoRightsError:
        raise
    except MoodleError as error:
        if len(rows) == 1:
            rows[0].fail(str(error))
            return
        middle = len(rows) // 2
        _together(rows[:middle], call)
        _together(rows[middle:], call)
    else:
        for row in waiting(rows):
            row.applied()


def warned(answer: object) -> list[Mapping[str, Any]]:
    """Return the warnings of an answer."""
    if not isinstance(answer, dict):
        return []
    return list(cast("dict[str, Any]", answer).get("warnings") or ())
