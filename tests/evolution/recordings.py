"""What was said of each edit: a file per edit in `recorded/`, as a person would see it in a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.evolution.mutations import FOLDER

RECORDED = FOLDER / "recorded"


@dataclass(frozen=True, slots=True)
class Recording:
    """What was said, by command: those of `dss`, and the names of type checkers."""

    said: Mapping[str, str]

    @property
    def commands(self) -> list[str]:
        """The commands of `dss` that were run, in their order."""
        return [command for command in self.said if command.startswith("dss ")]

    def problems(self, command: str) -> list[str]:
        """Return the lines of a command of `dss` that name a problem."""
        return re.findall(r"^.*: error: .* \[[\w-]+\]$", self.said[command], flags=re.MULTILINE)

    def diagnoses(self, checker: str) -> list[str]:
        """Return what a type checker said, a text for each: indented lines go on with the one before."""
        return re.findall(r"^\S.*\n(?:[ ]+.*\n)*", self.said[checker], flags=re.MULTILINE)

    @property
    def text(self) -> str:
        """The recording as it is kept: each command after `$`, what it said, a blank line between two."""
        return "\n".join(f"$ {command}\n{text}" for command, text in self.said.items())

    @classmethod
    def read(cls, text: str) -> Recording:
        """Return the recording with that text."""
        parts = re.split(r"(?:\A|\n)^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
        return cls(dict(zip(parts[::2], parts[1::2], strict=True)))


def read_recording(name: str) -> Recording:
    """Return the recording of that name (FileNotFoundError where there is none)."""
    return Recording.read((RECORDED / f"{name}.txt").read_text(encoding="utf-8"))
