"""Reads the failure suite: failures/*.yaml, where each case is a wrong schema and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dss_generator.schema.load import SchemaError, load_schema

folder = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong schema file, `case.yaml`, and what is printed of it beside `base.yaml`."""

    name: str
    data: bytes
    expected: tuple[str, ...]


def cases(path: Path) -> list[Case]:
    """Return the cases of one file.

    A case has its file as `schema`, or as `bytes`. With `repeat`, an "@" in it stands for a text that is
    repeated, in which "#" is the number of the repetition. `expect` lists what is printed, without the file
    (`case.yaml`) and the word "error".
    """
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_case(each) for each in found]


def problems(data: bytes, place: Path) -> list[str]:
    """Return what is printed of a schema of `base.yaml` and *data* as `case.yaml`, written below *place*."""
    schema = place / "schema"
    schema.mkdir()
    (schema / "base.yaml").write_bytes((folder / "base.yaml").read_bytes())
    (schema / "case.yaml").write_bytes(data)
    try:
        load_schema(schema)
    except SchemaError as error:
        return str(error).splitlines()
    return []


def _case(given: dict[str, Any]) -> Case:
    repeat = given.get("repeat", {"text": "", "times": 0})
    filling = "".join(repeat["text"].replace("#", str(number)) for number in range(repeat["times"]))
    text: str = given["schema" if "schema" in given else "bytes"]
    data = text.replace("@", filling).encode("latin-1" if "bytes" in given else "utf-8", "surrogatepass")
    expected = tuple(f"schema/case.yaml:{each}".replace(": ", ": error: ", 1) for each in given["expect"])
    return Case(given["case"], data, expected)
