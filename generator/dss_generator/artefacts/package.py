"""__init__.py: what makes the folder a package."""

from __future__ import annotations

from ..code.fragments import docstring
from ..code.skeleton import Skeleton
from ..project import Context, Project
from ..schema.resolved import Schema


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    return {"doc": docstring("Generated from the schema; import its modules.")}


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of: none."""
    return Skeleton((), 0)
