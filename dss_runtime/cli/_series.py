"""Several syncs in one run: what became of each, and of all, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from dss_runtime.cli._account import Account, Ended, EndState
from dss_runtime.cli._exits import Exit

WORST_FIRST: tuple[EndState, ...] = (
    "interrupted", "failed", "incomplete", "not_converged", "held", "differences", "applied", "in_step",
)  # fmt: skip
"""The state of several syncs is the first of these in which one has ended; the exit code goes by it."""


@dataclass(slots=True)
class Series:
    """A run of several syncs that goes on: `account` is its own, `ended` are those that are over."""

    account: Account
    syncs: tuple[str, ...]
    ended: list[Ended] = field(default_factory=list[Ended])

    @property
    def not_begun(self) -> tuple[str, ...]:
        """The syncs whose turn has not come."""
        return self.syncs[len(self.ended) :]

    @property
    def state(self) -> EndState:
        """How the syncs have ended so far, all in all."""
        states: set[EndState] = {each.state for each in self.ended}
        return min(states, key=WORST_FIRST.index) if states else "in_step"

    @property
    def exit(self) -> Exit:
        """The exit code of the sync whose state counts."""
        return next((each.exit for each in self.ended if each.state == self.state), Exit.OK)

    def end(self, ended: datetime, code: Exit, error: BaseException | None) -> SeriesEnded:
        """Return what is to be told, now that the run has ended with *code*, because of *error* if any."""
        whole = self.account.end(ended, code, error)
        if error is None and code is not Exit.INTERRUPTED:
            whole = replace(whole, state=self.state)
        return SeriesEnded(whole, tuple(self.ended), self.not_begun)


@dataclass(frozen=True, slots=True)
class SeriesEnded:
    """A run of several syncs that has ended; `whole` tells of all of it, and has no report of its own.

    It has an error where it has ended before the first sync began.
    """

    whole: Ended
    syncs: tuple[Ended, ...]
    not_begun: tuple[str, ...]

    @property
    def failed_unbegun(self) -> Iterator[Ended]:
        """What is to be told of each sync where none could begin: that it has failed, as the run has."""
        if self.whole.state == "failed" and not self.syncs:
            for name in self.not_begun:
                yield replace(self.whole, account=replace(self.whole.account, sync=name))
