"""The edits that the matrix tries: `mutations.yaml`, read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.docs.edits import apply_change

FOLDER = Path(__file__).parent

TOLD_BY = ("checkers", "dss", "schema", "nobody")
"""Who has to tell a person of an edit; `mutations.yaml` says what each means."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit of the project: how its files change (`diff`), which go (`delete`), and who has to tell."""

    group: str
    edit: str
    told_by: str
    diff: Mapping[str, str]
    delete: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its folder and its recording are called."""
        return re.sub(r"[^a-z]+", "-", self.edit.lower()).strip("-")

    @property
    def of_schema(self) -> bool:
        """Whether it changes the schema, so that `dss generate` has to run."""
        return any(file.startswith("schema/") for file in self.diff)

    def apply(self, root: Path) -> None:
        """Carry it out on the project in *root*."""
        for file, change in self.diff.items():
            path = root / file
            path.write_text(apply_change(path.read_text(encoding="utf-8"), change), encoding="utf-8")
        for file in self.delete:
            (root / file).unlink()


def read_mutations() -> tuple[Mutation, ...]:
    """Return every row of `mutations.yaml`."""
    given: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (FOLDER / "mutations.yaml").read_text(encoding="utf-8")
    )
    return tuple(
        Mutation(group, row["edit"], row["told_by"], row.get("diff", {}), tuple(row.get("delete", ())))
        for group, rows in given.items()
        for row in rows
    )
