"""All changes between two versions of a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .branches import compare_branches
from .change import Change
from .comparing import Comparing
from .fields import compare_fields
from .keys import compare_keys
from .models import compare_models
from .names import compare_names
from .policies import compare_policies
from .renames import compare_renames
from .sources import compare_sources
from .syncs import compare_syncs
from .trees import compare_trees
from .version import Version

_parts: tuple[Callable[[Comparing], Iterator[Change]], ...] = (
    compare_models,
    compare_keys,
    compare_fields,
    compare_renames,
    compare_branches,
    compare_trees,
    compare_sources,
    compare_policies,
    compare_names,
    compare_syncs,
)
"""Who looks for what."""


def compare(old: Version, new: Version) -> tuple[Change, ...]:
    """Return what changed from *old* to *new*, by place.

    The order of files and of definitions, and every `doc`, mean nothing to a sync and are no changes. What
    `renamed_from` marks in *new* is one change, through which all else is compared.
    """
    comparing = Comparing(old, new)
    found = [change for part in _parts for change in part(comparing)]
    return tuple(sorted(found, key=lambda each: (each.place, each.path, each.rule, each.message)))
