"""`dss run`: several syncs, one after the other, none of which stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import click

from dss_runtime.cli._account import Account, Ended
from dss_runtime.cli._comparison import Sources, prepare
from dss_runtime.cli._conclude import announce
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._failures import failed
from dss_runtime.cli._json import text_of_json
from dss_runtime.cli._plan import made_plan
from dss_runtime.cli._project import Project, load_project
from dss_runtime.cli._run_settings import RunSettings
from dss_runtime.cli._run_summary import run_json, show_summary
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._sync import bring_in_step
from dss_runtime.cli._user_code import described
from dss_runtime.cli._verifying import verify_option

SERIOUSNESS = (Exit.INTERRUPTED, Exit.ERROR, Exit.HELD, Exit.DIFFERENT, Exit.OK)
"""The exit codes of the syncs: the first that one of them has ended with is that of the run."""


@click.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--only", metavar="SYNC", multiple=True, help="Carry out this sync of the run alone; repeatable."
)
@click.option("--dry-run", is_flag=True, help="Write nothing: show what would be done, as `dss plan` does.")
@verify_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--all", "everything", is_flag=True, help="List everything, not a few of each kind.")
@common_options
@pass_session
def run(
    session: Session,
    *,
    name: str,
    only: tuple[str, ...],
    dry_run: bool,
    verify: bool,
    as_json: bool,
    everything: bool,
) -> Exit:
    """Carry out the syncs of the run NAME, and sum up what became of each target.

    The settings say which they are: [runs.NAME] with syncs = ["moodle", "directory"]; the name of a sync
    is a run of that sync alone. A tree that several syncs read from is read once, so that every target gets
    the same. Each sync is a run of its own in the journal, with its own guards, lock and messages. What goes
    wrong with one, whatever it is, does not keep the next from being carried out.

    \b
    dss run nightly                   every night
    dss run nightly --dry-run         what would it do?
    dss run nightly --only directory  once more, after its server was mended

    \b
    Exit codes, those of the syncs: the first of
      130  interrupted; what had not begun was left out
      1    an error; something was not applied; --verify found a difference
      3    one was held before anything was written to its target
      2    --dry-run found differences
      0    nothing to do, or everything was applied
    """
    if verify and dry_run:
        raise click.UsageError("--verify has nothing to verify with --dry-run: give one of them")
    project = load_project(session.settings())
    asked = _asked(project, name)
    for each in only:
        if each not in asked.syncs:
            hint = did_you_mean(each, asked.syncs) or f"; it has {listed(asked.syncs)}"
            raise CommandError(f"the run {name} has no sync {each!r}{hint}")
    syncs = [each for each in asked.syncs if not only or each in only]
    several = _Run(
        session=session,
        dry_run=dry_run,
        verify=verify or asked.verify,
        as_json=as_json,
        everything=everything,
    )
    started = session.now()
    ended = list(several.carry_out(syncs))
    left_out = syncs[len(ended) :]
    code = min((each.exit for each in ended), key=SERIOUSNESS.index)
    if as_json:
        told = run_json(name, started, session.now(), ended, left_out, code)
        session.out.raw(text_of_json(told, session.secrets))
    elif len(syncs) > 1:
        show_summary(session.out, ended, left_out)
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What all syncs of a run share."""

    session: Session
    dry_run: bool
    verify: bool
    as_json: bool
    everything: bool
    sources: Sources = field(default_factory=Sources)

    def carry_out(self, syncs: Sequence[str]) -> Iterator[Ended]:
        """Carry out *syncs* and yield how each has ended, until one was interrupted."""
        for number, name in enumerate(syncs):
            if len(syncs) > 1 and not self.as_json:
                self.session.out.line(f"{chr(10) if number else ''}{name}", "bold cyan")
            ended = self._one(name)
            yield ended
            if ended.exit is Exit.INTERRUPTED:
                break

    def _one(self, name: str) -> Ended:
        """Carry out one sync as `dss sync` does, and tell everybody how it has ended, however that is."""
        session = replace(self.session, account=None, telling=None, if_interrupted="nothing was written")
        account = session.begin(
            "plan" if self.dry_run else "sync", name, as_json=self.as_json, told=not self.dry_run
        )
        error: Exception | None = None
        try:
            code = self._in_step(session, name, account)
        except KeyboardInterrupt:
            session.err.line(f"interrupted: {session.if_interrupted}")
            code = Exit.INTERRUPTED
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):  # nobody reads the output any more
                raise
            error = CommandError(f"ended by {described(end)}: {session.if_interrupted}")
            code = failed(session, error)
        except Exception as caught:  # noqa: BLE001 - whatever it is, the other syncs are carried out
            error, code = caught, failed(session, caught)
        finally:
            self.sources.forget(account.names.right)
        ended = account.end(session.now(), code, error)
        announce(session, ended)
        if session.telling is not None:
            session.telling.log.end()
        return ended

    def _in_step(self, session: Session, name: str, account: Account) -> Exit:
        compared = prepare(session, name, None, self.sources)
        if self.dry_run:
            return made_plan(session, compared, account, everything=self.everything).exit
        safety = compared.safety(session)
        return bring_in_step(
            session, compared, safety, account, everything=self.everything, verify=self.verify
        )


def _asked(project: Project, name: str) -> RunSettings:
    """Return the run called *name*, or that of the sync of that name (CommandError where there is none)."""
    runs = project.settings.runs
    if name in runs:
        return runs[name]
    if name in project.syncs:
        return RunSettings(syncs=(name,))
    known = [*runs, *project.syncs]
    hint = did_you_mean(name, known) or f"; there are {listed(known)}"
    raise CommandError(
        f"there is no run {name!r}{hint}: [runs.{name}] in the settings says what it is made of"
    )
