"""What one call of `dss` carries along, and the options that every command has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from dss_runtime.cli import _clock
from dss_runtime.cli._account import Account
from dss_runtime.cli._minutes import Minutes
from dss_runtime.cli._report import Command
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._series import Series
from dss_runtime.cli._settings import Settings, find_settings, read_settings
from dss_runtime.cli._terminal import Terminal
from dss_runtime.cli.telling._telling import Telling

F = TypeVar("F", bound=Callable[..., Any])

NOTHING_WRITTEN = "nothing was written"


@dataclass
class Session:
    """One call of `dss`: `out` is for data, `err` for messages.

    `folder` is where the project is looked for. `if_interrupted` is what is true of the world when somebody
    presses Ctrl-C now: a command that begins to write changes it. `account` is what will be told of a run,
    and `telling` how, once a command has begun one and the settings are known. `series` is what becomes of
    several syncs, each of which has an account in its turn. `minutes` are those of the command.
    """

    out: Terminal
    err: Terminal
    secrets: Secrets
    folder: Path = field(default_factory=Path)
    debug: bool = False
    if_interrupted: str = NOTHING_WRITTEN
    account: Account | None = None
    telling: Telling | None = None
    series: Series | None = None
    minutes: Minutes = field(default_factory=lambda: Minutes(_clock.monotonic))

    def begin(self, command: Command, asked: str, *, as_json: bool, told: bool = True) -> Account:
        """Begin the account of a run, which is told when the command has ended, however it does."""
        self.account = Account(command, asked, self.now(), as_json=as_json, told=told)
        if self.telling is not None:
            self.telling.log.about(self.account)
        return self.account

    def settings(self) -> Settings:
        """Return the project's settings (SettingsError when there are none, or wrong ones)."""
        settings = read_settings(find_settings(self.folder), self.secrets)
        if self.account is not None and self.account.told and self.telling is None:
            self.telling = Telling.prepared(settings, self.account)
            self.err = self.telling.log.begin(self.err)
        return settings

    def now(self) -> datetime:
        """Return this moment."""
        return _clock.utc_now()


pass_session = click.make_pass_decorator(Session)


def common_options(command: F) -> F:
    """Add the options that `dss` and each of its commands understand alike."""

    def set_folder(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
        if value is not None:
            context.ensure_object(Session).folder = value

    def set_debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            context.ensure_object(Session).debug = True

    project = click.option(
        "-C",
        "--project",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="FOLDER",
        callback=set_folder,
        expose_value=False,
        help="Work on the project in FOLDER instead of the current folder.",
    )
    debug = click.option(
        "--debug",
        is_flag=True,
        callback=set_debug,
        expose_value=False,
        help="Show the traceback of an unexpected error.",
    )
    return project(debug(command))
