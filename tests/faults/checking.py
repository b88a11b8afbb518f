"""What a run may have done to its target, and what it must say of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from dss_runtime.journal import LoggedWork
from tests.kills.school import KEYS, expected, ours, texts, theirs
from tests.kills.service import Rows

Ident: TypeAlias = tuple[str, tuple[str, ...]]
"""A branch and a key."""
OWN = ("login", "note")
"""What belongs to the target once a person is there."""
MASK = "***"


def by_key(rows: Rows) -> dict[Ident, dict[str, Any]]:
    """Return what is ours in a target, or a source, by branch and key."""
    return {
        (name, tuple(row[key] for key in keys)): row
        for name, keys in KEYS.items()
        for row in rows[name]
        if row.get("kind", "pupil") == "pupil"
    }


def check_untouched(before: Rows, after: Rows, protected: Iterable[str], others: set[Ident]) -> None:
    """Nothing is there twice; what is not ours, protected or the target's own is as it was.

    *protected* are people whose row in the source cannot be read, *others* what somebody else has changed.
    """
    idents = [("people", row["kind"], row["idnumber"]) for row in after["people"]]
    idents += [("memberships", row["person"], row["team"]) for row in after["memberships"]]
    assert {} == {ident: number for ident, number in Counter(idents).items() if number > 1}
    assert theirs(before) == theirs(after)
    was, now = by_key(before), by_key(after)
    for ident in was.keys() - others:
        if ident[1][0] in protected:
            assert was[ident] == now.get(ident), f"{ident} was protected"
        elif ident in now:
            assert [was[ident].get(name) for name in OWN] == [now[ident].get(name) for name in OWN]


def check_report(report: Mapping[str, Any], before: Rows, after: Rows, others: set[Ident]) -> None:
    """Every action has one outcome, and that is what became of it."""
    was, now = by_key(ours(before)), by_key(ours(after))
    outcomes = Counter(action["outcome"]["status"] for action in report["actions"])
    assert outcomes == Counter(report["outcomes"])
    for action in report["actions"]:
        ident = (action["branch"], tuple(action["key"].values()))
        if ident in others:
            continue
        status = action["outcome"]["status"]
        if status == "applied":
            assert is_done(action, now.get(ident)), action
        elif status == "failed":
            assert not is_done(action, now.get(ident)), action
        elif status in ("skipped", "blocked", "rejected"):
            assert not is_touched(action, was.get(ident), now.get(ident)), action


def is_done(action: Mapping[str, Any], row: dict[str, Any] | None) -> bool:
    """Whether a row of the target is as an action would have it."""
    if action["kind"] == "old":
        return row is None
    if row is None:
        return False
    values: dict[str, Any] = action["values"]
    wanted = values if action["kind"] == "new" else {action["attribute"]: values["new"]}
    return all(
        (row.get(name) or None) == (value or None)
        for name, value in wanted.items()
        if value != MASK and name not in OWN
    )


def is_touched(
    action: Mapping[str, Any], was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> bool:
    """Whether what an action is about has changed."""
    name = action["attribute"]
    if was is None or now is None or name is None:
        return (was is None) != (now is None)
    return bool(was.get(name) != now.get(name))


def check_settled(works: Iterable[LoggedWork], left: Rows, others: set[Ident]) -> None:
    """What a killed run is said to have done is what it had *left*, unless *others* were there."""
    now = by_key(ours(left))
    for work in works:
        ident = (work.branch, tuple(str(part) for part in work.key.values()))
        if ident in others or work.state not in ("applied", "skipped"):
            continue
        names = [name for _, name, _ in work.actions if name is not None and name != "born"]
        row, after = now.get(ident), work.after or {}
        if work.phase != "changed":
            happened = (row is None) == (work.phase == "old")
        elif names and row is not None:
            happened = all((row[name] or None) == (after[name] or None) for name in names)
        else:
            continue
        assert happened == (work.state == "applied"), work


def check_recovered(source: Rows, before: Rows, after: Rows, protected: set[str]) -> None:
    """The target equals the source, but for what is protected; that is as it was."""

    def free(rows: Rows) -> Rows:
        return {
            "people": [row for row in rows["people"] if row["idnumber"] not in protected],
            "memberships": [row for row in rows["memberships"] if row["person"] not in protected],
        }

    assert texts(expected(free(source), before)) == texts(free(ours(after)))
