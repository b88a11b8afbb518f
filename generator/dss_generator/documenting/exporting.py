"""The data dictionary as one JSON object, for other programs.

Keys are added in later versions, and never change or go while `schema_version` stays the same:

- `schema_version`: 1
- `models`, `branches`, `trees`, `syncs`: arrays of objects, whose keys are the attributes of the classes in
  `dictionary`. Pairs of a name and a text are arrays of two.

What a sensitive field has by default or as a constant reads "***".
"""

from __future__ import annotations

import dataclasses
import json

from .dictionary import Dictionary

SCHEMA_VERSION = 1


def json_text(dictionary: Dictionary) -> str:
    """Return *dictionary* as JSON text."""
    found = {"schema_version": SCHEMA_VERSION, **dataclasses.asdict(dictionary)}
    return json.dumps(found, indent=2, ensure_ascii=False)
