"""What a plan is bound to: the models that it was made with, and the system that it is for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from dss_runtime._branch import Branch
from dss_runtime._tree import DataStoreTree
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._stable import stable

_SECRET = re.compile(r"pass(word|phrase)?|pwd|token|secret|key", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")


def schema_mark(branches: Iterable[Branch[Any, Any]]) -> str:
    """Return 16 hexadecimal digits that say which models *branches* have and how this tree holds them.

    Another type, key, option or field gives others; a comment or a text for people does not.
    """
    described = {branch.name: _described(branch) for branch in branches}
    return hashlib.sha256(stable(described).encode()).hexdigest()[:16]


def _described(branch: Branch[Any, Any]) -> dict[str, object]:
    info = branch.info
    return {
        "model": info.name,
        "kinds": info.kinds,
        "key": info.key,
        "fields": [
            (each.name, each.type.construction, each.optional, each.sensitive, each.ref, each.derived)
            for each in info.fields
        ],
        "omitted": branch.omitted,
        "by_record": branch.by_record,
        "old": (branch.keeps_old, branch.retires_old, branch.delete_after is not None),
        "match": (branch.matched_by, branch.follows_keys, branch.owned),
    }


def target_mark(tree: DataStoreTree, seal: Seal) -> str:
    """Return by which the system behind *tree* is known again: a keyed hash of its settings.

    Secrets take no part: a new password does not make another system.
    """
    return seal.mark("target", tree.name, stable(_without_secrets(tree.settings)))


def _without_secrets(value: object) -> object:
    match value:
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            named = {str(name): each for name, each in items}
            return {name: _without_secrets(each) for name, each in named.items() if not _SECRET.search(name)}
        case list() | tuple():
            return [_without_secrets(each) for each in cast("Iterable[object]", value)]
        case str():
            return _USER_INFO.sub("", value)
        case None | bool() | int() | float():
            return value
        case _:  # An object that a program has put there; only its kind is known.
            return type(value).__qualname__
