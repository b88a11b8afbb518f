"""The models of a schema as CREATE TABLE statements of standard SQL: an artefact of datastoresync."""

from __future__ import annotations

from collections.abc import Mapping

from dss_generator.extending import API, CustomArtefact, Field, Fragment, Schema, code, lit

__all__ = ["artefact"]

_TYPES = {
    "str": code("TEXT"),
    "int": code("BIGINT"),
    "float": code("DOUBLE PRECISION"),
    "decimal": code("NUMERIC"),
    "bool": code("BOOLEAN"),
    "date": code("DATE"),
    "datetime": code("TIMESTAMP WITH TIME ZONE"),
    "time": code("TIME"),
}


def context(schema: Schema) -> Mapping[str, object]:
    """Return what the template prints beside the models: the SQL type of each field, by model and name."""
    return {
        "types": {model.name: {field.name: _type(field) for field in model.fields} for model in schema.models}
    }


def _type(field: Field) -> Fragment:
    """Return the SQL type of *field*; what standard SQL has no type for is kept as text."""
    longest = dict(field.options).get("max_length")
    if field.type == "str" and isinstance(longest, int):
        return code("VARCHAR({longest})", longest=lit(longest))
    return _TYPES.get(field.type, _TYPES["str"])


artefact = CustomArtefact(
    api=API,
    name="sql-ddl",
    doc="A CREATE TABLE statement for each model.",
    path="schema.sql",
    package="dss_sql_ddl",
    template="templates/schema.sql.jinja",
    context=context,
    applies=lambda schema: any(not model.abstract for model in schema.models),
)
