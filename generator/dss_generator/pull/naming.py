"""Names for models, branches and fields: what the language takes, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..names import Role, folded, max_length, reason_against
from .words import plural, singular, words

_ROOM = max_length - 6
"""How long a name is at most before a number is added."""


@dataclass(slots=True)
class Names:
    """Gives names of one role, each once; `taken` holds those that are given, folded."""

    role: Role
    taken: set[str] = field(default_factory=set[str])

    @classmethod
    def beside(cls, role: Role, others: Iterable[str]) -> Names:
        """Return a giver of names that none of *others* is confused with."""
        return cls(role, {folded(other) for other in others})

    def give(self, *wishes: str) -> str:
        """Return the first of *wishes* that is free, else the last one with a number; it is taken now."""
        sound = [_sound(wish, self.role) for wish in wishes if wish]
        for name in sound:
            if folded(name) not in self.taken:
                self.taken.add(folded(name))
                return name
        number = 2
        while folded(name := _numbered(sound[-1], number)) in self.taken:
            number += 1
        self.taken.add(folded(name))
        return name


def field_wish(label: str, fallback: str) -> str:
    """Return what a field for a column called *label* should be called: `[01]Last_Name` is last_name."""
    parts = words(label)
    if not parts:
        return fallback
    return "_".join(parts) if parts[0][0].isalpha() else "_".join([fallback.partition("_")[0], *parts])


def model_wish(parts: Sequence[str]) -> str:
    """Return the model of a table whose name has these words: one of its records, in CapWords."""
    return "".join(singular(part).capitalize() for part in parts)


def branch_wish(parts: Sequence[str]) -> str:
    """Return the branch of a table whose name has these words: all of its records."""
    return "_".join([*parts[:-1], plural(parts[-1])])


def name_words(name: str) -> list[str]:
    """Return the words of a table's name, beginning with a letter; `table` where it has none."""
    parts = words(name)
    if not parts:
        return ["table"]
    return parts if parts[0][0].isalpha() else ["table", *parts]


def _sound(name: str, role: Role) -> str:
    """Return *name*, changed as little as needed to be one that *role* may have."""
    name = name[:_ROOM].rstrip("_")
    if role.prefixes and name.startswith(role.prefixes):
        name = f"its_{name}"
    return f"{name}_" if reason_against(name, role) is not None else name


def _numbered(name: str, number: int) -> str:
    return f"{name.rstrip('_')}_{number}" if name.islower() else f"{name}{number}"
