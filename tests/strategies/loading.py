"""Resolves a schema that is given as a text, with the checks that the generator makes on top."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from dss_generator import SchemaError
from dss_generator.naming import collisions
from dss_generator.problems import Problems
from dss_generator.schema.load import load_schema
from dss_generator.schema.resolved import Schema


class Refused(Exception):
    """A schema was refused; `rules` are the ids of the rules that it breaks."""

    def __init__(self, text: str, rules: frozenset[str]) -> None:
        super().__init__(text, rules)
        self.rules = rules


@lru_cache(maxsize=16)
def resolved(text: str) -> Schema:
    """Return the schema of one file (Refused when it has problems).

    A schema that was read a moment ago, such as by the strategy that has drawn it, is not read again.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "schema"
        folder.mkdir()
        (folder / "schema.yaml").write_text(text, encoding="utf-8")
        try:
            schema = load_schema(folder)
            problems = Problems()
            collisions(schema, problems)
            problems.raise_any()
        except SchemaError as error:
            rules = frozenset(each.rule for each in error.problems)
            raise Refused(str(error), rules) from error
        return schema
