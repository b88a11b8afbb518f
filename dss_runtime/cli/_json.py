"""A run as one JSON object, for other programs.

The object that `plan`, `sync`, `apply` and `undo` print with `--json`, however they end, and that `run` has
of each sync (`dss_runtime.cli._series_json` tells what is around these); keys are added in later versions,
and never change or go while `schema_version` stays the same:

- `schema_version`: 1
- `command`: "plan", "sync", "apply" or "undo"
- `run`: the run's number in the journal, or null where there is none
- `sync`: the name of the sync, or null
- `asked`: what the command was given: "nightly", "Supplier Shop", a file, "run 17"
- `host`: the name of the machine
- `started`, `ended`, `seconds`: when, in UTC, and how long it took
- `trees`: {"left": name, "right": name}; the names are "" when the run failed before they were known
- `branches`: the branches compared, in the order in which records are created
- `renames`: what had another name in older plans, by `renamed_from` of the schema: {"models", "branches",
    "attributes"}, each {today's name: former name}; attributes are named "branch.attribute"
- `state`: "in_step", "differences", "applied", "incomplete", "not_converged", "held", "interrupted"
    or "failed"
- `error`: why the run failed, or null
- `killed`: numbers of earlier runs on the same target that were killed, and found by this one
- `exit_code`: what the command exits with
- `counts`: by branch, then by kind (new, changed, added, removed, old); what is 0 is left out
- `differences`: how many in all
- `adopted`: how many of the new ones adopt a record that was there; `deleted_for_good`: how many of the old
    ones were set aside before
- `actions`: in the order in which they are carried out, each with
    `kind`, `branch`, `method`, `message`, `error` (why it cannot be carried out, or null),
    `key` {field: value}, `attribute` (null for new and old),
    `values` ({"new", "old"} for changed, {"item"} for added and removed, the record's fields otherwise),
    `adopts` (null, or of a new one {"key": {field: value} or null, "by": {field: value}}),
    `aside_since` (null, or since when one is set aside that is deleted for good),
    `outcome` (null for a plan, or {"status", "reason", "attempts"})
- `held_back`: differences left alone, because a row could not be read or because a record that stays refers
    to theirs, each with `branch`, `kind`, `message`, `reason`
- `unreadable`: the rows that could not be read, each with
    `tree`, `branch`, `file`, `line`, `column`, `reason`; line is 0 and column "" where there is none
- `guard`: what holds the run: `name` (for `--override`), `message`, `branch`, `kind`, `count`, `total`,
    `limit`, `examples`; what is counted depends on the kind and is told in the message
- `passed`: what would have held it, each with `name`, `message` and `why` it did not
- `held`: why else the run is held, or null
- `outcomes`: how many actions ended in each status (null for a plan)
- `not_implemented`: template methods that are missing
- `kept`: what `undo` cannot take back, each with `branch`, `message`, `reason`; empty otherwise
- `losses`: the same of what it takes back as far as that can be done
- `verification`: null, or what `--verify` found:
    `converged`, `differences`, `remaining` {branch: {"changed email": count}}, `held_back` (how many
    differences are left alone), `error`, and `causes`, the likely ones, each with
    `branch`, `attribute` ("" for whole records), `cause`, `tells`, `advice`, `count`, and up to three
    `examples` {"record", "wanted", "found", "before"}: the record's key, and texts of canonical forms

Sensitive values, and whatever came from `${NAME}` in the settings, read "***". Values without a JSON type
of their own (dates, decimals) are text, sets are sorted arrays. Only a command line that cannot be understood
is told on standard error alone.

A webhook gets the same object without `actions`, `held_back` and `unreadable`, with `totals` (how many of
each there are) in their place. Unless it asks for examples, `guard[].examples` are empty, and `error` and
`held` hold no text that may quote a record.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias, cast

from dss_runtime import Action, Outcome
from dss_runtime._fields import ModelInfo, info_of
from dss_runtime._shown import text_of
from dss_runtime.cli._account import Ended
from dss_runtime.cli._report import Report, Verification, special_of
from dss_runtime.cli._secrets import MASK, Secrets
from dss_runtime.cli._trips import passed_json, trip_json
from dss_runtime.cli._verification import cause_json
from dss_runtime.journal import Kept

SCHEMA_VERSION = 1

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


def json_text(ended: Ended, secrets: Secrets) -> str:
    """Return all that is known of a run as JSON text, masked."""
    return json.dumps(masked(json_object(ended), secrets), indent=2, allow_nan=False)


def json_object(ended: Ended) -> dict[str, Json]:
    """Return the object, which is not masked yet."""
    return {**_head(ended), **_body(ended.report), **_lists(ended.report)}


def json_summary(ended: Ended, secrets: Secrets, *, examples: bool) -> dict[str, Json]:
    """Return the object without what is listed one by one, masked; *examples* let it hold a few records."""
    head, body, report = _head(ended), _body(ended.report), ended.report
    if not examples:
        body["guard"] = [{**trip_json(trip), "examples": []} for trip in report.trips]
        body["held"] = ended.without_records if report.held else None
        head["error"] = ended.without_records if ended.error else None
        if report.verification is not None:
            found = cast("dict[str, Json]", body["verification"])
            found["causes"] = [{**cause_json(each), "examples": []} for each in report.verification.causes]
            found["error"] = report.verification.error_without_records or None
    totals: Json = {name: len(each) for name, each in _listed(report).items()}
    return cast("dict[str, Json]", masked({**head, **body, "totals": totals}, secrets))


def _head(ended: Ended) -> dict[str, Json]:
    account, report = ended.account, ended.report
    return {
        "schema_version": SCHEMA_VERSION,
        "command": report.command,
        "run": account.number,
        "sync": account.sync or None,
        "asked": account.asked,
        "host": ended.host,
        "started": moment(account.started),
        "ended": moment(ended.ended),
        "seconds": round(ended.seconds, 3),
        "trees": {"left": report.names.left, "right": report.names.right},
        "branches": list(report.names.branches),
        "renames": {kind: dict(names) for kind, names in report.names.renames.items()},
        "state": ended.state,
        "exit_code": int(ended.exit),
        "error": ended.error or None,
        "killed": list(account.killed),
    }


def _body(report: Report) -> dict[str, Json]:
    result = report.result
    counts: dict[str, Json] = {}
    for (branch, kind), number in report.counts.items():
        cast("dict[str, Json]", counts.setdefault(branch, {}))[kind] = number
    return {
        "counts": counts,
        "differences": len(report.actions),
        "adopted": sum(special_of(action) == "adopted" for action in report.actions),
        "deleted_for_good": sum(special_of(action) == "deleted for good" for action in report.actions),
        "guard": [trip_json(trip) for trip in report.trips],
        "passed": [passed_json(each) for each in report.passed],
        "held": report.held or None,
        "outcomes": None
        if result is None
        else {str(status): count for status, count in result.counts.items()},
        "not_implemented": [] if result is None else list(result.not_implemented),
        "kept": [_kept(each) for each in report.kept],
        "losses": [_kept(each) for each in report.losses],
        "verification": None if report.verification is None else _verification(report.verification),
    }


def _listed(report: Report) -> dict[str, tuple[object, ...]]:
    """Return what the object lists one by one."""
    return {"actions": report.actions, "held_back": report.held_back, "unreadable": report.unreadable}


def _lists(report: Report) -> dict[str, Json]:
    result = report.result
    outcomes: Iterable[Outcome | None] = (
        [None] * len(report.actions) if result is None else [outcome for _, outcome in result]
    )
    return {
        "actions": [_action(*each) for each in zip(report.actions, outcomes, strict=True)],
        "held_back": [
            {"branch": held.branch, "kind": held.kind, "message": held.message, "reason": held.reason}
            for held in report.held_back
        ],
        "unreadable": [
            {
                "tree": tree,
                "branch": branch,
                "file": row.place.file,
                "line": row.place.line,
                "column": row.place.column,
                "reason": row.reason,
            }
            for tree, branch, row in report.unreadable
        ],
    }


def _kept(kept: Kept) -> Json:
    return {"branch": kept.branch, "message": kept.message, "reason": kept.reason}


def moment(at: datetime) -> str:
    """Return *at* as the object has it."""
    return at.isoformat(timespec="milliseconds")


def _action(action: Action, outcome: Outcome | None) -> Json:
    record = action.right if action.kind == "old" else action.left
    info = info_of(record)
    return {
        "kind": action.kind,
        "branch": action.branch,
        "method": action.method,
        "message": action.message,
        "error": action.error,
        "key": _key(info, action.key),
        "attribute": action.attribute,
        "values": _values(action, record, info),
        "adopts": _adopts(action, info),
        "aside_since": None
        if action.kind != "old" or action.aside_since is None
        else action.aside_since.isoformat(timespec="seconds"),
        "outcome": None
        if outcome is None
        else {"status": str(outcome.status), "reason": outcome.reason, "attempts": outcome.attempts},
    }


def _key(info: ModelInfo, key: Any) -> Json:
    parts: tuple[Any, ...] = tuple(key) if len(info.key) > 1 else (key,)
    return {name: _value(info, name, part) for name, part in zip(info.key, parts, strict=True)}


def _adopts(action: Action, info: ModelInfo) -> Json:
    if action.kind != "new" or action.adopts is None:
        return None
    found = action.adopts
    return {
        "key": None if found.key is None else _key(info, found.key),
        "by": {name: _value(info, name, found.fields.get(name)) for name in action.matched_by},
    }


def _values(action: Action, record: object, info: ModelInfo) -> Json:
    match action.kind:
        case "changed":
            return {name: _value(info, action.attribute, getattr(action, name)) for name in ("new", "old")}
        case "added" | "removed":
            return {"item": _value(info, action.attribute, action.item)}
        case _:
            names = (field.name for field in info.fields if not field.derived)
            return {name: _value(info, name, getattr(record, name)) for name in names}


def _value(info: ModelInfo, name: str, value: object) -> Json:
    return MASK if name in info.sensitive and value is not None else plain(value)


def plain(value: object) -> Json:
    """Return *value* as JSON has it; text where JSON has no such type."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if _is_printable(value) else text_of(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in cast("Iterable[object]", value)]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(each) for each in cast("Iterable[object]", value)), key=json.dumps)
    if isinstance(value, dict):
        return {text_of(name, str): plain(each) for name, each in cast("dict[Any, object]", value).items()}
    return value.hex() if isinstance(value, bytes) else text_of(value, str)


def _is_printable(value: int) -> bool:
    """Whether Python prints a number: it refuses from 4,300 digits on."""
    try:
        int.__repr__(value)
    except ValueError:
        return False
    return True


def _verification(found: Verification) -> Json:
    remaining: dict[str, Json] = {}
    for (branch, what), number in found.counts.items():
        cast("dict[str, Json]", remaining.setdefault(branch, {}))[what] = number
    return {
        "converged": found.converged,
        "differences": len(found.remaining),
        "remaining": remaining,
        "held_back": found.held_back,
        "error": found.error or None,
        "causes": [cause_json(each) for each in found.causes],
    }


def masked(value: Json, secrets: Secrets) -> Json:
    """Return *value* with every secret in its texts replaced."""
    if isinstance(value, str):
        return secrets.mask(value)
    if isinstance(value, list):
        return [masked(each, secrets) for each in value]
    if isinstance(value, dict):
        return {name: masked(each, secrets) for name, each in value.items()}
    return value
