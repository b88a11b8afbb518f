"""What runs have written and no later one has found in place: after some runs in a row, it is given up."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from dss_runtime._actions import Action
from dss_runtime._branch import Branch
from dss_runtime._outcomes import SyncResult
from dss_runtime.journal._journal import Journal
from dss_runtime.plans._identity import schema_mark
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._stable import stable, stable_record
from dss_runtime.verifying import Seen, likely_of

_NAMED = 5
"""How many runs a reason names."""


class Spot(NamedTuple):
    """A field of a record, or with attribute "" the record itself; `record` is a mark of its key."""

    branch: str
    record: str
    attribute: str


class Written(NamedTuple):
    """What was written to a spot by `runs` in a row, and what the last of them had found there, as marks.

    `run` is the last one that saw the spot differ.
    """

    wanted: str
    found: str
    runs: tuple[int, ...]
    run: int


@dataclass(frozen=True)
class Marks:
    """Makes marks of what is in *branches*: keyed hashes, so that no value is kept in clear."""

    seal: Seal
    branches: Mapping[str, Branch[Any, Any]]

    def record(self, branch: str, key: Hashable) -> str:
        """Return the mark of a record's key."""
        return self.seal.mark("record key", branch, stable(key))

    def spot(self, action: Action) -> Spot:
        """Return what *action* is to bring in step."""
        return Spot(action.branch, self.record(action.branch, action.key), action.attribute or "")

    def wanted(self, action: Action) -> str:
        """Return the mark of what *action* writes; of another schema of its branch it is another one."""
        return self._wanted(action, action.attribute)

    def whole(self, action: Action) -> str:
        """Return the mark of what the record was made with, if it was made as it is to be now."""
        return self._wanted(action, None)

    def found(self, action: Action) -> str:
        """Return the mark of what the target holds where *action* writes."""
        return self.seal.mark("found", self._text(action.branch, action.right, action.attribute))

    def _wanted(self, action: Action, attribute: str | None) -> str:
        text = self._text(action.branch, action.left, attribute)
        return self.seal.mark("wanted", self._schemas[action.branch], text)

    def _text(self, name: str, record: object, attribute: str | None) -> str:
        branch = self.branches[name]
        if record is None:
            return "no record"
        if attribute is None:
            return stable_record(branch, record)
        return stable(branch.info[attribute].type.canonical(getattr(record, attribute)))

    @cached_property
    def _schemas(self) -> Mapping[str, str]:
        return {name: schema_mark([branch]) for name, branch in self.branches.items()}


@dataclass(frozen=True)
class Unconfirmed:
    """What runs from one source to one target have written, as far as no later one has found it there."""

    rows: Mapping[Spot, Written] = field(default_factory=dict[Spot, Written])

    @classmethod
    def read(cls, journal: Journal, source: str, target: str) -> Unconfirmed:
        """Return what *journal* remembers."""
        found = journal.look_up(
            "SELECT branch, record, attribute, wanted, found, runs, run FROM unconfirmed "
            "WHERE target = ? AND source = ?",
            target,
            source,
        )
        return cls(
            {Spot(*row[:3]): Written(row[3], row[4], tuple(json.loads(row[5])), row[6]) for row in found}
        )

    def given_up(self, marks: Marks, actions: Sequence[Action], after: int) -> list[Action]:
        """Return *actions*; one that *after* runs in a row have written in vain has the reason as its error.

        An action that is impossible anyway keeps its own reason. Removals are never given up: whom somebody
        lets in again, such as by enabling an account, has to go again.
        """
        if not any(len(row.runs) >= after for row in self.rows.values()):
            return list(actions)
        return [self._judged(marks, action, after) for action in actions]

    def _judged(self, marks: Marks, action: Action, after: int) -> Action:
        row = None if action.error is not None or action.kind == "old" else self._written(marks, action)
        if row is None or len(row.runs) < after:
            return action
        reason = f"written {len(row.runs)} runs in a row ({_listed(row.runs)}), and different again"
        likely = likely_of(_seen(marks, action, row))
        return replace(action, error=f"{reason}; likely {likely} (--retry-stuck writes it once more)")

    def _written(self, marks: Marks, action: Action) -> Written | None:
        """Return what was written to the spot of *action* if that is what it is to write again."""
        spot = marks.spot(action)
        row = self.rows.get(spot)
        if row is not None:
            return row if row.wanted == marks.wanted(action) else None
        made = self.rows.get(spot._replace(attribute=""))  # which has written all fields of the record
        return made if made is not None and made.wanted == marks.whole(action) else None

    def after(
        self, marks: Marks, run: int, result: SyncResult, branches: Iterable[str], compared_after: int
    ) -> Unconfirmed:
        """Return what is to be remembered after the run with the number *run*.

        What it has written is, to a set if all of it was; so is what it has left as it was. What it did not
        find different any more, in the *branches* that it compared, is confirmed. *compared_after* is the
        last run before it read.
        """
        seen: dict[Spot, list[tuple[Action, bool]]] = {}
        for action, outcome in result:
            seen.setdefault(marks.spot(action), []).append((action, outcome.ok))
        alone = {(each.branch, marks.record(each.branch, each.key)) for each in result.held_back}
        compared = frozenset(branches)
        rows: dict[Spot, Written] = {}
        for spot, row in self.rows.items():
            if spot in seen or (spot.branch, spot.record) in alone:
                rows[spot] = row._replace(run=run)
            elif spot.branch not in compared or row.run > compared_after:
                rows[spot] = row
        for spot, actions in seen.items():
            action = actions[0][0]
            if all(ok for _, ok in actions):
                before = self._written(marks, action)
                runs = () if before is None else before.runs
                rows[spot] = Written(marks.wanted(action), marks.found(action), (*runs, run), run)
        return Unconfirmed(rows)

    def keep(self, journal: Journal, source: str, target: str) -> None:
        """Let *journal* remember this and nothing else."""
        with journal.transaction() as connection:
            connection.execute("DELETE FROM unconfirmed WHERE target = ? AND source = ?", (target, source))
            connection.executemany(
                "INSERT INTO unconfirmed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (target, source, *spot, row.wanted, row.found, json.dumps(row.runs), row.run)
                    for spot, row in self.rows.items()
                ),
            )


def forget(journal: Journal, target: str, marks: Marks, result: SyncResult) -> None:
    """Forget what was written to records that an undo has set back: what differs there now is its doing."""
    with journal.transaction() as connection:
        connection.executemany(
            "DELETE FROM unconfirmed WHERE target = ? AND branch = ? AND record = ?",
            _records(target, marks, result),
        )


def _records(target: str, marks: Marks, result: SyncResult) -> Iterator[tuple[str, str, str]]:
    for action, outcome in result:
        if outcome.ok:
            yield target, action.branch, marks.record(action.branch, action.key)


def _seen(marks: Marks, action: Action, row: Written) -> Seen:
    if action.attribute is None:
        return Seen(None, action.left, action.right)
    name: str = action.attribute
    return Seen(
        marks.branches[action.branch].info[name],
        getattr(action.left, name),
        getattr(action.right, name),
        kept=row.found == marks.found(action),
    )


def _listed(runs: Sequence[int]) -> str:
    """Return the numbers of the runs: of many, the first and the last ones."""
    if len(runs) == 1:
        return f"run {runs[0]}"
    shown = [*map(str, runs)] if len(runs) <= _NAMED else [str(runs[0]), "...", *map(str, runs[2 - _NAMED :])]
    return f"runs {', '.join(shown)}"
