"""manifest.csv: which files a set consists of, and whether each is whole or says what has changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from dss_runtime import Place, SourceError
from dss_runtime.adapters.oneroster._standards import Standard

State: TypeAlias = Literal["absent", "bulk", "delta"]

MANIFEST = "manifest.csv"
_HEADER = ["propertyName", "value"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of each file, and every property as it was found."""

    files: Mapping[str, State]
    properties: Mapping[str, str]

    def state(self, file: str) -> State:
        """Return what is said of a file; one that is not spoken of is absent."""
        return self.files.get(file, "absent")


def parse_manifest(data: bytes, shown: str, standard: Standard) -> Manifest:
    """Return what a manifest says (SourceError, with the line, for what makes no sense)."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeError, csv.Error) as error:
        raise SourceError(Place(shown), f"is no CSV file in UTF-8: {error}") from error
    if not rows or rows[0] != _HEADER:
        raise SourceError(Place(shown, 1), f"expected the header {','.join(_HEADER)}")
    properties: dict[str, str] = {}
    files: dict[str, State] = {}
    for line, row in enumerate(rows[1:], 2):
        if len(row) != 2:
            raise SourceError(
                Place(shown, line), f"expected a property and its value, found {len(row)} cells"
            )
        name, value = row
        if name in properties:
            raise SourceError(Place(shown, line), f"{name} is there twice")
        properties[name] = value
        if name.startswith("file."):
            if value not in get_args(State):
                raise SourceError(
                    Place(shown, line, name), f"expected absent, bulk or delta, found {value!r}"
                )
            files[name.removeprefix("file.")] = cast("State", value)
    found = properties.get("oneroster.version", "")
    if found.removeprefix("v") != standard.version:
        raise SourceError(
            Place(shown),
            f"expected oneroster.version {standard.version}, found {found or 'none'}: is `standard` right?",
        )
    if "manifest.version" not in properties:
        raise SourceError(Place(shown), "has no manifest.version: is it cut off?")
    return Manifest(files, properties)


def manifest_text(standard: Standard, states: Mapping[str, State], former: Mapping[str, str]) -> str:
    """Return the text of a manifest; what a *former* one says beside files and versions stays."""
    properties = {"manifest.version": "1.0", "oneroster.version": standard.version}
    listed = dict.fromkeys((*standard.listed, *sorted(states)))
    properties |= {f"file.{name}": states.get(name, "absent") for name in listed}
    properties = {**properties, **{name: value for name, value in former.items() if name not in properties}}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows(properties.items())
    return text.getvalue()
