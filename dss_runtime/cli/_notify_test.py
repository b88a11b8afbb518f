"""`dss notify-test`: does everybody get their messages whom the settings name?"""

from __future__ import annotations

import click

from dss_runtime.cli._account import Account
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli.telling._telling import Telling


@click.command("notify-test")
@common_options
@pass_session
def notify_test(session: Session) -> Exit:
    """Send a test message to everybody in [[notify]] of the settings, and say what became of it.

    \b
    dss notify-test

    No system is read or written. The message looks like that of a run which found nothing to do.

    \b
    Exit codes:
      0  every message was taken
      1  one was not, or the settings are wrong
    """
    settings = session.settings()
    if not settings.telling.notify:
        raise CommandError("the settings tell nobody: add a table [[notify]], with webhook, email or apprise")
    account = Account("plan", "notify-test: a test, nothing was read or written", session.now())
    telling = Telling.prepared(settings, account)
    telling.log.end()
    answers = telling.test(account.end(session.now(), Exit.OK, None))
    for name, error in answers.items():
        if error:
            session.err.line(f"{name}: not delivered: {error}", "bold red")
        else:
            session.out.line(f"{name}: delivered", "green")
    return Exit.ERROR if any(answers.values()) else Exit.OK
