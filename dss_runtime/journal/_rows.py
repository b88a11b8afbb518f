"""Runs and works as the tables have them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dss_runtime.journal._values import LoggedWork, Run

RUN = (
    'id, command, "left", "right", branches, started, ended, state, plan, undoes, schema, target, versions, '
    "summary, settled"
)
"""The columns of a run."""

WORK = 'number, phase, branch, key, actions, "before", "after", state, reason, attempts, remark, seconds'
"""The columns of a work."""


def run_of(row: tuple[Any, ...]) -> Run:
    """Return the run in a row of RUN."""
    (number, command, left, right, branches, started, ended, state, plan, undoes, schema, target, versions,
     summary, settled) = row  # fmt: skip
    return Run(
        id=number,
        command=command,
        left=left,
        right=right,
        branches=tuple(json.loads(branches)),
        started=datetime.fromisoformat(started),
        ended=None if ended is None else datetime.fromisoformat(ended),
        state=state,
        plan=plan,
        undoes=undoes,
        schema=schema,
        target=target,
        versions=json.loads(versions),
        summary=json.loads(summary),
        settled=settled,
    )


def work_of(row: tuple[Any, ...]) -> LoggedWork:
    """Return the work in a row of WORK."""
    number, phase, branch, key, actions, before, after, state, reason, attempts, remark, seconds = row
    return LoggedWork(
        number=number,
        phase=phase,
        branch=branch,
        key=json.loads(key),
        actions=tuple((kind, attribute, message) for kind, attribute, message in json.loads(actions)),
        before=None if before is None else json.loads(before),
        after=None if after is None else json.loads(after),
        state=state,
        reason=reason,
        attempts=attempts,
        remark=remark,
        seconds=seconds,
    )
