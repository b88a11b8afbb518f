"""A saved lock: one file that holds every file of a schema, to be compared with later.

It is JSON, written so that a change of one line of the schema changes one line of the lock, and its digest.
The digest is over the files' names and contents, so that a lock which was cut off, or edited by hand, is
refused instead of being compared with.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from ..output import write
from ..problems import GeneratorError, Problems
from ..schema.files import SourceFile, digest, named_files
from .version import Version

_version = 1
_head = '{\n "datastoresync": "schema lock",\n'
"""How every lock begins: what begins otherwise is not overwritten."""


def lock_text(version: Version) -> str:
    """Return the lock of a sound schema: the same text for the same files."""
    body = {
        "datastoresync": "schema lock",
        "version": _version,
        "digest": digest(version.files),
        "files": {each.name: each.data.decode().splitlines(keepends=True) for each in version.files},
    }
    return json.dumps(body, indent=1, ensure_ascii=True) + "\n"


def write_lock(path: Path, version: Version) -> bool:
    """Write the lock of *version* to *path*; return whether that changes anything.

    Raises GeneratorError for a file that is there and is no lock, and where nothing can be written.
    """
    text = lock_text(version)
    try:
        if path.exists():
            before = path.read_bytes() if path.is_file() else b""
            if before == text.encode():
                return False
            if not _is_lock(before):
                raise GeneratorError(f"{path} is there and is no lock: choose another name, or move it away")
        write(path, text.encode())
    except OSError as error:
        raise GeneratorError(f"{path} cannot be written: {error.strerror}") from error
    return True


def read_lock(path: Path, problems: Problems) -> tuple[SourceFile, ...]:
    """Return the files that the lock at *path* holds.

    Raises GeneratorError for what is no lock, was cut off or edited, or comes from a later version.
    """
    again = "take it from version control again, or write it anew with `dss check --save`"
    try:
        data = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise GeneratorError(f"{path} cannot be read: {error.strerror}") from error
    if not _is_lock(data):
        raise GeneratorError(f"{path} is no lock of a schema: `dss check --save` writes one")
    try:
        body: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise GeneratorError(f"{path} was cut off or edited ({error}): {again}") from error
    if body.get("version") != _version:
        raise GeneratorError(
            f"{path} has the version {body.get('version')!r}, and {_version} is understood: "
            "it was written by another version of dss"
        )
    texts = _texts(body.get("files"))
    if texts is None or digest(tuple(map(SourceFile, texts, texts.values()))) != body.get("digest"):
        raise GeneratorError(f"{path} was edited: its digest is not that of its files; {again}")
    names = {name.partition("/")[0] for name in texts}
    folder = names.pop() if len(names) == 1 else ""
    return named_files(folder, {name.partition("/")[2]: data for name, data in texts.items()}, problems)


def _is_lock(data: bytes) -> bool:
    """Return whether *data* begins as a lock does, also where git wrote Windows' line ends."""
    return data[: 2 * len(_head)].replace(b"\r\n", b"\n").startswith(_head.encode())


def _texts(files: object) -> dict[str, bytes] | None:
    if not isinstance(files, dict):
        return None
    found: dict[str, bytes] = {}
    for name, lines in cast("dict[str, object]", files).items():
        if not isinstance(lines, list):
            return None
        parts = cast("list[object]", lines)
        try:
            found[name] = "".join(map(str, parts)).encode()
            name.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which no file of ours holds
            return None
    return found
