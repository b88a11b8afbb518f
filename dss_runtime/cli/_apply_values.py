"""The values in [trees.NAME.apply] of the settings, as people write them.

Each function takes what TOML holds and raises ValueError, saying what was expected, for anything else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dss_runtime._policy import OnError
from dss_runtime.cli._sync_values import expected

_RATE = re.compile(r"([1-9][0-9]{0,5}) ?(?:/|per) ?(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

RATE = 'how often at most, such as "10/second" or "300/minute"'
ON_ERROR = '"continue" or "stop"'


class Rate(NamedTuple):
    """At most so many times within so many seconds."""

    times: int
    seconds: int


def rate(value: object) -> Rate:
    """Return how often something may be done."""
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise expected(RATE, value)
    return Rate(int(found[1]), _SECONDS[found[2]])


def on_error(value: object) -> OnError:
    """Return what becomes of a run after a failure."""
    if value == "continue":
        return "continue"
    if value == "stop":
        return "stop"
    raise expected(ON_ERROR, value)
