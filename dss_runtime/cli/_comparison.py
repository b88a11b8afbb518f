"""Two trees that have been read: what `plan` and `sync` begin with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import click

from dss_runtime import DataStoreTree, Diff
from dss_runtime._sifting import Chosen, Sifting
from dss_runtime.cli._engine import engine_option, sieves_of
from dss_runtime.cli._events import tree_read
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._override_options import OverrideOptions
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._project import Pair, Project, load_project
from dss_runtime.cli._report import Names
from dss_runtime.cli._safety import Safety, safety_of
from dss_runtime.cli._session import F, Session
from dss_runtime.cli._sources import Sources, load
from dss_runtime.cli._suggest import listed
from dss_runtime.engines.fingerprints import Memory


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair of trees: what they are called is known before they are read, `diff` once they are."""

    project: Project
    pair: Pair
    left: DataStoreTree
    right: DataStoreTree
    sources: Sources
    engine: str = "auto"
    chosen: list[Chosen] = field(default_factory=list[Chosen])
    """What has compared each branch, once both trees are read."""

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

    def load(self, session: Session, memory: Memory | None = None) -> None:
        """Read both trees (HeldError when nothing may be written, DssError for what else went wrong).

        What *memory* knows need not be parsed, unless the command line asks for an engine.
        """
        sieves = sieves_of(self.engine, self.project.settings.spark, memory) if self.sources.sole else ()
        reason = "" if self.sources.sole else f"several syncs follow {self.left.name}, which is read once"
        sifting = Sifting(
            self.left, self.right, sieves, self.diff.branches, reason=reason or "objects were asked for"
        )
        begun = time.monotonic()
        with sifting:
            self.sources.load(session, self.left, told=self.left not in sifting.waiting)
            load(session, self.right, told=self.right not in sifting.waiting)
            with Bars(session) as bars:
                sifting.finish(bars)
        for tree in sifting.waiting:
            tree_read(tree, time.monotonic() - begun)
        self.chosen[:] = sifting.chosen


def prepare(
    session: Session, left: str, right: str | None, sources: Sources | None = None, *, engine: str = "auto"
) -> Comparison:
    """Make the trees that *left* and *right*, or the sync *left*, name; nothing is read yet.

    Of *sources* the left one is taken where another sync has read it.
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
    sources = Sources() if sources is None else sources
    source, target = project.make(pair.left, pair.right)
    made = Comparison(project, pair, sources.shared(source), target, sources, engine)
    ours, theirs = ({branch.name for branch in tree.branches} for tree in (made.left, made.right))
    if ours.isdisjoint(theirs):
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
        engine_option,
        click.option(
            "--retry-stuck",
            is_flag=True,
            help="Write what runs in a row have written in vain once more, as after the target was mended.",
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
