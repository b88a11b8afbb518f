"""What has another name than before, as generated wiring tells it to whoever compares runs of two nights."""

from __future__ import annotations

from ..schema.resolved import Schema


def former_names(schema: Schema) -> dict[str, dict[str, str]]:
    """Return the former name, by today's, of every model and branch, and every "branch.attribute"."""
    return {
        "models": {each.name: each.renamed_from for each in schema.models if each.renamed_from},
        "branches": {each.name: each.renamed_from for each in schema.branches if each.renamed_from},
        "attributes": {
            f"{branch.name}.{field.name}": field.renamed_from
            for branch in schema.branches
            for field in branch.model.fields
            if field.renamed_from
        },
    }
