"""Fingerprints as a sieve: what earlier runs have proven of rows need not be proven of the same rows again.

Plain Python, no extra. Rows of both sides are hashed; only those are parsed that are not as they were when
their records were compared.
"""

from __future__ import annotations

from dss_runtime.engines.fingerprints._facts import Facts, Memory
from dss_runtime.engines.fingerprints._sieve import FingerprintSieve

__all__ = ["Facts", "FingerprintSieve", "Memory"]
