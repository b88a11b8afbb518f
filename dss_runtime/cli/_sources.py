"""The trees that are read as sources: once each, however many syncs follow them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from dss_runtime import DataStoreTree, DssError
from dss_runtime.cli._events import tree_read
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._session import Session
from dss_runtime.cli._user_code import described


@dataclass(slots=True)
class Sources:
    """What was read of each source. No sync changes what it reads, so that the next may have the same.

    A source that could not be read is not tried again: all that follow it are held alike.
    """

    sole: bool = True
    """Whether a single sync follows them."""
    _trees: dict[str, DataStoreTree] = field(default_factory=dict[str, DataStoreTree])
    _read: dict[str, DssError | None] = field(default_factory=dict[str, DssError | None])

    def shared(self, tree: DataStoreTree) -> DataStoreTree:
        """Return the tree that stands for *tree*: the one that came first of its name."""
        return self._trees.setdefault(tree.name, tree)

    def load(self, session: Session, tree: DataStoreTree, *, told: bool = True) -> None:
        """Read *tree*, one of the shared, unless it was (HeldError or DssError as it was then)."""
        if tree.name not in self._read:
            self._read[tree.name] = _failure(session, tree, told=told)
        failure = self._read[tree.name]
        if failure is not None:
            raise failure

    def forget(self, name: str) -> None:
        """Forget the tree *name*, which was written: who follows it reads it as it is now."""
        self._trees.pop(name, None)
        self._read.pop(name, None)


def _failure(session: Session, tree: DataStoreTree, *, told: bool) -> DssError | None:
    """Read *tree*, and return what has gone wrong."""
    try:
        load(session, tree, told=told)
    except DssError as error:
        return error
    return None


def load(session: Session, *trees: DataStoreTree, told: bool = True) -> None:
    """Read *trees* (HeldError when nothing may be written, DssError for what else went wrong).

    What was read is *told* in the log, unless there is more to come.
    """
    with Bars(session) as bars:
        for tree in trees:
            begun = time.monotonic()
            try:
                tree.load(bars(tree.name))
            except DssError:
                raise
            except Exception as error:
                raise CommandError(f"{tree.name} could not be read: {described(error)}") from error
            if told:
                tree_read(tree, time.monotonic() - begun)
