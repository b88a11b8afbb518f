"""One set of files, with what its manifest says of them."""

from __future__ import annotations

import logging
from pathlib import Path

from dss_runtime import Place, SourceError
from dss_runtime.adapters.oneroster._manifest import MANIFEST, Manifest, parse_manifest
from dss_runtime.adapters.oneroster._members import Members, members_of
from dss_runtime.adapters.oneroster._standards import STANDARDS, Standard

log = logging.getLogger("dss_runtime")


class RosterSet:
    """A folder or zip that holds a set; SourceError where its manifest and its files do not agree.

    Where a standard knows no manifest, a file that is there is bulk.
    """

    def __init__(self, path: Path, standard: Standard) -> None:
        self.standard = standard
        self.members: Members = members_of(path)
        self.names = {name.casefold(): name for name in self.members.names}
        if len(self.names) < len(self.members.names):
            raise SourceError(Place(str(path)), "has files whose names differ in case alone")
        self.manifest = self._manifest() if standard.version else self._without_manifest()
        for file, state in self.manifest.files.items():
            if (state != "absent") != (f"{file}.csv".casefold() in self.names):
                there = "it is there" if state == "absent" else "there is no such file"
                raise SourceError(
                    Place(self.shown(file)),
                    f"the manifest calls it {state}, but {there}: is the set complete?",
                )

    def shown(self, file: str) -> str:
        """Return the path of a file as people know it."""
        return self.members.shown(self.name(file))

    def name(self, file: str) -> str:
        """Return the name of a file as it is in the set."""
        return self.names.get(f"{file}.csv".casefold(), f"{file}.csv")

    def require(self, file: str) -> None:
        """Raise SourceError where a file is not there; warn where its name is not the standard's."""
        if self.manifest.state(file) == "absent":
            told = "the manifest calls it absent" if self.standard.version else "no such file"
            raise SourceError(
                Place(self.shown(file)), f"{told}, and nothing is no data: is the set complete?"
            )
        if self.name(file) != f"{file}.csv":
            log.warning("%s: %s calls it %s.csv", self.shown(file), self.standard.title, file)

    def _manifest(self) -> Manifest:
        name = self.names.get(MANIFEST)
        if name is None:
            raise SourceError(
                Place(self.members.shown(MANIFEST)), "no such file, and no set is complete without it"
            )
        found = parse_manifest(self.members.read(name), self.members.shown(name), self.standard)
        for file in self.standard.files:
            if f"{file}.csv".casefold() in self.names and file not in found.files:
                raise SourceError(
                    Place(self.members.shown(name)),
                    f"says nothing of file.{file}, which is there: is it cut off?",
                )
        return found

    def _without_manifest(self) -> Manifest:
        return Manifest(
            {file: "bulk" for file in self.standard.files if f"{file}.csv".casefold() in self.names}, {}
        )


def standard_at(path: Path) -> Standard:
    """Return the standard that a set seems to follow, by its manifest."""
    members = members_of(path)
    name = next((each for each in members.names if each.casefold() == MANIFEST), None)
    if name is None:
        return STANDARDS["sds-2.1"]
    text = members.read(name).decode(errors="replace")
    return STANDARDS["oneroster-1.1" if "oneroster.version,1.1" in text else "oneroster-1.2"]
