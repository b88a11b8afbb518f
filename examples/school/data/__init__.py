"""A school of any size, made from a seed: PowerSchool's files of this term and Moodle as it was last term."""

from __future__ import annotations

from ._manifest import DirtyRow, Manifest
from ._terms import Changes
from ._write import write_school

__all__ = ["Changes", "DirtyRow", "Manifest", "write_school"]
