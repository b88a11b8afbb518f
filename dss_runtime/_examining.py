"""What is found where a system is looked at before it is trusted, without writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Topic: TypeAlias = Literal["reachable", "rights", "clock", "schema", "limits"]
"""What is looked at: whether the system answers, what we may do there, how far its clock is from ours,
whether it has what the schema names, and where it cuts off or slows down."""

State: TypeAlias = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: how it is, in words, and what to do where it is not as it should be."""

    topic: Topic
    state: State
    text: str
    advice: str = ""
