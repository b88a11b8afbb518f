"""`dss sync`: bring the right system in step with the left one."""

from __future__ import annotations

from datetime import date

import click

from dss_runtime.cli._comparison import asked, prepare, trees_and_output
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._one_sync import Wishes, synced
from dss_runtime.cli._override_options import given_override, override_options
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._verifying import verify_option


@click.command()
@trees_and_output
@click.option("--dry-run", is_flag=True, help="Write nothing: show what would be done, as `dss plan` does.")
@verify_option
@override_options
@common_options
@pass_session
def sync(
    session: Session,
    *,
    left: str,
    right: str | None,
    as_json: bool,
    engine: str,
    everything: bool,
    retry_stuck: bool,
    dry_run: bool,
    verify: bool,
    names: tuple[str, ...],
    reason: str,
    until: date | None,
) -> Exit:
    """Change RIGHT until it equals LEFT.

    LEFT and RIGHT are trees of the schema; the name of one of its syncs may stand for both. LEFT is never
    changed. Everything is read and compared before anything is written; new records come first and old ones
    last. What cannot be applied is listed with its reason, and does not keep the rest from being applied.
    What holds the run is told by its name; --override lets it pass, for this run, with a --reason.

    \b
    dss sync Supplier Shop --dry-run    what would it do?
    dss sync Supplier Shop --verify     do it, then read Shop again and compare
    dss sync nightly --json             the sync called nightly, told to another program

    \b
    Exit codes:
      0    nothing to do, or everything was applied
      1    an error; something was not applied; --verify found a difference
      2    --dry-run found differences
      3    held before anything was written, by a guard or a source that cannot be trusted
      130  interrupted; the last line says what is true then
    """
    if dry_run and verify:
        raise click.UsageError("--verify has nothing to verify with --dry-run: give one of them")
    if dry_run and names:
        raise click.UsageError(
            "--override is for a run that writes, and --dry-run does not: give one of them"
        )
    wishes = Wishes(everything, retry_stuck, dry_run, verify, given_override(names, reason, until))
    account = session.begin(
        "plan" if dry_run else "sync", asked(left, right), as_json=as_json, told=not dry_run
    )
    return synced(session, prepare(session, left, right, engine=engine), account, wishes)
