"""What a tree's branch says of where its files are, whatever is in them."""

from __future__ import annotations

import re

from ..problems import Problems, shown
from .compound_kinds import Items, Key
from .kinds import Flag, Text
from .nodes import MapNode

file_keys = (
    Key(
        "path",
        Items(Text(240, low=1, noun="a file's path"), high=100, single=True),
        "The file, or several, relative to the folder that the settings name; each may hold one `*`.",
    ),
    Key("newest", Flag(), "Of the files that match, read only the one of the newest version (`name_v4.1`)."),
)


def file_options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return `path`, a tuple of texts, and `newest`; what is wrong is noted."""
    for path in node.scalars("path"):
        reason = reason_against_path(path.text)
        if reason is not None:
            problems.add(path.position, "file-path", f"the path {shown(path.text)} {reason}")
    paths, newest = tuple(path.text for path in node.scalars("path")), node.flag("newest")
    if newest and (key := node.key("newest")) and not any("*" in path for path in paths):
        problems.add(key.position, "file-newest", "'newest' chooses among files; put a '*' into the path")
    return ("path", paths), ("newest", newest)


def reason_against_path(path: str) -> str | None:
    """Return what is wrong with *path*, so that no schema reads a file outside of the tree's folder."""
    parts = path.split("/")
    if "\\" in path:
        return "holds a backslash; write '/' between folders"
    if path.startswith(("/", "~")) or re.match("[A-Za-z]:", path):
        return "is absolute; give it relative to the folder that the settings name"
    if ".." in parts:
        return "leads out of its folder with '..'"
    if not all(parts) or "." in parts:
        return "has an empty or '.' part; write it as plain as it can be"
    if path.count("*") > 1:
        return "holds more than one '*'"
    if bad := re.search(r'[?\[\]{}<>:"|$]', path):
        return (
            f"holds {bad[0]!r}, which means something to some systems; only '*' stands for other characters"
        )
    if any(part.endswith((".", " ")) or part.startswith(" ") for part in parts):
        return "has a part with a space at an end, or a dot at its end, which not every system can hold"
    return None
