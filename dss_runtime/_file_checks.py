"""What is found of a folder of files where it is looked at before it is trusted: only first rows are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from dss_runtime._errors import SourceError
from dss_runtime._examining import Check
from dss_runtime._files import Found, find_files, written
from dss_runtime._limits import shown_duration


class FileSource(Protocol):
    """What the sources of all adapters that read files say."""

    @property
    def path(self) -> tuple[str, ...]:
        """The files, each with at most one `*`."""
        ...

    @property
    def columns(self) -> tuple[str | int, ...]:
        """The columns that are read."""
        ...

    @property
    def newest(self) -> bool:
        """Whether a `*` stands for the newest version alone."""
        ...


S = TypeVar("S", bound=FileSource)


def examined(
    folder: Path, sources: Mapping[str, S], now: datetime, look: Callable[[Found, S], None]
) -> Iterator[Check]:
    """Yield whether the files of each branch are there, can be read, and have the columns.

    *look* reads the beginning of a file (SourceError where it cannot be read, or is without a column).
    """
    if not folder.is_dir():
        advice = "is `folder` right, and is the share mounted?"
        yield Check("reachable", "error", f"there is no folder {folder}", advice)
        return
    yield Check("reachable", "ok", f"the folder {folder} is there")
    for branch, source in sources.items():
        yield from _branch(folder, branch, source, now, look)


def last_written(folder: Path, sources: Mapping[str, FileSource]) -> Mapping[str, datetime]:
    """Return when the oldest of the files of each branch was written, of those that have any to tell."""
    found: dict[str, datetime] = {}
    for branch, source in sources.items():
        with suppress(SourceError, OSError):
            found[branch], _ = written(find_files(folder, source.path, newest=source.newest))
    return found


def _branch(
    folder: Path, branch: str, source: S, now: datetime, look: Callable[[Found, S], None]
) -> Iterator[Check]:
    try:
        found = find_files(folder, source.path, newest=source.newest)
        stats = [each.path.stat() for each in found]
    except SourceError as error:
        yield Check("reachable", "error", f"{branch}: {error}")
        return
    except OSError as error:
        yield Check("reachable", "error", f"{branch}: {error.strerror}")
        return
    wrong = [text for each in found if (text := _flaw(each, source, look))]
    for text in wrong:
        yield Check("schema", "error", f"{branch}: {text}")
    if not wrong:
        names = ", ".join(str(Path(each.shown).relative_to(folder)) for each in found)
        yield Check("schema", "ok", f"{branch}: {names} can be read, with all {len(source.columns)} columns")
    times = [datetime.fromtimestamp(each.st_mtime, UTC) for each in stats]
    size = f"{sum(each.st_size for each in stats):,} bytes"
    if max(times) > now:
        text = f"{branch}: a file is dated {shown_duration(max(times) - now)} ahead of this machine's clock"
        yield Check("clock", "warning", text, "compare the clocks of both machines")
    else:
        age = shown_duration(now - min(times))
        yield Check("limits", "ok", f"{branch}: {size}, the oldest file was written {age} ago")


def _flaw(found: Found, source: S, look: Callable[[Found, S], None]) -> str:
    """Return what keeps the first row of a file from being read; "" where nothing does."""
    try:
        look(found, source)
    except SourceError as error:
        return str(error)
    return ""
