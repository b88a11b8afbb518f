"""What a tree's branch says of its Parquet or Arrow files: where they are, since they tell the rest."""

from __future__ import annotations

from .file_options import file_keys, file_options

keys = file_keys
options = file_options
