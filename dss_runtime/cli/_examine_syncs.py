"""What `dss doctor` finds of a sync: how long ago it went well, and whether its source is fresh enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dss_runtime._limits import shown_duration
from dss_runtime._sync_rules import SyncRules
from dss_runtime.cli._findings import Finding
from dss_runtime.cli._project import Project
from dss_runtime.cli._state import seen_state
from dss_runtime.journal import Standing, standings


def examined_sync(project: Project, name: str, now: datetime) -> Iterator[Finding]:
    """Yield when the sync *name* last went well, and which of its sources are too old."""
    yield _standing(project, name, now)
    yield from _fresh(project, name, now)


def _standing(project: Project, name: str, now: datetime) -> Finding:
    sync = project.syncs[name]
    with seen_state(project.settings).look() as journal:
        runs = [] if journal is None else journal.runs(-1)
    found: Standing | None = next(
        (
            each
            for each in standings(runs)
            if each.sync == name and (each.left, each.right) == (sync.left, sync.right)
        ),
        None,
    )
    if found is None:
        return Finding(
            "", "runs", "warning", f"{name} has never run", f"`dss plan {name}` shows what it would do"
        )
    if found.success is None or found.success.ended is None:
        return Finding("", "runs", "warning", f"{name} has never gone well", f"`dss show {found.latest.id}`")
    ago = shown_duration(now - found.success.ended)
    if found.latest.id != found.success.id:
        text = f"{name}: run {found.latest.id} is {found.latest.state}; it last went well {ago} ago"
        return Finding("", "runs", "warning", text, f"`dss show {found.latest.id}` tells more")
    return Finding("", "runs", "ok", f"{name} last went well {ago} ago, in run {found.success.id}")


def _fresh(project: Project, name: str, now: datetime) -> Iterator[Finding]:
    sync, rules = project.syncs[name], project.settings.syncs.get(name, SyncRules())
    limits = {branch: rules.source_of(branch).max_age for branch in sync.branches}
    if not any(limits.values()):
        return
    (left,) = project.make(sync.left)
    for branch, written in left.importer.last_written().items():
        most = limits.get(branch)
        if most is None:
            continue
        age = abs(now - written)
        text = f"{name}: {branch} was written {shown_duration(age)} ago, the limit is {shown_duration(most)}"
        yield Finding(sync.left, "limits", "error" if age > most else "ok", text)
