"""Problems in a project's files: collected with their places, then reported all at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from .marks import override
from .positions import Position
from .rules import rules

__all__ = [
    "GeneratorError",
    "Problem",
    "Problems",
    "ProblemsError",
    "SchemaError",
    "did_you_mean",
    "shown",
]

max_problems = 500
"""How many problems are reported at once."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where, and by which rule.

    The rule is a key of `rules` for a schema, of `file_rules.RULES` for the project's other files.

    Its severity is "error" or "warning"; a schema has errors only.
    """

    position: Position
    message: str
    rule: str
    severity: str = "error"

    @override
    def __str__(self) -> str:
        return f"{self.position}: {self.severity}: {self.message} [{self.rule}]"


class GeneratorError(Exception):
    """The root of every error that the generator raises on purpose."""


class ProblemsError(GeneratorError):
    """Files that cannot be used; `problems` holds every reason, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    @override
    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class SchemaError(ProblemsError):
    """A schema that cannot be used."""


class Problems:
    """Collects problems while a schema is read and resolved."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, position: Position, rule: str, message: str) -> None:
        """Note that *rule* is broken at *position*.

        Raises KeyError when there is no such rule, SchemaError when there are more than anyone would read.
        """
        if rule not in rules:
            raise KeyError(rule)
        self._found.append(Problem(position, message, rule))
        if len(self._found) == max_problems:
            message = f"{max_problems} problems; the rest of the schema was not looked at"
            self._found.append(Problem(position, message, "too-many-problems"))
            self.raise_any()

    @property
    def found(self) -> tuple[Problem, ...]:
        """What was noted so far, in the order of the noting."""
        return tuple(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def raise_any(self) -> None:
        """Raise a SchemaError with all that was found, if anything was."""
        if self._found:
            raise SchemaError(self._found)


def shown(text: str) -> str:
    """Return *text* quoted, on one line, without anything a terminal would obey, cut to 60 characters."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the candidate nearest to *word*, "" when none is near."""
    word = word[:100].casefold()
    # Lengths first: a thousand names are compared with each of hundreds of wrong ones in no time.
    alike = [each for each in candidates if len(word) <= 2 * len(each) + 1 and len(each) <= 2 * len(word) + 1]
    folded = {each.casefold(): each for each in sorted(alike, reverse=True)}
    near = difflib.get_close_matches(word, folded, n=1)
    return f"; did you mean {shown(folded[near[0]])}?" if near else ""
