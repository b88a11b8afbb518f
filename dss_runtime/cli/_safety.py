"""What keeps one run from doing damage: the rules of its sync, the last good run, and the override."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from dss_runtime import Action, DataStoreTree, Diff, GuardHeldError, HeldBack
from dss_runtime._actions import phase_of
from dss_runtime._held import Branches, case_of, needed_sources, rows_of
from dss_runtime._override import Override
from dss_runtime._progress import Progress, silent
from dss_runtime._rules import Case, Read, Verdict, judge
from dss_runtime._sync_rules import LastGood, SyncRules
from dss_runtime._trips import Passed
from dss_runtime._windows import Window, Windows
from dss_runtime.cli._events import judged
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._override_options import OverrideOptions
from dss_runtime.cli._project import Project
from dss_runtime.cli._running import Running
from dss_runtime.cli._session import Session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._state import seen_state
from dss_runtime.cli._sync_settings import unknown_branches
from dss_runtime.cli._trips import passed_json
from dss_runtime.journal import Aside, Marks, Unconfirmed, last_good, noted_sources
from dss_runtime.plans import Header
from dss_runtime.plans._identity import target_mark
from dss_runtime.plans._values import Values


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a run may do: its actions, what is left alone, and what would have held it."""

    actions: Sequence[Action]
    held_back: Sequence[HeldBack]
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True)
class Safety:
    """The rules that a run is under, of which each counts, and the clock when it began.

    `written` gives up what earlier runs have written in vain, unless it is None.
    """

    rules: tuple[SyncRules, ...]
    now: datetime
    override: Override | None = None
    last: LastGood = field(default_factory=LastGood)
    written: tuple[Unconfirmed, Marks] | None = None
    retry_stuck: bool = False

    # -- before anything is read ----------------------------------------------------------------------

    def refuse(self, run: Running) -> None:
        """Note the override of *run*, and refuse what is refused before anything is read.

        Raises GuardHeldError in a blackout, CommandError for an override that is no longer good.
        """
        override = self.override
        if override is not None:
            run.notes["override"] = override.json()
            self._refuse_expired(override)
            before = run.journal.overridden(run.target, override.json())
            if before is not None:
                number, at = before
                raise CommandError(
                    f"this override was for one run, and run {number} had it "
                    f"({at:%Y-%m-%d %H:%M} UTC): look again, and give a reason of its own"
                )
        verdict = self._judged(Case(now=self.now, windows=rules.windows) for rules in self.rules)
        if verdict.trips:
            judged((trip.name for trip in verdict.trips), ())
            raise GuardHeldError(verdict.trips)

    def after(self, run: Running) -> Safety:
        """Return the same with what earlier runs have left, of which killed ones have been settled."""
        right = run.right
        last = last_good(run.journal, run.left, right.name, run.target, right.branches, run.values)
        written = Unconfirmed.read(run.journal, run.left, run.target)
        return replace(self, last=last, written=(written, run.marks))

    def _refuse_expired(self, override: Override) -> None:
        zones: list[tzinfo | None] = [
            rules.windows.zone for rules in self.rules if rules.windows != Windows()
        ]
        today = self.now.astimezone(next(iter(zones), None)).date()
        if override.expired(today):
            raise CommandError(
                f"the override was good until {override.until}, and today is {today}: look again"
            )

    def looked_up(self, settings: Settings, left: DataStoreTree, right: DataStoreTree) -> Safety:
        """Return the same with what earlier runs have left on *right*, which was read, for a mere look."""
        state = seen_state(settings)
        with state.look() as journal:
            if journal is None:
                return self
            target, values = target_mark(right, state.seal), Values(state.seal, settings.journal.sensitive)
            last = last_good(journal, left.name, right.name, target, right.branches, values)
            written = Unconfirmed.read(journal, left.name, target)
        marks = Marks(state.seal, {branch.name: branch for branch in right.branches})
        return replace(self, last=last, written=(written, marks))

    def expire(self, settings: Settings, right: DataStoreTree) -> None:
        """Tell *right*, which was read for a look, what the next run deletes that was set aside."""
        state = seen_state(settings)
        with state.look() as journal:
            if journal is not None:
                target, values = target_mark(right, state.seal), Values(state.seal)
                branches = {branch.name: branch for branch in right.branches}
                Aside(journal, target, values).expire(branches, self.now)

    # -- before anything is written -------------------------------------------------------------------

    def allowed(self, run: Running, diff: Diff, progress: Progress = silent) -> Allowed:
        """Return what of *diff* may be carried out (GuardHeldError when nothing may)."""
        found, left = self.narrowed(diff, progress), diff.left.branches
        # Not of what is not compared: nobody has judged it, so it is nothing for the next run to go by.
        trusted = needed_sources(left, diff.branches)
        run.notes["sources"] = noted_sources((each.name, rows_of(each), each.bytes_read) for each in trusted)
        return _passed(run, found, self.verdict(left, diff.right, found.actions, diff.branches))

    def allowed_plan(self, run: Running, right: DataStoreTree, found: Allowed, header: Header) -> Allowed:
        """Return what of a saved plan may be carried out: all of it (GuardHeldError when nothing may)."""
        run.notes["sources"] = noted_sources((each.branch, each.rows, each.bytes) for each in header.sources)
        verdict = self.verdict((), right, found.actions, header.branches, header)
        return _passed(run, found, verdict)

    def allowed_undo(self, run: Running, diff: Diff, progress: Progress = silent) -> Allowed:
        """Return what may be undone: all of it (GuardHeldError when nothing may); no source is read."""
        found = Allowed(*diff.plan(progress))
        return _passed(run, found, self.verdict((), diff.right, found.actions, diff.branches))

    def verdict(
        self,
        left: Branches,
        right: DataStoreTree,
        actions: Sequence[Action],
        compared: Sequence[str],
        header: Header | None = None,
    ) -> Verdict:
        """Return what holds a run that carries out *actions* on the branches *compared* of *right*.

        *left* are the branches that were read; where a plan stands for them its *header* tells their age.
        """
        return self._judged(
            _with_sources(
                case_of(
                    left,
                    right.branches,
                    actions,
                    rules=rules,
                    last=self.last,
                    now=self.now,
                    compared=compared,
                ),
                rules,
                header,
            )
            for rules in self.rules
        )

    def narrowed(self, diff: Diff, progress: Progress = silent) -> Allowed:
        """Return the plan of *diff*, without what was written in vain too often.

        That has an error, so that it is rejected; in a window for additions, all but these are held back.
        """
        actions, held_back = diff.plan(progress)
        if self.written is not None and not self.retry_stuck:
            written, marks = self.written
            actions = written.given_up(marks, actions, min(each.give_up_after for each in self.rules))
        window = self.window
        if window is None or (self.override is not None and self.override.allows("additions_only")):
            return Allowed(actions, held_back)
        why = f"only additions run {window}"
        kept = [action for action in actions if _adds(action)]
        held_back.extend(_held_back(action, why) for action in actions if not _adds(action))
        return Allowed(kept, held_back)

    @property
    def window(self) -> Window | None:
        """The window in which only additions run now; None outside of one."""
        found = (rules.windows.narrow(self.now) for rules in self.rules)
        return next((window for window in found if window is not None), None)

    @property
    def calendar(self) -> str:
        """What the calendar says of writing now; "" on a day like any other."""
        dark = (rules.windows.dark(self.now) for rules in self.rules)
        if window := next((window for window in dark if window is not None), None):
            return f"nothing runs {window}: until then a sync would be held"
        return (
            f"only additions run {self.window}: a sync would leave all else for later" if self.window else ""
        )

    def without_windows(self) -> Safety:
        """Return the same on a day like any other: windows are judged when something is written."""
        return replace(self, rules=tuple(replace(each, windows=Windows()) for each in self.rules))

    def _judged(self, cases: Iterable[Case]) -> Verdict:
        verdict = Verdict()
        for case in cases:
            verdict += judge(case, self.override)
        return verdict


def _with_sources(case: Case, rules: SyncRules, header: Header | None) -> Case:
    """Return *case* with what a plan says of its sources: they may have become too old since it was made."""
    if header is None:
        return case
    read = (
        Read(
            branch=f"{header.left}.{each.branch}",
            modified=datetime.fromisoformat(each.modified) if each.modified else None,
            limits=rules.source_of(each.branch),
        )
        for each in header.sources
    )
    return replace(case, source=header.left, read=(*case.read, *read))


def _passed(run: Running, found: Allowed, verdict: Verdict) -> Allowed:
    passed = {each.name: each for each in (*found.passed, *verdict.passed)}
    run.notes["passed"] = [passed_json(each) for each in passed.values()]
    judged((trip.name for trip in verdict.trips), passed)
    if verdict.trips:
        raise GuardHeldError(verdict.trips)
    return replace(found, passed=tuple(passed.values()))


def _held_back(action: Action, why: str) -> HeldBack:
    return HeldBack(action.branch, phase_of(action), action.key, why, action.message)


def safety_of(
    session: Session,
    project: Project,
    left: DataStoreTree,
    right: DataStoreTree,
    branches: Iterable[str],
    *,
    sync: str = "",
    ends: tuple[str, str] | None = None,
    options: OverrideOptions | None = None,
) -> Safety:
    """Return what a run is under: the rules of *sync*, or of every sync between the trees, or *ends*.

    Raises CommandError for settings of branches that there are not, and an override of what there is not.
    """
    file, syncs = project.settings.file, project.syncs
    if sync and sync not in syncs:
        raise CommandError(f"there is no sync {sync!r} any more, whose rules this is under: make a new plan")
    ends = ends or (left.name, right.name)
    names = [sync] if sync else [name for name, each in syncs.items() if (each.left, each.right) == ends]
    known = [each.name for tree in (left, right) for each in tree.branches]
    rules: list[SyncRules] = []
    for name in names:
        found = project.settings.syncs.get(name, SyncRules())
        problems = list(unknown_branches(file, name, found, known))
        if problems:
            raise CommandError("\n".join(problems))
        rules.append(found)
    override = None if options is None else options.override(left, right, branches)
    if override is not None:
        override = replace(override, reason=session.secrets.mask(override.reason))
    return Safety(tuple(rules) or (SyncRules(),), session.now(), override)


def _adds(action: Action) -> bool:
    """Whether an action only adds: what adopts a record changes one that is there."""
    return action.kind == "new" and action.adopts is None
