"""A report as text that a person reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dss_runtime import Action
from dss_runtime._actions import phase_of
from dss_runtime.cli._report import Report, Verification, special_of, what_of
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._terminal import Terminal
from dss_runtime.cli._verification import told

FEW = 5
"""How many examples of a kind are listed unless everything is asked for."""

STYLES = {"new": "green", "changed": "yellow", "added": "yellow", "removed": "yellow", "old": "red"}


@dataclass(frozen=True, slots=True)
class Show:
    """Shows reports on `out`; `everything` lists all there is instead of a few examples."""

    out: Terminal
    everything: bool = False

    def plan(self, report: Report) -> None:
        """Show what would be done."""
        self._head(report, "")
        possible = [action for action in report.actions if action.error is None]
        for title, style, actions in _groups(possible):
            self._list(f"{title}: {len(actions)}", (each.message for each in actions), len(actions), style)
        rejected = [f"{each.message}: {each.error}" for each in report.actions if each.error is not None]
        if rejected:
            self._list(f"would be rejected: {len(rejected)}", rejected, len(rejected), "red")
        self._doubts(report)
        self._guard(report)

    def sync(self, report: Report) -> None:
        """Show what was done, and at length what was not."""
        failed = report.not_applied
        self._head(report, f", {len(report.actions) - len(failed)} applied" if report.actions else "")
        by_status: dict[str, list[str]] = defaultdict(list)
        for action, outcome in failed:
            by_status[str(outcome.status)].append(f"{action.message}: {outcome.reason}")
        for status, lines in by_status.items():
            self._list(f"{status}: {len(lines)}", lines, len(lines), "red")
        missing = report.result.not_implemented if report.result is not None else ()
        if missing:
            self._list("not implemented", missing, len(missing), "red")
        self._doubts(report)
        self._guard(report)

    def verification(self, found: Verification) -> None:
        """Show what reading the target again has found."""
        if found.error:
            self.out.line(f"not verified: {found.error}", "red")
        elif found.converged:
            self.out.line("converged: 0 differences", "bold green")
        else:
            self.out.line(f"not converged: {counted(len(found.remaining), 'difference')} left", "bold red")
            examples = {what_of(action): action.message for action in reversed(found.remaining)}
            for what, number in found.counts.items():
                self.out.line(f"  {what[0]}, {what[1]}: {number}, such as {examples[what]}")
            for line in told(found.causes):
                self.out.line(line)

    def _head(self, report: Report, more: str) -> None:
        if not report.actions:
            if report.kept:
                self.out.line("nothing that could be taken back", "bold red")
            elif not report.trips:
                self.out.line("nothing to do: 0 differences", "bold green")
            return
        names = f"{report.names.left} -> {report.names.right}"
        self.out.line(f"{names}: {counted(len(report.actions), 'difference')}{more}", "bold")
        self.out.table(*_summary(report))

    def _doubts(self, report: Report) -> None:
        """Show the rows that could not be read, and what is left alone."""
        if report.held_back:
            lines = (f"{held.message}: {held.reason}" for held in report.held_back)
            why = ", because a row could not be read" if report.unreadable else ""
            self._list(f"held back{why}: {len(report.held_back)}", lines, len(report.held_back), "magenta")
        by_branch: dict[str, list[str]] = defaultdict(list)
        for tree, branch, row in report.unreadable:
            by_branch[f"{tree}.{branch}"].append(str(row))
        for name, rows in by_branch.items():
            self._list(f"unreadable rows of {name}: {len(rows)}", rows, len(rows), "magenta", few=4 * FEW)

    def _guard(self, report: Report) -> None:
        """Show what holds the run, by the name that an override gives it, and what would have."""
        for trip in report.trips:
            self._list(f"held: {trip} ({trip.name})", trip.examples, len(trip.examples), "bold red")
        for passed in report.passed:
            self.out.line(f"not held: {passed.message} ({passed.name}): {passed.why}", "bold yellow")

    def _list(self, title: str, lines: Iterable[str], total: int, style: str, few: int = FEW) -> None:
        self.out.line(title, style)
        shown = total if self.everything else few
        for number, line in enumerate(lines):
            if number == shown:
                self.out.line(f"  ... and {total - shown} more (--all lists them)", "dim")
                break
            self.out.line(f"  {line}")


def _summary(report: Report) -> tuple[list[str], list[list[str | int]]]:
    """Return the header and the rows of the table: a row per branch with differences, and their sum."""
    counts: dict[str, Counter[str]] = {}
    special_columns: dict[str, None] = {}
    for name in report.names.branches:
        counts[name] = Counter()
    for action in report.actions:
        counts[action.branch][phase_of(action)] += 1
        if special := special_of(action):
            counts[action.branch][special] += 1
            special_columns[special] = None
    for action, _ in report.not_applied:
        counts[action.branch]["not applied"] += 1
    for held in report.held_back:
        counts[held.branch]["held back"] += 1
    columns = ["new", "changed", "old", *sorted(special_columns)]
    columns += [*(["not applied"] if report.not_applied else []), "held back"]
    rows: list[list[str | int]] = [
        [name, *(numbers[column] for column in columns)]
        for name, numbers in counts.items()
        if any(numbers.values())
    ]
    if len(rows) > 1:
        rows.append(["in all", *(sum(numbers[column] for numbers in counts.values()) for column in columns)])
    return ["branch", *columns], rows


def _groups(actions: Iterable[Action]) -> Iterator[tuple[str, str, list[Action]]]:
    """Yield the actions by branch and kind, with a title and a style, in the order of the first of each."""
    groups: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for action in actions:
        special = special_of(action)
        kind = f"{action.kind}, {special}" if special else action.kind
        groups[action.branch, kind].append(action)
    for (branch, kind), members in groups.items():
        yield f"{branch}, {kind}", STYLES[members[0].kind], members
