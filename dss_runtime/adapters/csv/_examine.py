"""What is found of a folder of files where it is looked at before it is trusted: only first rows are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from dss_runtime import Check, Place, SourceError
from dss_runtime._limits import shown_duration
from dss_runtime.adapters.csv._file import FileRows
from dss_runtime.adapters.csv._files import Found, find_files
from dss_runtime.adapters.csv._lines import Lines
from dss_runtime.adapters.csv._source import CsvSource


def examined(folder: Path, sources: Mapping[str, CsvSource], now: datetime) -> Iterator[Check]:
    """Yield whether the files of each branch are there, can be read, and have the columns."""
    if not folder.is_dir():
        advice = "is `folder` right, and is the share mounted?"
        yield Check("reachable", "error", f"there is no folder {folder}", advice)
        return
    yield Check("reachable", "ok", f"the folder {folder} is there")
    for branch, source in sources.items():
        yield from _branch(folder, branch, source, now)


def last_written(folder: Path, source: CsvSource) -> datetime | None:
    """Return when the oldest of the files was written; None where there is none to tell."""
    try:
        found = find_files(folder, source.path, newest=source.newest)
        return datetime.fromtimestamp(min(each.path.stat().st_mtime for each in found), UTC)
    except (SourceError, OSError):
        return None


def _branch(folder: Path, branch: str, source: CsvSource, now: datetime) -> Iterator[Check]:
    try:
        found = find_files(folder, source.path, newest=source.newest)
        stats = [each.path.stat() for each in found]
    except SourceError as error:
        yield Check("reachable", "error", f"{branch}: {error}")
        return
    except OSError as error:
        yield Check("reachable", "error", f"{branch}: {error.strerror}")
        return
    wrong = [text for each in found if (text := _header(each, source))]
    for text in wrong:
        yield Check("schema", "error", f"{branch}: {text}")
    if not wrong:
        names = ", ".join(str(Path(each.shown).relative_to(folder)) for each in found)
        yield Check("schema", "ok", f"{branch}: {names} can be read, with all {len(source.columns)} columns")
    written = [datetime.fromtimestamp(each.st_mtime, UTC) for each in stats]
    size = f"{sum(each.st_size for each in stats):,} bytes"
    if max(written) > now:
        text = f"{branch}: a file is dated {shown_duration(max(written) - now)} ahead of this machine's clock"
        yield Check("clock", "warning", text, "compare the clocks of both machines")
    else:
        age = shown_duration(now - min(written))
        yield Check("limits", "ok", f"{branch}: {size}, the oldest file was written {age} ago")


def _header(found: Found, source: CsvSource) -> str:
    """Return what keeps the first row of a file from being read; "" where nothing does."""
    flaws: list[tuple[Place, str]] = []
    try:
        with closing(Lines(found.path, found.shown, source.encoding)) as lines:
            next(iter(FileRows(source, lines, flaws)), None)
    except SourceError as error:
        return str(error)
    return ""
