"""A first schema from what exists: files, a database, a JSON Schema, a roster.

A source (`csv_files`, `sql_tables`, `json_schema`, `oneroster`) gives tables. `profile`, `keys` and `refs`
say what their values are evidence of, `drafting` gives names, `yaml_text` writes. Nothing here opens a file
or a connection: the command line does, with the same adapters that will read the data later.
"""

from __future__ import annotations

from .evidence import PullError
from .pulling import NOTHING, Pulled, Taken, check_tree_name, pull, taken_in, tree_name

__all__ = ["NOTHING", "PullError", "Pulled", "Taken", "check_tree_name", "pull", "taken_in", "tree_name"]
