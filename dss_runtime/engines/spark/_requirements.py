"""What has to be installed on this machine."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path


def missing() -> str:
    """Return what is not installed, and how to get it; "" where all is there."""
    for name in ("pyspark", "sqlglot"):
        if find_spec(name) is None:
            return f"{name} is not installed: python -m pip install 'datastoresync[spark]'"
    home = os.environ.get("JAVA_HOME")
    if Path(home, "bin", "java").is_file() if home else shutil.which("java") is not None:
        return ""
    where = f"in JAVA_HOME, which is {home}" if home else "installed"
    return f"Java is not {where}: Apache Spark needs Java 17 or later (openjdk-17-jre-headless on Debian)"
