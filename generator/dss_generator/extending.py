"""What a package builds on that adds an adapter or an artefact: the generator's part of it, and no more.

These names stay what they are for as long as `API` is 1; the modules that they come from may change. How a
package makes itself known is told in `docs/how-to/extend-with-a-package.md`.
"""

from __future__ import annotations

from .adapters import Adapter, Options
from .code.fragments import Fragment, code, docstring, ident, joined, lit
from .custom.formats import FORMATS, Format
from .custom.rows import CustomArtefact
from .extensions import API
from .fieldtypes import field_type
from .naming import action, handler, pascal, snake
from .positions import Position
from .problems import GeneratorError, Problems, did_you_mean, shown
from .schema.compound_kinds import Entries, Items, Key
from .schema.kinds import Choice, Flag, Pattern, Text, Whole
from .schema.nodes import ListNode, MapNode, ScalarNode
from .schema.resolved import Branch, Derived, Field, Model, Schema, Sync, Tree, TreeBranch

__all__ = [
    "API",
    "FORMATS",
    "Adapter",
    "Branch",
    "Choice",
    "CustomArtefact",
    "Derived",
    "Entries",
    "Field",
    "Flag",
    "Format",
    "Fragment",
    "GeneratorError",
    "Items",
    "Key",
    "ListNode",
    "MapNode",
    "Model",
    "Options",
    "Pattern",
    "Position",
    "Problems",
    "ScalarNode",
    "Schema",
    "Sync",
    "Text",
    "Tree",
    "TreeBranch",
    "Whole",
    "action",
    "code",
    "did_you_mean",
    "docstring",
    "field_type",
    "handler",
    "ident",
    "joined",
    "lit",
    "pascal",
    "shown",
    "snake",
]
