"""An override: a person lets one run do what would hold it, says why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Override:
    """Lets pass what it names, as `Trip.name` does, and nothing else. It is for one run.

    After the day *until* it is refused. Raises ValueError where it names nothing or gives no reason.
    """

    names: tuple[str, ...]
    reason: str
    until: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(sorted(set(self.names))))
        object.__setattr__(self, "reason", self.reason.strip())
        if not self.names:
            raise ValueError("an override names what it lets pass")
        if not self.reason:
            raise ValueError("an override needs a reason: who looked at it, and why it is right")

    def allows(self, name: str) -> bool:
        """Whether it lets pass what is called *name*."""
        return name in self.names

    def expired(self, today: date) -> bool:
        """Whether it is no longer good on the day *today*."""
        return self.until is not None and today > self.until

    def json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        until = None if self.until is None else self.until.isoformat()
        return {"names": list(self.names), "reason": self.reason, "until": until}
