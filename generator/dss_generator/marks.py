"""The mark of overriding methods, which the standard library has only from Python 3.12 on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override as override
else:
    F = TypeVar("F")

    def override(method: F, /) -> F:
        """Mark a method as overriding one of its base class, as PEP 698 has it."""
        method.__override__ = True
        return method
