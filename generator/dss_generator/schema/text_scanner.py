"""What pipelines and conditions, both written as one text, are scanned with."""

from __future__ import annotations

import re

from ..problems import shown
from .nodes import ScalarNode

_escapes = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}


class TextError(Exception):
    """What is wrong in a text, at which offset."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


class Scanner:
    """Reads a text from left to right. Every `take…` moves past what it returns and the spaces behind it."""

    def __init__(self, node: ScalarNode) -> None:
        self.text = node.text
        self.offset = 0
        self.skip_spaces()

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self.offset >= len(self.text)

    @property
    def rest(self) -> str:
        """What is left, for a message."""
        return shown(self.text[self.offset : self.offset + 20]) if not self.ended else "the end"

    def skip_spaces(self) -> None:
        """Move past spaces and line breaks."""
        while not self.ended and self.text[self.offset] in " \n\t":
            self.offset += 1

    def sees(self, form: str) -> bool:
        """Return whether the regular expression *form* fits here."""
        return re.compile(form).match(self.text, self.offset) is not None

    def take(self, form: str) -> str | None:
        """Return what fits the regular expression *form* here, None when nothing does."""
        found = re.compile(form).match(self.text, self.offset)
        if found is None:
            return None
        self.offset = found.end()
        self.skip_spaces()
        return found[0]

    def need(self, form: str, expected: str) -> str:
        """Return what fits *form* here; TextError when nothing does."""
        found = self.take(form)
        if found is None:
            raise self.error(f"expected {expected}, not {self.rest}")
        return found

    def take_quoted(self) -> str | None:
        """Return the text in quotes that begins here, its escapes resolved; None when none does."""
        if self.ended or self.text[self.offset] not in "'\"":
            return None
        quote, start = self.text[self.offset], self.offset
        found: list[str] = []
        position = start + 1
        while position < len(self.text) and self.text[position] != quote:
            character = self.text[position]
            if character == "\\":
                position += 1
                character = _escapes.get(self.text[position : position + 1], "")
                if not character:
                    raise TextError(position - 1, "an unknown escape; there are \\\\ \\' \\\" \\t and \\n")
            found.append(character)
            position += 1
        if position >= len(self.text):
            raise TextError(start, "a quoted text that does not end")
        self.offset = position + 1
        self.skip_spaces()
        return "".join(found)

    def error(self, message: str) -> TextError:
        """Return an error about what is here."""
        return TextError(self.offset, message)
