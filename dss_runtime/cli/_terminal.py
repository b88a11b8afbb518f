"""Where output goes: masked, harmless to a terminal, coloured only on one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dss_runtime.cli._secrets import Secrets

WIDE = 10_000
"""The width where there is no terminal: nothing is cut or wrapped in a file or a pipe."""


class Terminal:
    """Standard output or standard error: everything that a command shows goes through one of these."""

    def __init__(self, file: TextIO, secrets: Secrets) -> None:
        self._secrets = secrets
        self.console = Console(file=file, highlight=False, markup=False, emoji=False)
        self.interactive = file.isatty()
        if not self.interactive:
            self.console.width = WIDE

    def line(self, text: str = "", style: str = "") -> None:
        """Print *text*, which may hold several lines; none is wrapped."""
        self.console.print(Text(self.safe(text)), style=style or None, soft_wrap=True)

    def raw(self, text: str) -> None:
        """Print *text* as it is, which the caller has masked: what another program reads."""
        self.console.file.write(f"{text}\n")
        self.console.file.flush()  # in its place among the messages, where both go to one file

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
        """Print a table: the first column is text, the others numbers."""
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
