"""What a package builds on that adds an adapter or a field type: the runtime's part of it, and no more.

These names stay what they are for as long as `dss_generator.extending.API` is 1; the modules that they come
from may change. How a package makes itself known is told in `docs/how-to/extend-with-a-package.md`.
"""

from __future__ import annotations

from dss_runtime._actions import Phase
from dss_runtime._errors import DssError, PermanentError, Place, SettingsError, SourceError, TransientError
from dss_runtime._masking import scrub
from dss_runtime._outcomes import Outcome
from dss_runtime._reading import Cells, Importer, SourceRows
from dss_runtime._target import Target
from dss_runtime._template import DefaultTemplate, Work
from dss_runtime._tree import DataStoreTree
from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._source import quoted
from dss_runtime.types.list_ import ListType
from dss_runtime.types.set_ import SetType

__all__ = [
    "Cells",
    "DataStoreTree",
    "DefaultTemplate",
    "DssError",
    "FieldType",
    "Importer",
    "ListType",
    "Outcome",
    "PermanentError",
    "Phase",
    "Place",
    "SetType",
    "SettingsError",
    "SourceError",
    "SourceRows",
    "Target",
    "TransientError",
    "Work",
    "override",
    "quoted",
    "scrub",
]
