"""`--verify`: the target is read again after a run, and what still differs is named with its likely cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import click

from dss_runtime import Action, DataStoreTree, SyncResult
from dss_runtime._actions import phase_of
from dss_runtime.cli._json import masked
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._project import Project
from dss_runtime.cli._report import Report, Verification
from dss_runtime.cli._session import Session
from dss_runtime.cli._state import state_of
from dss_runtime.cli._user_code import described
from dss_runtime.cli._verification import summary
from dss_runtime.journal import JournalError
from dss_runtime.verifying import find, likely

verify_option = click.option(
    "--verify",
    is_flag=True,
    help="Read the target again afterwards; what still differs is an error, named with its likely cause.",
)


def verified(
    session: Session, project: Project, report: Report, wanted: DataStoreTree, branches: Sequence[str] | None
) -> Report:
    """Return *report* with what the target holds now, held against *wanted*; the journal notes it too.

    Who has interrupted the run waits for it to end: then the target is not read again.
    """
    if report.interrupted:
        found = Verification(error="interrupted")
    else:
        session.if_interrupted = (
            f"{report.names.right} was written before; `dss show {report.run}` tells what"
        )
        found = _found(session, project, report, wanted, branches)
    if report.run is not None:
        try:
            with state_of(project.settings).journal() as journal:
                journal.note(report.run, {"verification": masked(summary(found), session.secrets)})
        except JournalError as error:
            session.err.line(f"{error}\nthe journal does not tell what was found", "bold red")
    return replace(report, verification=found)


def _found(
    session: Session, project: Project, report: Report, wanted: DataStoreTree, branches: Sequence[str] | None
) -> Verification:
    """Read the target again and compare. An error here is no longer one before which nothing was written.

    What a sieve has left out of *wanted* is read first: its files may be written anew at any time.
    """
    read = f"what {report.names.left} held"
    try:
        for branch in wanted.branches:
            if branches is None or branch.name in branches:
                branch.make_whole()
        read = report.names.right
        (fresh,) = project.make(report.names.right)
        with Bars(session) as bars:
            fresh.load(bars(fresh.name))
            remaining, held_back = wanted.diff(fresh, branches=branches).plan(bars(fresh.name))
        result = SyncResult(()) if report.result is None else report.result
        left_alone = _left_alone(remaining, result)
        remaining = [action for number, action in enumerate(remaining) if number not in left_alone]
        return Verification(
            tuple(remaining), len(held_back) + len(left_alone), causes=likely(find(remaining, result))
        )
    except Exception as error:  # noqa: BLE001 - the run has happened: its report must be shown whatever this is
        return Verification(error=f"{read} could not be read again: {described(error)}")


def _left_alone(remaining: Iterable[Action], result: SyncResult) -> set[int]:
    """Return the numbers of the differences that the run has left for later, such as in a window."""
    held = {(each.branch, each.key, each.kind) for each in result.held_back}
    return {
        number
        for number, action in enumerate(remaining)
        if (action.branch, action.key, phase_of(action)) in held
    }
