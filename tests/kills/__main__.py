"""`python -m tests.kills [NUMBER]`: kill so many applies, half of them per kind of target."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.kills.campaigns import kill_over_a_database, kill_over_a_service


def main() -> None:
    """Kill, and print what was seen."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for name, campaign in (("a service", kill_over_a_service), ("a database", kill_over_a_database)):
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            figures = campaign(Path(folder), kills // 2)
        told = {"target": name, **figures.told(), "minutes in all": round((time.monotonic() - begun) / 60, 1)}
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
