"""From a folder of schema files to a resolved schema."""

from __future__ import annotations

from pathlib import Path

from ..problems import Problems, SchemaError
from . import grammar
from .definitions import merge
from .files import SourceFile, digest, read_folder
from .installed import installed
from .language import Language
from .nodes import MapNode
from .reader import read
from .resolve_branches import resolve_branches
from .resolve_models import resolve_models
from .resolve_renames import check_renames
from .resolve_syncs import resolve_syncs
from .resolve_trees import resolve_trees
from .resolved import Schema

__all__ = ["SchemaError", "load_schema", "read_documents", "resolve"]


def load_schema(folder: Path, language: Language | None = None) -> Schema:
    """Return the meaning of the ``*.yaml`` files below *folder*.

    They are read in *language*, by default with what installed packages add to it. Raises SchemaError with
    every problem that was found, each with its place.
    """
    language = language or installed()
    problems = Problems()
    files = read_folder(folder, problems)
    return resolve(read_documents(files, language, problems), files, language, problems)


def read_documents(files: tuple[SourceFile, ...], language: Language, problems: Problems) -> list[MapNode]:
    """Return the documents of *files* that have the shape of a schema; what is wrong is noted."""
    known = grammar.schema_of(language)
    documents: list[MapNode] = []
    for file in files:
        node = read(file, problems)
        cleaned = known.clean(node, problems) if node is not None else None
        if isinstance(cleaned, MapNode):
            documents.append(cleaned)
    return documents


def resolve(
    documents: list[MapNode], files: tuple[SourceFile, ...], language: Language, problems: Problems
) -> Schema:
    """Return what *documents*, read from *files*, mean together.

    Raises SchemaError with every problem, those noted in *problems* before included.
    """
    definitions = merge(documents, problems)
    models = resolve_models(definitions.models, language.types, problems)
    check_renames(definitions, models, problems)
    branches = resolve_branches(definitions.branches, models, problems)
    trees = resolve_trees(definitions, branches, models, language.adapters, problems)
    syncs = resolve_syncs(definitions.syncs, definitions.trees, trees, problems)
    problems.raise_any()
    return Schema(
        models=tuple(models.found.values()),
        branches=tuple(branches.values()),
        trees=tuple(trees.values()),
        syncs=syncs,
        files=tuple(file.name for file in files),
        digest=digest(files),
    )
