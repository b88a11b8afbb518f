"""The summary of a run as people read it: a subject, and a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dss_runtime import Trip
from dss_runtime.cli._account import Ended
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._suggest import counted

FEW = 5
"""How many records of a kind a message names, where it may name any."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a person gets; masked."""

    subject: str
    text: str


def message_of(ended: Ended, secrets: Secrets, *, examples: bool) -> Message:
    """Return the summary of *ended*; *examples* let it name a few records."""
    subject = " ".join(f"dss: {ended.name} {shown_state(ended)}: {gist(ended)}".split())
    text = "\n".join(_lines(ended, examples=examples))
    return Message(secrets.mask(subject), secrets.mask(text))


def shown_state(ended: Ended) -> str:
    """Return how a run ended, in words."""
    return ended.state.replace("_", " ")


def gist(ended: Ended) -> str:
    """Return what matters most, in a few words."""
    report = ended.report
    differences = counted(len(report.actions), "difference")
    match ended.state:
        case "held":
            return ", ".join(map(_trip, report.trips)) or ended.without_records
        case "failed":
            return ended.without_records.partition("\n")[0]
        case "incomplete" | "interrupted":
            return f"{len(report.not_applied)} of {differences} not applied"
        case "not_converged":
            found = report.verification
            return "not verified" if found is None or found.error else f"{len(found.remaining)} left"
        case _:
            return differences


def _trip(trip: Trip) -> str:
    counts = f"{trip.count} of {trip.total}" if trip.total else str(trip.count or "")
    return f"{trip.name} {counts}".rstrip()


def _lines(ended: Ended, *, examples: bool) -> Iterator[str]:
    account = ended.account
    yield f"{ended.name}: {shown_state(ended)} (exit code {int(ended.exit)})"
    yield ""
    yield f"command: dss {account.command} {account.asked}"
    if account.names.right:
        yield f"systems: {account.names.left} -> {account.names.right}"
    yield f"host: {ended.host}"
    yield f"began: {account.started:%Y-%m-%d %H:%M:%S} UTC, and took {ended.seconds:.1f} s"
    if account.number is not None:
        yield f"run: {account.number}"
    yield ""
    yield from _why(ended, examples=examples)
    yield from _found(ended, examples=examples)
    yield ""
    yield from _advice(ended)


def _why(ended: Ended, *, examples: bool) -> Iterator[str]:
    """Yield why the run was held or has failed."""
    report = ended.report
    for trip in report.trips:
        yield f"held: {trip} ({trip.name})"
        yield from (f"  {example}" for example in trip.examples if examples)
    if report.held:
        yield f"held: {report.held if examples else ended.without_records}"
    if ended.error:
        yield f"error: {ended.error if examples else ended.without_records}"
    for number in ended.account.killed:
        yield f"run {number} was killed before this one; `dss show {number}` tells what is known of it"


def _found(ended: Ended, *, examples: bool) -> Iterator[str]:
    """Yield what differed, if anything was compared, and what became of it."""
    report = ended.report
    by_branch: dict[str, list[str]] = {}
    for (branch, kind), number in report.counts.items():
        by_branch.setdefault(branch, []).append(f"{number} {kind}")
    if report.actions or not (ended.error or report.held):
        yield f"differences: {len(report.actions)}"
    yield from (f"  {branch}: {', '.join(counts)}" for branch, counts in by_branch.items())
    if report.result is not None:
        yield "outcomes: " + (
            ", ".join(f"{n} {status}" for status, n in report.result.counts.items()) or "none"
        )
        for action, outcome in islice(report.not_applied, FEW if examples else 0):
            yield f"  {outcome.status}: {action.message}: {outcome.reason}"
        yield from (f"not implemented: {method}" for method in report.result.not_implemented)
    if report.held_back:
        yield f"left alone: {len(report.held_back)}"
    unreadable = Counter(f"{tree}.{branch}" for tree, branch, _ in report.unreadable)
    yield from (f"unreadable rows of {name}: {number}" for name, number in unreadable.items())
    yield from (f"not held: {each.message} ({each.name}): {each.why}" for each in report.passed)
    found = report.verification
    if found is not None:
        left = "0 differences" if found.converged else f"{len(found.remaining)} left"
        error = found.error if examples else found.error_without_records
        yield f"verified: {error if found.error else left}"


def _advice(ended: Ended) -> Iterator[str]:
    """Yield what a person may do."""
    if ended.account.number is not None:
        yield f"`dss show {ended.account.number}` tells more."
    names = ended.account.names
    unfinished = ended.state in ("interrupted", "failed", "incomplete", "not_converged")
    if unfinished and names.right and ended.account.command != "undo":
        trees = ended.account.sync or f"{names.left} {names.right}"
        yield f"`dss plan {trees}` shows what is left to do."
    if ended.advice:
        yield ended.advice
