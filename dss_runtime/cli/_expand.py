"""`${NAME}` in settings: taken from the environment, and from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}|\$\{[^}]*\}?")


@dataclass(frozen=True, slots=True)
class Expansion:
    """Expands the values of one file; what goes wrong is gathered in `problems`, a line each."""

    file: TomlFile
    environment: Mapping[str, str]
    secrets: Secrets
    problems: list[str] = field(default_factory=list[str])

    def __call__(self, value: object, way: Way) -> object:
        """Return *value* of *way* with `${NAME}` replaced in every text; `$${` is a plain `${`."""
        if isinstance(value, str):
            return expanded(value, self.environment, self.secrets, partial(self._problem, way))
        if isinstance(value, dict):
            table = cast("dict[str, object]", value)
            return {key: self(each, (*way, key)) for key, each in table.items()}
        if isinstance(value, list):
            return [self(each, (*way, number)) for number, each in enumerate(cast("list[object]", value))]
        return value

    def _problem(self, way: Way, written: str, text: str) -> None:
        place = self.file.place_of(way, written)
        self.problems.append(f"{place}: {shown_key((*self.file.inside, *way))}: {text}")


def expanded(
    text: str, environment: Mapping[str, str], secrets: Secrets, problem: Callable[[str, str], None]
) -> str:
    """Return *text* with each `${NAME}` replaced by what *environment* has; `$${` is a plain `${`.

    What is used is kept in *secrets*; *problem* gets each reference that has no value, and why.
    """

    def replaced(match: re.Match[str]) -> str:
        written, name = match[0], match["name"]
        if written == "$${":
            return "${"
        if name is None:
            hint = "write ${NAME}, or $${ for a plain ${"
            problem(written, f"{written!r} names no environment variable: {hint}")
            return ""
        value = environment.get(name)
        if value is None:
            problem(written, f"the environment variable {name} is not set: set it and try again")
            return ""
        secrets.add(value)
        return value

    return _REFERENCE.sub(replaced, text)
