"""Keep systems in step: typed records, their differences, and a sync that converges.

A `DataStoreTree` is one system; `left - right` are the differences between two, `left >> right` carries
them out. Trees are generated from a schema (see `dss_generator`) or declared by hand.
"""

from __future__ import annotations

from dss_runtime._actions import Action, Added, Changed, Key, Kind, New, Old, Phase, RecordChange, Removed
from dss_runtime._branch import Branch, DataStoreBranch
from dss_runtime._datastore import DataStore
from dss_runtime._diff import Diff, Engine
from dss_runtime._differences import Difference
from dss_runtime._errors import (
    DeclarationError,
    DssError,
    DuplicateKeyError,
    HeldError,
    PermanentError,
    Place,
    RowError,
    SettingsError,
    SourceError,
    TransientError,
    UnknownOutcomeError,
)
from dss_runtime._examining import Check
from dss_runtime._generation import Generation
from dss_runtime._guard import Guard
from dss_runtime._importer import DefaultImporter
from dss_runtime._limits import Limit
from dss_runtime._model import Model, Record
from dss_runtime._outcomes import Outcome, Status, SyncResult
from dss_runtime._policy import Policy
from dss_runtime._progress import Progress
from dss_runtime._protection import HeldBack
from dss_runtime._sifting import Chosen, load_both
from dss_runtime._template import DefaultTemplate, Work
from dss_runtime._tree import DataStoreTree
from dss_runtime._trips import GuardHeldError, Trip
from dss_runtime._typing import override
from dss_runtime._unclaimed import Unclaimed
from dss_runtime._unreadable import Unreadable

__all__ = [
    "Action",
    "Added",
    "Branch",
    "Changed",
    "Check",
    "Chosen",
    "DataStore",
    "DataStoreBranch",
    "DataStoreTree",
    "DeclarationError",
    "DefaultImporter",
    "DefaultTemplate",
    "Diff",
    "Difference",
    "DssError",
    "DuplicateKeyError",
    "Engine",
    "Generation",
    "Guard",
    "GuardHeldError",
    "HeldBack",
    "HeldError",
    "Key",
    "Kind",
    "Limit",
    "Model",
    "New",
    "Old",
    "Outcome",
    "PermanentError",
    "Phase",
    "Place",
    "Policy",
    "Progress",
    "Record",
    "RecordChange",
    "Removed",
    "RowError",
    "SettingsError",
    "SourceError",
    "Status",
    "SyncResult",
    "TransientError",
    "Trip",
    "Unclaimed",
    "UnknownOutcomeError",
    "Unreadable",
    "Work",
    "load_both",
    "override",
]
