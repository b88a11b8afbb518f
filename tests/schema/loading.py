"""Loads schemas that are given as texts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dss_generator.schema.load import SchemaError, load_schema
from dss_generator.schema.resolved import Schema, TreeBranch


def load(*texts: str | bytes) -> Schema:
    """Return the schema of files with these *texts*; SchemaError when it has problems."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "schema"
        folder.mkdir()
        for number, text in enumerate(texts):
            data = text if isinstance(text, bytes) else text.encode()
            (folder / f"{number:02}.yaml").write_bytes(data)
        return load_schema(folder)


def refusal(*texts: str | bytes) -> str | None:
    """Return what is printed of the schema, None when it is sound."""
    try:
        load(*texts)
    except SchemaError as error:
        return str(error)
    return None


def held(schema: Schema, tree: str, branch: str) -> TreeBranch:
    """Return a branch as a tree of *schema* holds it."""
    (found,) = (
        each for it in schema.trees if it.name == tree for each in it.branches if each.branch.name == branch
    )
    return found
