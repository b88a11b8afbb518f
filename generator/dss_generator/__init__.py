"""The generator: from a schema in YAML to typed Python."""

from __future__ import annotations

from .custom.declared import Declared
from .generating import Report, check, generate
from .problems import GeneratorError, Problem, ProblemsError, SchemaError
from .project import Project
from .schema.load import load_schema

__all__ = [
    "Declared",
    "GeneratorError",
    "Problem",
    "ProblemsError",
    "Project",
    "Report",
    "SchemaError",
    "check",
    "generate",
    "load_schema",
]
