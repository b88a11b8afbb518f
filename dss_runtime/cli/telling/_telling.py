"""How the runs of a project are told: made from the settings before anything is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dss_runtime import SettingsError
from dss_runtime.cli._account import Account, Ended
from dss_runtime.cli._expand import Expansion
from dss_runtime.cli._json import json_summary
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._series import SeriesEnded
from dss_runtime.cli._series_json import series_summary
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key
from dss_runtime.cli.telling._deliver import Letter, deliver
from dss_runtime.cli.telling._log import Log
from dss_runtime.cli.telling._message import message_of
from dss_runtime.cli.telling._metrics import MetricsFile
from dss_runtime.cli.telling._series_message import series_message
from dss_runtime.cli.telling._services import Service, service_of
from dss_runtime.cli.telling._settings import NotifyRow, TellingSettings


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told: `name` is how the settings call him, `notify[0].email`."""

    row: NotifyRow
    name: str
    service: Service

    def wants(self, ended: Ended) -> bool:
        """Whether he is told of such a run."""
        also = {"killed": bool(ended.account.killed), "unreadable": bool(ended.report.unreadable)}
        return any(ended.state == each or also.get(each, False) for each in self.row.on)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who and what is told of a run of the project with these *settings*."""

    settings: Settings
    log: Log
    recipients: tuple[Recipient, ...] = ()
    metrics: MetricsFile | None = None

    @classmethod
    def prepared(cls, settings: Settings, account: Account) -> Telling:
        """Return how the run of *account* is told.

        Raises SettingsError with every message that could not be sent and file that could not be written.
        """
        preparing = _Preparing(settings.file, settings.secrets, [])
        recipients = tuple(preparing.recipients(settings.telling.notify))
        metrics = preparing.metrics(settings.telling.metrics)
        log = preparing.log(settings.telling, account)
        if preparing.problems or log is None:
            if log is not None:
                log.end()
            raise SettingsError("\n".join(dict.fromkeys(preparing.problems)))
        return cls(settings, log, recipients, metrics)

    def notify(self, ended: Ended) -> dict[str, str]:
        """Tell everybody who wants to know; return who could not be told, and why."""
        letters = [self._letter(each, ended) for each in self.recipients if each.wants(ended)]
        return {name: error for name, error in deliver(letters).items() if error}

    def notify_series(self, ended: SeriesEnded) -> dict[str, str]:
        """Tell everybody in one message who wants to know of one of the syncs, or of the failure of all."""
        parts = ended.syncs or (ended.whole,)
        letters = [
            self._series_letter(recipient, ended)
            for recipient in self.recipients
            if any(map(recipient.wants, parts))
        ]
        return {name: error for name, error in deliver(letters).items() if error}

    def test(self, ended: Ended) -> dict[str, str]:
        """Tell everybody; return of each why that has failed, or ""."""
        return deliver([self._letter(each, ended) for each in self.recipients])

    def _letter(self, recipient: Recipient, ended: Ended) -> Letter:
        row = recipient.row
        return Letter(
            recipient.service,
            recipient.name,
            row.timeout,
            message_of(ended, self.settings.secrets, examples=row.examples),
            json_summary(ended, self.settings.secrets, examples=row.examples),
        )

    def _series_letter(self, recipient: Recipient, ended: SeriesEnded) -> Letter:
        row = recipient.row
        return Letter(
            recipient.service,
            recipient.name,
            row.timeout,
            series_message(ended, self.settings.secrets, examples=row.examples),
            series_summary(ended, self.settings.secrets, examples=row.examples),
        )


@dataclass(frozen=True, slots=True)
class _Preparing:
    file: TomlFile
    secrets: Secrets
    problems: list[str]

    def recipients(self, rows: tuple[NotifyRow, ...]) -> list[Recipient]:
        """Return everybody who can be told."""
        expand = Expansion(self.file, os.environ, self.secrets, self.problems)
        made: list[Recipient] = []
        for row in rows:
            way, known = ("notify", row.index, row.way), len(self.problems)
            target = expand(row.target, way)
            headers: Any = expand(dict(row.headers), ("notify", row.index, "headers"))
            if len(self.problems) > known:
                continue
            try:
                service = service_of(replace(row, target=target, headers=headers))
            except ValueError as error:
                self._problem(way, str(error))
                continue
            made.append(Recipient(row, shown_key((*self.file.inside, *way)), service))
        return made

    def metrics(self, path: str) -> MetricsFile | None:
        """Return the file for metrics, None where none is asked for."""
        try:
            return MetricsFile(self.file.path.parent / path) if path else None
        except ValueError as error:
            self._problem(("metrics", "file"), str(error))
            return None

    def log(self, settings: TellingSettings, account: Account) -> Log | None:
        """Return the log; None when it cannot be written."""
        path = self.file.path.parent / settings.log if settings.log else None
        try:
            return Log(path, self.secrets, account, on_stderr=settings.stderr == "json")
        except OSError as error:
            self._problem(("log", "file"), f"{path} cannot be written: {error.strerror}")
            return None

    def log_folder(self, settings: TellingSettings) -> None:
        """Note where the log could not be written, without making it."""
        path = self.file.path.parent / settings.log
        place = path if path.exists() else path.parent
        if settings.log and not os.access(place, os.W_OK):
            self._problem(("log", "file"), f"{path} cannot be written")

    def _problem(self, way: Way, text: str) -> None:
        self.problems.append(f"{self.file.place(way)}: {shown_key((*self.file.inside, *way))}: {text}")


def telling_problems(settings: Settings) -> list[str]:
    """Return what keeps somebody from being told, each with its line; nothing is opened, and nobody told."""
    preparing = _Preparing(settings.file, settings.secrets, [])
    preparing.recipients(settings.telling.notify)
    preparing.metrics(settings.telling.metrics)
    preparing.log_folder(settings.telling)
    return list(dict.fromkeys(preparing.problems))


def undelivered(errors: Mapping[str, str]) -> list[str]:
    """Return a line for each message that was not delivered."""
    return [f"{name} was not told: {error}" for name, error in errors.items()]
