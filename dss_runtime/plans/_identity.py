"""What a plan is bound to: the models that it was made with, and the system that it is for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, cast

from dss_runtime._branch import Branch
from dss_runtime._tree import DataStoreTree
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._stable import stable

IDENTITY = "identity"
"""The setting of any tree that says which system it is, whatever else its settings say."""

_SECRET_WORDS = frozenset(
    "apikey credential credentials pass passphrase passwd password pwd secret secrets token".split()
)
_KEY_OWNERS = frozenset("access api encryption private secret signing".split())
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_URL_PASSWORD = re.compile(r"(?<=://)(?P<user>[^/?#@:]*):[^/?#]*@")
_URL_QUERY = re.compile(r"(?<=[?&])(?P<name>[^=&#]+)=[^&#]*")


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
    """Return by which the system behind *tree* is known again: a keyed hash of its name and settings.

    Of the settings `identity` alone counts where there is one. Secrets take no part: a new password does not
    make another system.
    """
    return seal.mark("target", tree.name, _identity(tree))


def system_mark(tree: DataStoreTree, seal: Seal) -> str:
    """Return by which a system is known under whatever name of a tree: two with equal settings are one."""
    return seal.mark("system", _identity(tree) if tree.settings else tree.name)


def _identity(tree: DataStoreTree) -> str:
    given = tree.settings.get(IDENTITY)
    return stable(_without_secrets(tree.settings) if given is None else str(given))


def _without_secrets(value: object) -> object:
    match value:
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            named = {str(name): each for name, each in items}
            return {name: _without_secrets(each) for name, each in named.items() if not _is_secret(name)}
        case list() | tuple():
            return [_without_secrets(each) for each in cast("Iterable[object]", value)]
        case str():
            return _URL_QUERY.sub(_without_secret, _URL_PASSWORD.sub(r"\g<user>@", value))
        case None | bool() | int() | float():
            return value
        case _:  # An object that a program has put there; only its kind is known.
            return type(value).__qualname__


def _is_secret(name: str) -> bool:
    """Whether a setting is a secret, by the words of its name: neither `keyspace` nor `compass_url` is."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    return words == ["key"] or any(
        second == "key" and first in _KEY_OWNERS for first, second in pairwise(words)
    )


def _without_secret(found: re.Match[str]) -> str:
    return f"{found['name']}=" if _is_secret(found["name"]) else found[0]
