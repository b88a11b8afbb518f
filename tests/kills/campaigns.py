"""One campaign of kills per kind of target."""

from __future__ import annotations

from pathlib import Path

from tests.kills.killing import Campaign, Figures
from tests.kills.school import BaseTarget, ServiceTarget
from tests.kills.service import serving

SEED = 20261125


def kill_over_a_service(folder: Path, kills: int) -> Figures:
    """Kill applies to a web service without transactions."""
    with serving() as service:
        return Campaign(folder / "school", ServiceTarget(service), 150, SEED).run(kills)


def kill_over_a_database(folder: Path, kills: int) -> Figures:
    """Kill applies to a database, each of whose phases is a transaction."""
    return Campaign(folder / "school", BaseTarget(folder / "base.db"), 2000, SEED).run(kills)
