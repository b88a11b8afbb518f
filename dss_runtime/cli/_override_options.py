"""`--override`, `--reason` and `--until`: a person lets one run do what would hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import click

from dss_runtime import DataStoreTree
from dss_runtime._override import Override
from dss_runtime.cli import _sync_values as values
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._session import F
from dss_runtime.cli._suggest import did_you_mean, listed

_OF_TARGET = ("new", "changed", "old", "empty", "target")
_OF_SOURCE = ("unreadable", "stale", "rows", "size")


@dataclass(frozen=True, slots=True)
class OverrideOptions:
    """What was given on the command line."""

    names: tuple[str, ...]
    reason: str
    until: date | None

    def override(self, left: DataStoreTree, right: DataStoreTree, branches: Iterable[str]) -> Override | None:
        """Return the override for a run of *branches*; None where none is asked for.

        Raises CommandError for a name that nothing could have that holds such a run.
        """
        if not self.names:
            return None
        known = tuple(_names(left, right, branches))
        for name in self.names:
            if name not in known:
                raise CommandError(f"--override {name}: {_unknown(name, known)}")
        return Override(self.names, self.reason, self.until)


def override_options(command: F) -> F:
    """Add the options, which the command gets as `override`, an OverrideOptions."""
    decorators: tuple[Callable[[F], F], ...] = (
        click.option(
            "--override",
            "names",
            multiple=True,
            metavar="WHAT",
            help="Let this one run do what would hold it, by the name in the report: old:students.",
        ),
        click.option("--reason", default="", metavar="TEXT", help="Why that is right; needed, and recorded."),
        click.option(
            "--until",
            metavar="DATE",
            callback=_day,
            help="Refuse the override after this day, such as 2026-11-30.",
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def given_override(names: tuple[str, ...], reason: str, until: date | None) -> OverrideOptions:
    """Return the options as one value (UsageError where one is given without the other)."""
    if names and not reason.strip():
        raise click.UsageError('--override needs --reason "...": who looked at it, and why it is right')
    if not names and (reason or until is not None):
        raise click.UsageError("--reason and --until belong to --override WHAT, which says what may pass")
    return OverrideOptions(names, reason, until)


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else values.day(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _names(left: DataStoreTree, right: DataStoreTree, branches: Iterable[str]) -> Iterable[str]:
    """Yield every name that something may have that holds a run."""
    for branch in branches:
        yield from (f"{kind}:{branch}" for kind in _OF_TARGET)
    for each in left.branches:
        yield from (f"{kind}:{each.fullname}" for kind in _OF_SOURCE)
    for each in right.branches:
        yield f"unreadable:{each.fullname}"
    yield from (f"undated:{left.name}", "blackout", "additions_only")


def _unknown(name: str, known: tuple[str, ...]) -> str:
    kinds = tuple(dict.fromkeys(each.partition(":")[0] for each in known))
    kind = name.partition(":")[0]
    if kind not in kinds:
        hint = did_you_mean(kind, kinds) or f"; there are {listed(kinds)}"
        return (
            f"nothing of that kind holds a run{hint} (a source that is missing, empty, cut off or unreadable "
            "as a whole cannot be overridden: there is nothing to go by)"
        )
    same = [each for each in known if each.partition(":")[0] == kind]
    return f"there is nothing of that name{did_you_mean(name, same) or '; there are ' + listed(same)}"
