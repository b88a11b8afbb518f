"""`dss run`: several syncs, one after the other, of which none keeps the others from theirs."""

from __future__ import annotations

from datetime import date

import click

from dss_runtime.cli._comparison import prepare
from dss_runtime.cli._conclude import conclude_one
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._failures import failed, no_exit
from dss_runtime.cli._one_sync import Wishes, synced
from dss_runtime.cli._override_options import given_override, override_options
from dss_runtime.cli._project import Project, load_project
from dss_runtime.cli._run_settings import RunSettings
from dss_runtime.cli._series import Series
from dss_runtime.cli._session import NOTHING_WRITTEN, Session, common_options, pass_session
from dss_runtime.cli._show_series import show_series
from dss_runtime.cli._sources import Sources
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._verifying import verify_option


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--only", multiple=True, metavar="SYNC", help="Of the run's syncs only this; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--all", "everything", is_flag=True, help="List everything, not a few of each kind.")
@click.option(
    "--retry-stuck",
    is_flag=True,
    help="Write what runs in a row have written in vain once more, as after the target was mended.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing: show what would be done, as `dss plan` does.")
@verify_option
@override_options
@common_options
@pass_session
def run(
    session: Session,
    *,
    name: str,
    only: tuple[str, ...],
    as_json: bool,
    everything: bool,
    retry_stuck: bool,
    dry_run: bool,
    verify: bool,
    names: tuple[str, ...],
    reason: str,
    until: date | None,
) -> Exit:
    """Carry out the syncs of [runs.NAME], one after the other.

    Each goes on as `dss sync` does: compared, guarded, journalled and, with --verify, read back. What keeps
    one from its work, such as a target that does not answer, does not keep the others from theirs. A source
    that several syncs have is read once, and all of them follow what was read then. The name of a sync of
    the schema stands for a run of that sync alone.

    Ctrl-C ends the sync under way after its current batch; the others are not begun.

    \b
    dss run nightly --dry-run        what would each sync do?
    dss run nightly --verify         carry them out, and read each target again
    dss run nightly --only moodle    only this one

    \b
    Exit codes, of which the first counts that one of the syncs has:
      130  interrupted
      1    an error; something was not applied; --verify found a difference
      3    held before anything was written, by a guard or a source that cannot be trusted
      2    --dry-run found differences
      0    nothing to do, or everything was applied
    """
    if dry_run and verify:
        raise click.UsageError("--verify has nothing to verify with --dry-run: give one of them")
    if names and (dry_run or len(only) != 1):
        raise click.UsageError("--override is for one sync that writes: name it with --only SYNC")
    override = given_override(names, reason, until)
    account = session.begin("run", name, as_json=as_json, told=not dry_run)
    settings = session.settings()
    session.series = Series(account, settings.runs[name].syncs if name in settings.runs else ())
    project = load_project(settings)
    found = _found(project, name)
    series = session.series = Series(account, _chosen(found, name, only))
    wishes = Wishes(everything, retry_stuck, dry_run, not dry_run and (verify or found.verify), override)
    sources = Sources(sole=len(series.syncs) == 1)
    for each in series.syncs:
        if _one(session, series, each, sources, wishes) is Exit.INTERRUPTED:
            break
    show_series(session, series)
    return series.exit


def _found(project: Project, name: str) -> RunSettings:
    """Return what the run *name* is made of (CommandError where there is none)."""
    runs = project.settings.runs
    if name in runs:
        return runs[name]
    if name in project.syncs:
        return RunSettings((name,))
    hint = did_you_mean(name, (*runs, *project.syncs)) or (
        f"; the settings have {listed(runs)}, and the schema has the syncs {listed(project.syncs)}"
    )
    raise CommandError(f"there is no run {name!r}{hint}")


def _chosen(found: RunSettings, name: str, only: tuple[str, ...]) -> tuple[str, ...]:
    """Return the syncs that are to run, in their order (CommandError for one that is not there)."""
    for each in only:
        if each not in found.syncs:
            hint = did_you_mean(each, found.syncs) or f"; it has {listed(found.syncs)}"
            raise CommandError(f"--only {each}: the run {name} has no sync {each!r}{hint}")
    return tuple(each for each in found.syncs if not only or each in only)


def _one(session: Session, series: Series, sync: str, sources: Sources, wishes: Wishes) -> Exit:
    """Carry out one sync: whatever becomes of it is told, and ends no more than that."""
    whole, error, code = series.account, None, Exit.ERROR
    account = session.begin(
        "plan" if wishes.dry_run else "sync", sync, as_json=whole.as_json, told=whole.told
    )
    session.if_interrupted = NOTHING_WRITTEN
    heading = session.err if whole.as_json else session.out
    heading.line(f"\n{sync}" if series.ended and not whole.as_json else sync, "bold")
    try:
        with no_exit(session):
            code = synced(session, prepare(session, sync, None, sources), account, wishes)
    except KeyboardInterrupt:
        session.err.line(f"interrupted: {session.if_interrupted}")
        code = Exit.INTERRUPTED
    except Exception as caught:  # noqa: BLE001 - the others are to have their turn, whatever this is
        error, code = caught, failed(session, caught)
    if not wishes.dry_run:
        sources.forget(account.names.right)
    series.ended.append(account.end(session.now(), code, error))
    conclude_one(session, series.ended[-1])
    return code
