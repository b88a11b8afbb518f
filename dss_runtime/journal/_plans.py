"""Which run has got how far with a plan."""

from __future__ import annotations

import sqlite3


def give_back_plan(connection: sqlite3.Connection, run: int) -> None:
    """Note that the plan of *run* is as far as the last run that has tried something of it."""
    connection.execute(
        "UPDATE plans SET run = (SELECT max(id) FROM runs WHERE plan = mark "
        "AND EXISTS (SELECT 1 FROM works WHERE works.run = id)) WHERE run = ? "
        "AND EXISTS (SELECT 1 FROM runs JOIN works ON works.run = id WHERE plan = mark)",
        (run,),
    )
    connection.execute(
        "DELETE FROM plans WHERE run = ? AND NOT EXISTS (SELECT 1 FROM works WHERE works.run = plans.run)",
        (run,),
    )
