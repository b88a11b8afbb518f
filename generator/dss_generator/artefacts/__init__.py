"""The artefacts: what is written into the generated package, a row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..code.skeleton import Skeleton
from ..project import Context, Project
from ..schema.resolved import Schema
from . import actions, branches, importers, models, package, strategies, tables, templates, trees, wiring


def _always(schema: Schema) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Artefact:
    """A generated file: its path, its template, what that prints, what must come out, and when it is due."""

    path: str
    template: str
    context: Callable[[Schema, Project], Context]
    skeleton: Callable[[Schema, Project], Skeleton]
    applies: Callable[[Schema], bool] = _always


ARTEFACTS: tuple[Artefact, ...] = (
    Artefact("__init__.py", "package.jinja", package.context, package.skeleton),
    Artefact("models.py", "models.jinja", models.context, models.skeleton),
    Artefact("actions.py", "actions.jinja", actions.context, actions.skeleton),
    Artefact("branches.py", "branches.jinja", branches.context, branches.skeleton),
    Artefact("trees.py", "trees.jinja", trees.context, trees.skeleton),
    Artefact("tables.py", "tables.jinja", tables.context, tables.skeleton, tables.applies),
    Artefact("importers.py", "importers.jinja", importers.context, importers.skeleton),
    Artefact("templates.py", "templates.jinja", templates.context, templates.skeleton, templates.applies),
    Artefact("strategies.py", "strategies.jinja", strategies.context, strategies.skeleton),
    Artefact("wiring.py", "wiring.jinja", wiring.context, wiring.skeleton),
)
"""In the order in which they import each other. Handler stubs, which are not owned, are in `stubs`."""
