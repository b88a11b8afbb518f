"""A run of several syncs as one JSON object, for other programs.

What `dss run` prints with `--json`, however it ends; keys are added in later versions, and never change or
go while `schema_version` stays the same:

- `schema_version`: 1
- `command`: "run"
- `asked`: the name that the command was given
- `host`: the name of the machine
- `started`, `ended`, `seconds`: when, in UTC, and how long it took
- `state`: that of the sync which ended worst; from bad to good "interrupted", "failed", "incomplete",
    "not_converged", "held", "differences", "applied", "in_step"
- `exit_code`: what the command exits with
- `error`: why it failed before the first sync began, or null
- `syncs`: of each sync that was begun, in order, the object that `dss sync` prints (`dss plan` with
    `--dry-run`): see `dss_runtime.cli._json`
- `not_begun`: the names of those that were not
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import cast

from dss_runtime.cli._json import SCHEMA_VERSION, Json, json_object, json_summary, masked, moment
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._series import SeriesEnded


def series_text(ended: SeriesEnded, secrets: Secrets) -> str:
    """Return all that is known of a run of several syncs as JSON text, masked."""
    told = _object(ended, ended.whole.error, (json_object(each) for each in ended.syncs))
    return json.dumps(masked(told, secrets), indent=2, allow_nan=False)


def series_summary(ended: SeriesEnded, secrets: Secrets, *, examples: bool) -> dict[str, Json]:
    """Return the object with summaries of the syncs, masked; *examples* let it hold a few records."""
    error = ended.whole.error if examples else ended.whole.without_records
    told = _object(ended, error, (json_summary(each, secrets, examples=examples) for each in ended.syncs))
    return cast("dict[str, Json]", masked(told, secrets))


def _object(ended: SeriesEnded, error: str, syncs: Iterable[dict[str, Json]]) -> dict[str, Json]:
    whole = ended.whole
    return {
        "schema_version": SCHEMA_VERSION,
        "command": whole.account.command,
        "asked": whole.account.asked,
        "host": whole.host,
        "started": moment(whole.account.started),
        "ended": moment(whole.ended),
        "seconds": round(whole.seconds, 3),
        "state": whole.state,
        "exit_code": int(whole.exit),
        "error": error or None,
        "syncs": list(syncs),
        "not_begun": list(ended.not_begun),
    }
