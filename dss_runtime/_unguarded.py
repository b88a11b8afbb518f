"""Frozen values of which a run makes very many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as unguarded
else:
    from dataclasses import dataclass

    def unguarded(*, frozen, **options):
        """Make a class a dataclass, to a type checker a frozen one: nobody may assign to a field.

        At run time the guard is left out: with it, making an object takes more than three times as long.
        """
        return dataclass(unsafe_hash=frozen, **options)


__all__ = ["unguarded"]
