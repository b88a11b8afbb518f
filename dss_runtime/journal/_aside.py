"""Since when records are set aside, and which of them have been for so long that they are deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime.journal._comparing import ident
from dss_runtime.journal._journal import Journal
from dss_runtime.plans._values import Values, stored_key


class Aside:
    """What the journal knows of the records of one target that are set aside.

    A record is set aside since the first run that found it so. It is deleted by the second run that finds it
    to be due: a clock that is wrong for one run deletes nothing. A clock that is behind that of the run
    before is not believed: nothing is due by it, and what it sees first is set aside since that run.
    """

    def __init__(self, journal: Journal, target: str, values: Values) -> None:
        self._journal = journal
        self._target = target
        self._values = values

    def note(self, right: Mapping[str, Branch[Any, Any]], run: int, now: datetime) -> None:
        """Note what is set aside in *right*, as the run with the number *run* has just read it.

        Who is back, or gone, is forgotten. A time that lies ahead of the clock is kept: one of the two is
        wrong, and nobody is deleted until the clock has passed it.
        """
        last = self._journal.last_clock(self._target, run) or now
        for branch in right.values():
            if branch.delete_after is None:
                continue
            known = self._journal.aside(self._target, branch.name)
            rows = [(key, *_noted(known.get(key), now, last, branch, run)) for key in self._keys(branch)]
            self._journal.note_aside(self._target, branch.name, rows)

    def expire(self, right: Mapping[str, Branch[Any, Any]], now: datetime, run: int | None = None) -> None:
        """Tell the branches of *right* which of their records are deleted: in a run, or in any where None."""
        last = self._journal.last_clock(self._target, run) or now
        for branch in right.values():
            branch.expired.clear()
            if branch.delete_after is None or now < last:
                continue
            known = self._journal.aside(self._target, branch.name)
            for name, key in self._keys(branch).items():
                since, due = known.get(name, (now, None))
                if due is not None and due != run and now - since >= branch.delete_after:
                    branch.expired[key] = since

    def _keys(self, branch: Branch[Any, Any]) -> dict[str, Any]:
        return {ident(stored_key(branch, key, self._values)): key for key in branch.retired}


def _noted(
    known: tuple[datetime, int | None] | None,
    now: datetime,
    last: datetime,
    branch: Branch[Any, Any],
    run: int,
) -> tuple[datetime, int | None]:
    """Return since when a record is set aside, and which run was the first to find it due."""
    since, due = known or (max(now, last), None)
    if branch.delete_after is None or now < last or now - since < branch.delete_after:
        return since, None
    return since, run if due is None else due
