"""What `plan` and `sync` have to tell, as values; how it is shown is decided elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from dss_runtime import Action, DataStoreTree, HeldBack, Outcome, SyncResult, Trip, Unreadable
from dss_runtime._trips import Passed
from dss_runtime.cli._exits import Exit
from dss_runtime.journal import Kept
from dss_runtime.verifying import Likely

Command: TypeAlias = Literal["plan", "sync", "apply", "undo", "run"]

State: TypeAlias = Literal[
    "in_step", "differences", "applied", "incomplete", "not_converged", "held", "interrupted"
]

EXIT_OF: Mapping[State, Exit] = {
    "in_step": Exit.OK,
    "differences": Exit.DIFFERENT,
    "applied": Exit.OK,
    "incomplete": Exit.ERROR,
    "not_converged": Exit.ERROR,
    "held": Exit.HELD,
    "interrupted": Exit.INTERRUPTED,
}


class Names(NamedTuple):
    """The two trees, and the branches that are compared, in the order in which records are created."""

    left: str
    right: str
    branches: tuple[str, ...]
    renames: Mapping[str, Mapping[str, str]] = {}
    """What had another name before, by kind: former names by those of today."""


class UnreadableRow(NamedTuple):
    """A row that could not be read, and the tree that it should have been read into."""

    tree: str
    branch: str
    row: Unreadable


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found when the target was read again after a run; `error` is why nothing could be found.

    `held_back` counts what still differs and is left alone; the target counts as converged all the same.
    `causes` are the likely ones of what remains.
    """

    remaining: tuple[Action, ...] = ()
    held_back: int = 0
    error: str = ""
    causes: tuple[Likely, ...] = ()

    @property
    def error_without_records(self) -> str:
        """What those may know of the error who are not to see any record."""
        return self.error and "the target could not be compared again"

    @property
    def converged(self) -> bool:
        """Whether nothing is left to do."""
        return not self.remaining and not self.error

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many differences remain, by branch and "kind attribute" (just the kind for whole records)."""
        return Counter(map(what_of, self.remaining))


@dataclass(frozen=True, slots=True)
class Report:
    """One run of `plan`, `sync`, `apply` or `undo`.

    `result` is None where nothing was carried out: then `actions` is what would be. `trips` are the guards
    that hold the run, `held` the text of whatever else does, `passed` what would have held it, by an override
    or in a first load; `interrupted` says that a signal ended it. `kept` is what `undo` cannot take back,
    `losses` what it can take back only in part. `run` is its number in the journal.
    """

    command: Command
    names: Names
    actions: tuple[Action, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    unreadable: tuple[UnreadableRow, ...] = ()
    trips: tuple[Trip, ...] = ()
    held: str = ""
    passed: tuple[Passed, ...] = ()
    result: SyncResult | None = None
    verification: Verification | None = None
    interrupted: bool = False
    kept: tuple[Kept, ...] = ()
    losses: tuple[Kept, ...] = ()
    run: int | None = None

    @property
    def state(self) -> State:
        """How the run ended."""
        if self.held or self.trips:
            return "held"
        if self.interrupted:
            return "interrupted"
        if self.result is not None and (self.kept or not self.result.ok):
            return "incomplete"
        if self.verification is not None and not self.verification.converged:
            return "not_converged"
        if not self.actions:
            return "in_step"
        return "differences" if self.result is None else "applied"

    @property
    def exit(self) -> Exit:
        """The exit code that tells so."""
        return EXIT_OF[self.state]

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many actions there are, by branch and kind."""
        return Counter((action.branch, action.kind) for action in self.actions)

    @property
    def not_applied(self) -> tuple[tuple[Action, Outcome], ...]:
        """The actions that were not applied, with what became of them."""
        return tuple((action, outcome) for action, outcome in self.result or () if not outcome.ok)


def what_of(action: Action) -> tuple[str, str]:
    """Return the branch of *action*, and what differs: "changed email", or the kind for a whole record."""
    attribute: str | None = action.attribute
    return action.branch, action.kind if attribute is None else f"{action.kind} {attribute}"


def special_of(action: Action) -> str:
    """Return what is special about a new or old record: it was there without its key, or goes for good."""
    if action.kind == "new" and action.adopts is not None:
        return "adopted"
    return "deleted for good" if action.kind == "old" and action.final else ""


def unreadable_rows(*trees: DataStoreTree) -> tuple[UnreadableRow, ...]:
    """Return every row of *trees* that could not be read."""
    return tuple(
        UnreadableRow(tree.name, branch.name, row)
        for tree in trees
        for branch in tree.branches
        for row in branch.unreadable
    )
