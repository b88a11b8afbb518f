"""Where output goes: masked, harmless to a terminal, coloured only on one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from dss_runtime.cli._secrets import Secrets

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 10_000
"""The width where there is no terminal: nothing is cut or wrapped in a file or a pipe."""


class Terminal:
    """Standard output or standard error: everything that a command shows goes through one of these."""

    takes_log = False
    """Whether log records come here on their own way, rather than as lines for people."""

    def __init__(self, file: TextIO, secrets: Secrets) -> None:
        self._secrets = secrets
        self.file = file
        self.interactive = file.isatty()

    @cached_property
    def console(self) -> Console:
        """What prints with colour and in columns; rich is imported where that is asked for."""
        from rich.console import Console

        made = Console(file=self.file, highlight=False, markup=False, emoji=False)
        if not self.interactive:
            made.width = WIDE
        return made

    def line(self, text: str = "", style: str = "") -> None:
        """Print *text*, which may hold several lines; none is wrapped."""
        if not (self.interactive or "FORCE_COLOR" in os.environ):
            self.raw(self.safe(text))  # rich would write spaces for the tabs of a file's lines
            return
        from rich.text import Text

        self.console.print(Text(self.safe(text)), style=style or None, soft_wrap=True)

    def raw(self, text: str) -> None:
        """Print *text* as it is, which the caller has masked: what another program reads."""
        try:
            self.file.write(f"{text}\n")
            self.file.flush()  # in its place among the messages, where both go to one file
        except BrokenPipeError:
            self.console.on_broken_pipe()  # nobody listens any more: it ends the program, without a word

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
        """Print a table: the first column is text, the others numbers."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for number, title in enumerate(header):
            table.add_column(title, justify="right" if number else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(Text(self.safe(str(cell)), style="" if cell else "dim") for cell in row))
        self.console.print(table)

    def safe(self, text: str) -> str:
        """Return *text* with secrets masked and control characters escaped."""
        masked = self.mask(text)
        return masked if masked.isprintable() else "".join(map(visible, masked))

    def mask(self, text: str) -> str:
        """Return *text* with secrets masked."""
        return self._secrets.mask(text)


def visible(character: str) -> str:
    """Return what stands for a character on a terminal: a control that it would obey becomes an escape."""
    if character.isprintable() or character in "\n\t":
        return character
    return character.encode("unicode_escape").decode("ascii")
