"""What a template remembers of the run: what it has made, and may not be everywhere yet."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dss_runtime.adapters.google._client import Call
from dss_runtime.adapters.google._deleted import Key
from dss_runtime.adapters.google._paths import Json
from dss_runtime.adapters.google._trouble import Refusal

_LATE = frozenset({400, 404, 412})
"""How Google answers where something that was made a moment ago is not known everywhere."""


@dataclass(slots=True)
class Memory:
    """What one run knows.

    `made` are the addresses, ids and paths of what was made, `restored` the ids of users by branch and key,
    and `deleted` the users that can be restored, by branch, once they were asked for.
    """

    made: set[str] = field(default_factory=set[str])
    restored: dict[tuple[str, Hashable], str] = field(default_factory=dict[tuple[str, Hashable], str])
    deleted: dict[str, Mapping[Key, Json]] = field(default_factory=dict[str, Mapping[Key, Json]])

    def note(self, names: Iterable[str]) -> None:
        """Remember what was made."""
        self.made.update(name.lower().removeprefix("/") for name in names)

    def may_be_late(self, call: Call, refusal: Refusal) -> bool:
        """Return whether *refusal* may be for something that was made a moment ago."""
        return refusal.status in _LATE and any(
            name.lower().removeprefix("/") in self.made for name in _names_in(call)
        )


def _names_in(call: Call) -> Iterator[str]:
    """Yield what a call needs to be there."""
    yield from map(str, call.arguments.values())
    body = call.body or {}
    names = ("orgUnitPath", "parentOrgUnitPath") if call.method != "insert" or "name" in body else ("email",)
    yield from (str(body[name]) for name in names if name in body)
