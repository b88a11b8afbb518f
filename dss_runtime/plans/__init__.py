"""Plans in files: made in the evening, read by a person, applied once, and just as they are."""

from __future__ import annotations

from dss_runtime.plans._fitting import CHANGED
from dss_runtime.plans._header import VERSION, Header, Source
from dss_runtime.plans._lines import PlanHeldError, PlanRefusedError, PlanWriteError
from dss_runtime.plans._read import SavedPlan, Today, open_plan
from dss_runtime.plans._seal import Cipher, Seal, project_seal
from dss_runtime.plans._values import SENSITIVE, Sensitive
from dss_runtime.plans._write import write_plan

__all__ = [
    "CHANGED",
    "SENSITIVE",
    "VERSION",
    "Cipher",
    "Header",
    "PlanHeldError",
    "PlanRefusedError",
    "PlanWriteError",
    "SavedPlan",
    "Seal",
    "Sensitive",
    "Source",
    "Today",
    "open_plan",
    "project_seal",
    "write_plan",
]
