"""The report of `dss pull --json`: one JSON object.

Keys are added in later versions, and never change or go while `schema_version` stays the same:

- `schema_version`: 1
- `command`: such as "dss pull csv"
- `tree`, `adapter`: the tree of the schema and its adapter
- `schema`: the text of the schema
- `written`: the files that were written
- `settings`: the lines for dss.toml
- `tables`: in the order of the schema, each with
    `title` (in the source), `rows` (how many were looked at, as text), `model`, `branch`, `notes`, `doubts`,
    `key` {"fields", "evidence", "doubts"},
    `fields`, each with `name`, `source` (column or position), `type`, `ref` (a model, or null), `optional`,
    `sensitive`, `evidence`, `doubts`,
    `left_out`, each with `source` and `why`
- `not_taken`: tables that could not be taken, with the reason
- `unreadable`: rows that could not be read, with their places

In messages, what came from `${NAME}` reads "***". No value of the data is in it, but the members of enums.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dss_runtime.cli._secrets import Secrets

if TYPE_CHECKING:
    from dss_generator.pull import Pulled
    from dss_generator.pull.draft import DraftField, DraftTable

SCHEMA_VERSION = 1


def pulled_json(
    pulled: Pulled,
    secrets: Secrets,
    *,
    written: Sequence[str],
    settings: Sequence[str],
    unreadable: Sequence[str],
) -> str:
    """Return the report as JSON text, masked."""
    draft = pulled.draft
    report = {
        "schema_version": SCHEMA_VERSION,
        "command": draft.command,
        "tree": draft.tree,
        "adapter": draft.adapter,
        "schema": pulled.text,
        "written": list(written),
        "settings": [secrets.mask(line) for line in settings],
        "tables": [_table(table) for table in draft.tables],
        "not_taken": list(pulled.empty),
        "unreadable": [secrets.mask(line) for line in unreadable],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _table(table: DraftTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "rows": table.scope,
        "model": table.model,
        "branch": table.branch,
        "notes": list(table.notes),
        "doubts": list(table.doubts),
        "key": {
            "fields": list(table.key),
            "evidence": list(table.key_facts),
            "doubts": list(table.key_doubts),
        },
        "fields": [_field(each) for each in table.fields],
        "left_out": [{"source": each.source, "why": each.why} for each in table.left_out],
    }


def _field(field: DraftField) -> dict[str, Any]:
    return {
        "name": field.name,
        "source": field.source,
        "type": "ref" if field.ref else field.typed.name,
        "ref": field.ref or None,
        "optional": field.optional,
        "sensitive": field.sensitive,
        "evidence": list(field.facts),
        "doubts": list(field.doubts),
    }
