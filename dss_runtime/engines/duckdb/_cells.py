"""The columns of a relation as cells that images are made of."""

from __future__ import annotations

from dss_runtime._extras import extra
from dss_runtime.engines.columnar import Cell, Kind

with extra("duckdb"):
    from sqlglot import exp


def cell(alias: str, at: int, kind: Kind) -> Cell:
    """Return the column number *at* of the relation *alias*."""
    return Cell(exp.column(f"c{at}", alias), kind)
