"""The table of functions that the stand-in's service holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.moodle.stand_in.forms import Structure
from tests.moodle.stand_in.site import Rows

Call = Callable[[Rows, dict[str, Any]], Any]


@dataclass(frozen=True)
class Function:
    """A function, what it takes, and whether a real one's answers were recorded."""

    takes: Structure
    call: Call
    recorded: bool


FUNCTIONS: dict[str, Function] = {}
NOT_IN_SERVICE = ("core_message_send_instant_messages",)
"""Functions that Moodle has and the token's service does not hold."""


def function(name: str, *, recorded: bool = True, **takes: Any) -> Callable[[Call], Call]:
    """Register a function of that name."""

    def register(call: Call) -> Call:
        FUNCTIONS[name] = Function(Structure(takes), call, recorded)
        return call

    return register
