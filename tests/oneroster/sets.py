"""Sets of files as a school's system exports them, and what reads them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.adapters.items import Item
from tests.adapters.oneroster_system import HEADER, RosterTree

CHANGED = "2026-11-26T00:00:00Z"
USER = {"enabledUser": "true", "username": "x", "givenName": "x", "familyName": "x"}


def user(ident: str, text: str = "", **cells: str) -> dict[str, str]:
    """Return the cells of a user."""
    return {**USER, "sourcedId": ident, "middleName": text, **cells}


def table(rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER) -> bytes:
    """Return a file of users, as the standard library writes it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(header), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def manifest(version: str = "1.2", **states: str) -> bytes:
    """Return a manifest."""
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{state}" for name, state in states.items()]
    return ("\r\n".join(lines) + "\r\n").encode()


def files(rows: Iterable[Mapping[str, str]], state: str = "bulk") -> dict[str, bytes]:
    """Return the files of a set with users."""
    return {"manifest.csv": manifest(users=state), "users.csv": table(rows)}


def put(path: Path, content: Mapping[str, bytes]) -> Path:
    """Make a set of *content* at *path*: a zip where it ends so."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, data in content.items():
                made.writestr(name, data)
    else:
        path.mkdir(exist_ok=True)
        for name, data in content.items():
            (path / name).write_bytes(data)
    return path


def tree(*paths: Path, writes: bool = False) -> RosterTree:
    """Return a tree of users that reads sets."""
    several = [str(each) for each in paths]
    given: object = several if len(several) > 1 else several[0]
    return RosterTree(settings={"path": given, "writes": writes})


def read(*paths: Path, writes: bool = False) -> dict[str, str | None]:
    """Return the text of each user that is read, by key, where no row is unreadable."""
    (branch,) = tree(*paths, writes=writes).load().branches
    assert [] == branch.unreadable
    found: dict[Any, Item] = dict(branch)
    return {key: item.text for key, item in found.items()}
