"""`python -m dss_runtime.cli`, for where the script `dss` is not on the PATH."""

from __future__ import annotations

from dss_runtime.cli import main

main()
