"""What a type checker says: read from its output, written as a line."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

GENERATED = "generated/"


@dataclass(frozen=True, slots=True, order=True)
class Diagnosis:
    """A place, counted from 1, a message that may have further lines, and the rule by the checker's name."""

    file: str
    line: int
    column: int
    message: str
    rule: str

    def written(self, root: Path) -> str:
        """Return it as text, with the rule at the end of the first line.

        A place in a generated file is the text of its line: the number changes with every artefact.
        """
        first, _, more = self.message.partition("\n")
        place = f"{self.file}:{self.line}:{self.column}"
        if self.file.startswith(GENERATED):
            lines = (root / self.file).read_text(encoding="utf-8").splitlines()
            place = f"{self.file} `{lines[self.line - 1].strip()}`"
        further = "".join(f"\n{line}" for line in textwrap.indent(textwrap.dedent(more), "    ").splitlines())
        return f"{place}: {first} [{self.rule}]{further}\n"


def without_places(text: str) -> str:
    """Return what `dss` said, without line and column in generated files."""
    return re.sub(rf"^({GENERATED}\S+?):\d+:\d+: ", r"\1: ", text, flags=re.MULTILINE)


def written_all(diagnoses: Iterable[Diagnosis], root: Path) -> str:
    """Return all that a checker says of the project in *root*, by place."""
    return "".join(each.written(root) for each in sorted(diagnoses))
