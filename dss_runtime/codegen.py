"""The names that generated code imports; nobody else needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dss_runtime._actions import Action
from dss_runtime._blank import blank
from dss_runtime._branch import Branch
from dss_runtime._branch_options import Duplicates
from dss_runtime._cells import BadCellError, Unresolved, number, present, same, text
from dss_runtime._differences import Difference, member_differences
from dss_runtime._fields import Field, ModelInfo
from dss_runtime._generation import Generation, filled
from dss_runtime._guard import DEFAULT_GUARD, Guard
from dss_runtime._lazily import Lazily
from dss_runtime._limits import Limit
from dss_runtime._model import Derivations, Record, bare
from dss_runtime._outcomes import Outcome
from dss_runtime._reading import BranchReading, Cells, Importer
from dss_runtime._recipe import Comparison, FieldRecipe, FieldText, Junction, Recipe, Step
from dss_runtime._routes import Route
from dss_runtime._template import Answer, DefaultTemplate, adapter_writes
from dss_runtime._tree import DataStoreTree, Sync
from dss_runtime._typing import override
from dss_runtime._unclaimed import Unclaimed

if TYPE_CHECKING:
    from dataclasses import dataclass as model_dataclass
else:
    from dss_runtime._model import model_dataclass

__all__ = [
    "DEFAULT_GUARD",
    "Action",
    "Answer",
    "BadCellError",
    "Branch",
    "BranchReading",
    "Cells",
    "Comparison",
    "DataStoreTree",
    "DefaultTemplate",
    "Derivations",
    "Difference",
    "Duplicates",
    "Field",
    "FieldRecipe",
    "FieldText",
    "Generation",
    "Guard",
    "Importer",
    "Junction",
    "Lazily",
    "Limit",
    "ModelInfo",
    "Outcome",
    "Recipe",
    "Record",
    "Route",
    "Step",
    "Sync",
    "Unclaimed",
    "Unresolved",
    "adapter_writes",
    "bare",
    "blank",
    "filled",
    "member_differences",
    "model_dataclass",
    "number",
    "override",
    "present",
    "same",
    "text",
]
