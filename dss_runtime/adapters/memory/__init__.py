"""Records that the program holds itself: for tests of the project, and of yours."""

from __future__ import annotations

from dss_runtime.adapters.memory._importer import MemoryImporter
from dss_runtime.adapters.memory._system import MemorySystem
from dss_runtime.adapters.memory._template import MemoryTemplate

__all__ = ["MemoryImporter", "MemorySystem", "MemoryTemplate"]
