"""Packs: projects that are ready for a format that many systems export, so that nobody has to write a schema.

A pack is a row here and a folder beside this file, with the files of a new project: a schema, settings, and a
few records that show it at work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class Pack:
    """A ready project; `left` and `right` are the trees that it compares."""

    name: str
    doc: str
    left: str
    right: str

    def files(self) -> dict[str, bytes]:
        """Return the content of each file of the project, by its path with `/` between folders.

        Python files end in .txt here, so that no tool takes them for part of our own code.
        """
        found = _files(files("dss_generator") / "packs" / self.name)
        return {
            path.removesuffix(".py.txt") + ".py" * path.endswith(".py.txt"): each
            for path, each in sorted(found)
        }


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _files(each, f"{above}{each.name}/")
        else:
            yield f"{above}{each.name}", each.read_bytes()


PACKS: dict[str, Pack] = {
    pack.name: pack
    for pack in (
        Pack("oneroster-1.1", "sets of OneRoster CSV 1.1, read and published", "Incoming", "Outgoing"),
        Pack("oneroster-1.2", "sets of OneRoster CSV 1.2, read and published", "Incoming", "Outgoing"),
        Pack(
            "sds-2.1", "sets of Microsoft School Data Sync v2.1, read and published", "Incoming", "Outgoing"
        ),
        Pack("powerschool-headered", "PowerSchool exports with a header", "PowerSchool", "Yesterday"),
        Pack("powerschool-autosend", "PowerSchool AutoSend files without one", "PowerSchool", "Yesterday"),
    )
}
"""Each pack by its name."""
