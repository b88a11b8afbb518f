"""A plan as a file: JSON Lines, whole and unedited or not read at all.

The last line holds a mark, made with the project's key, of all lines before it. A file that was cut off,
edited or made by another project is refused before anything is done.
"""

from __future__ import annotations

import hmac
import json
import os
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, cast

from dss_runtime._errors import DssError, HeldError
from dss_runtime._typing import override
from dss_runtime.plans._seal import Seal

Line: TypeAlias = dict[str, Any]


class PlanRefusedError(DssError):
    """A plan cannot be read, or must not be applied; nothing was written."""


class PlanWriteError(DssError):
    """A plan cannot be saved."""


class PlanHeldError(PlanRefusedError, HeldError):
    """A plan was held when it was made; `names` are what an override would have to name."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        super().__init__(text, names)
        self.text = text
        self.names = names

    @override
    def __str__(self) -> str:
        return self.text


def write_lines(path: Path, lines: Iterable[Line], seal: Seal) -> str:
    """Write *lines* and their mark to *path* in one step, and return the mark.

    A link is followed. Raises PlanWriteError where the file cannot be written, or is no file.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise PlanWriteError(f"{path}: is no regular file: a plan is written to one, in one step")
    try:
        return _write_lines(path, lines, seal)
    except OSError as error:
        raise PlanWriteError(f"{path}: the plan cannot be written: {error.strerror or error}") from error


def _write_lines(path: Path, lines: Iterable[Line], seal: Seal) -> str:
    mark = seal.lines()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for line in lines:
                encoded = _encoded(line)
                mark.update(encoded)
                file.write(encoded)
            file.write(_encoded({"end": mark.hexdigest()}))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return mark.hexdigest()


@contextmanager
def opened(path: Path, seal: Seal) -> Generator[tuple[str, Iterator[tuple[int, Line]]]]:
    """Give the mark of the plan in *path*, and its lines with their numbers, the one that ends it left out.

    Raises PlanRefusedError unless the file is whole and as it was written: at once, and again at the end of
    the lines, since somebody may write into it meanwhile. It is read twice, never held.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise PlanRefusedError(f"{path}: cannot be read: {error.strerror}") from error
    with file:
        first = _Checked(path, file, seal)
        for _ in first:
            pass
        file.seek(0)
        again = _Checked(path, file, seal, expected=first.mark)
        yield (
            first.mark,
            ((number, _decoded(path, number, line)) for number, line in enumerate(again, start=1)),
        )


class _Checked:
    """The lines of a file without the last; at their end, they must be what the last line says that they are.

    PlanRefusedError otherwise, or where they are not those that gave the mark *expected*.
    """

    def __init__(self, path: Path, file: Iterable[bytes], seal: Seal, expected: str = "") -> None:
        self._path = path
        self._file = file
        self._seal = seal
        self._expected = expected
        self.mark = ""

    def __iter__(self) -> Iterator[bytes]:
        mark, last = self._seal.lines(), b""
        for line in self._file:
            if last:
                mark.update(last)
                yield last
            last = line
        found = _decoded(self._path, 0, last).get("end") if last.endswith(b"\n") else None
        if not isinstance(found, str):
            raise PlanRefusedError(
                f"{self._path}: is cut off, or no plan: the line that ends a plan is missing"
            )
        if not hmac.compare_digest(found.encode(), mark.hexdigest().encode()):
            raise PlanRefusedError(
                f"{self._path}: was edited after it was made, or made by another project: make a new plan"
            )
        if self._expected and found != self._expected:
            raise PlanRefusedError(f"{self._path}: became another plan while it was read: apply it again")
        self.mark = found


_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""What Unicode, and so some readers, take for the end of a line; within JSON they only stand in texts."""


def _encoded(line: Line) -> bytes:
    text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A lone surrogate becomes \udXXX, which JSON reads back as the same.
    return f"{text.translate(_LINE_ENDS)}\n".encode("utf-8", "backslashreplace")


def _decoded(path: Path, number: int, line: bytes) -> Line:
    try:
        found: object = json.loads(line)
    except ValueError as error:
        where = f"{path}:{number}" if number else str(path)
        raise PlanRefusedError(f"{where}: is no plan: expected a JSON object on each line") from error
    return cast("Line", found) if isinstance(found, dict) else {}
