"""Why a target does not hold what was written to it: each remaining difference with its likely cause."""

from __future__ import annotations

from dss_runtime.verifying._causes import CAUSES, Cause, cause_of, likely_of
from dss_runtime.verifying._findings import Finding, Likely, find, likely
from dss_runtime.verifying._seen import Seen

__all__ = ["CAUSES", "Cause", "Finding", "Likely", "Seen", "cause_of", "find", "likely", "likely_of"]
