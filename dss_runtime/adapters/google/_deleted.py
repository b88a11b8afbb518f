"""Users that were deleted not long ago, and can be restored with all that they had."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from dss_runtime import SourceError, TransientError
from dss_runtime.adapters.google._client import Directory
from dss_runtime.adapters.google._identity import form_in
from dss_runtime.adapters.google._listing import Listing, schemas_named
from dss_runtime.adapters.google._paths import Json
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.adapters.google._values import has_constants

RESTORED_FOR = timedelta(days=20)
"""For how long after its deletion Google restores a user."""

Key: TypeAlias = tuple[object, ...]


def deleted_users(directory: Directory, target: GoogleTarget) -> Mapping[Key, Json]:
    """Return the deleted users of a branch by key, the one that was deleted last where several have one.

    An address alone tells nobody: it may be given to somebody else, who must not get the mail of the first.
    Raises TransientError where they cannot be read.
    """
    try:
        found = Listing(directory).deleted_users(schemas_named(list(target.columns.values())))
    except SourceError as error:
        raise TransientError(f"deleted users: {error.reason}") from None
    now = datetime.now(UTC)
    users: dict[Key, Json] = {}
    for each in sorted(found, key=lambda user: str(user.get("deletionTime", ""))):
        key = tuple(form_in(target, each, name) for name in target.key)
        if None not in key and _is_recent(each, now) and has_constants(each, target.scope):
            users[key] = each
    return users


def key_of(target: GoogleTarget, record: Any) -> Key:
    """Return the key of *record* as `deleted_users` has it."""
    return tuple(target.types[name].canonical(getattr(record, name)) for name in target.key)


def _is_recent(user: Json, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(str(user["deletionTime"])) < RESTORED_FOR
    except (KeyError, ValueError, TypeError):
        return True  # Google lists no others, and refuses what it cannot restore
