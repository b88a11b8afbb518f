"""Two trees that have been read: what `plan` and `sync` begin with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import click

from dss_runtime import DataStoreTree, Diff, DssError
from dss_runtime.cli._events import tree_read
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._override_options import OverrideOptions
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._project import Pair, Project, load_project
from dss_runtime.cli._report import Names
from dss_runtime.cli._safety import Safety, safety_of
from dss_runtime.cli._session import F, Session
from dss_runtime.cli._suggest import listed
from dss_runtime.cli._user_code import described


class Sources:
    """The trees that several syncs read from: each is read once, so that all see it as of one moment.

    One that cannot be read is not tried again: it holds every sync that needs it.
    """

    def __init__(self) -> None:
        self._trees: dict[str, DataStoreTree] = {}
        self._read: dict[str, Exception | None] = {}

    def tree(self, name: str, made: DataStoreTree) -> DataStoreTree:
        """Return the tree of that name that is there already, or *made*, which is it from now on."""
        return self._trees.setdefault(name, made)

    def load(self, session: Session, tree: DataStoreTree) -> None:
        """Read *tree* unless it was read before; the error that it ended with then ends this too."""
        if tree.name in self._read:
            before = self._read[tree.name]
            if before is not None:
                raise before
            return
        try:
            load(session, tree)
        except Exception as error:
            self._read[tree.name] = error
            raise
        self._read[tree.name] = None

    def forget(self, name: str) -> None:
        """Read the tree of that name anew when it is needed: it was written to."""
        self._trees.pop(name, None)
        self._read.pop(name, None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair of trees: what they are called is known before they are read, `diff` once they are."""

    project: Project
    pair: Pair
    left: DataStoreTree
    right: DataStoreTree
    sources: Sources

    @property
    def diff(self) -> Diff:
        """The differences."""
        return self.left.diff(self.right, branches=self.pair.branches)

    @property
    def names(self) -> Names:
        """The trees' names and the branches compared, as reports name them."""
        return Names(self.left.name, self.right.name, self.diff.branches, self.project.renames)

    def safety(
        self, session: Session, options: OverrideOptions | None = None, *, retry_stuck: bool = False
    ) -> Safety:
        """Return what a run of the pair is under (CommandError for settings of what there is not)."""
        safety = safety_of(
            session,
            self.project,
            self.left,
            self.right,
            self.diff.branches,
            sync=self.pair.sync,
            options=options,
        )
        return replace(safety, retry_stuck=retry_stuck)

    def load(self, session: Session) -> None:
        """Read both trees (HeldError when nothing may be written, DssError for what else went wrong)."""
        self.sources.load(session, self.left)
        load(session, self.right)


def load(session: Session, *trees: DataStoreTree) -> None:
    """Read *trees* (HeldError when nothing may be written, DssError for what else went wrong)."""
    with Bars(session.err) as bars:
        for tree in trees:
            begun = time.monotonic()
            try:
                tree.load(bars(tree.name))
            except DssError:
                raise
            except Exception as error:
                raise CommandError(f"{tree.name} could not be read: {described(error)}") from error
            tree_read(tree, time.monotonic() - begun)


def prepare(session: Session, left: str, right: str | None, sources: Sources | None = None) -> Comparison:
    """Make the trees that *left* and *right*, or the sync *left*, name; nothing is read yet.

    What *sources* have read already is not read again.
    """
    if session.account is not None and right is None and left.isidentifier():
        session.account.sync = left  # until the project is there, which knows its syncs
    project = load_project(session.settings())
    if session.account is not None:
        session.account.sync = ""
    pair = project.pair(left, right)
    if session.account is not None:
        session.account.sync = pair.sync
        session.account.names = Names(pair.left, pair.right, pair.branches or ())
    sources = sources or Sources()
    ours, theirs = project.make(pair.left, pair.right)
    made = Comparison(project, pair, sources.tree(pair.left, ours), theirs, sources)
    if {branch.name for branch in ours.branches}.isdisjoint(branch.name for branch in theirs.branches):
        raise CommandError(f"{pair.left} and {pair.right} have no branch in common")
    if session.account is not None:
        session.account.names = made.names
    if pair.branches is None and made.diff.unmatched:
        session.err.line(f"not compared, since only one side has them: {listed(made.diff.unmatched)}")
    return made


def asked(left: str, right: str | None) -> str:
    """Return what a command was asked to compare, as it stands on the command line."""
    return left if right is None else f"{left} {right}"


def trees_and_output(command: F) -> F:
    """Add the arguments and options that `plan` and `sync` share."""
    decorators: tuple[Callable[[F], F], ...] = (
        click.argument("left", metavar="LEFT"),
        click.argument("right", metavar="[RIGHT]", required=False),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text."),
        click.option("--all", "everything", is_flag=True, help="List everything, not a few of each kind."),
        click.option(
            "--retry-stuck",
            is_flag=True,
            help="Write what runs in a row have written in vain once more, as after the target was mended.",
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
