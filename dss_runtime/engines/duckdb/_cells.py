"""The columns of a relation as cells that images are made of."""

from __future__ import annotations

from dss_runtime._extras import extra
from dss_runtime.engines.columnar import Cell, Images, Kind

with extra("duckdb"):
    from sqlglot import exp


def cell(alias: str, at: int, kind: Kind) -> Cell:
    """Return the column number *at* of the relation *alias*."""
    return Cell(exp.column(f"c{at}", alias), kind)


def key_columns(side: Images) -> list[str]:
    """Return the columns `k0`, `k1`, … of the key, and whether it is `odd`: there, but not known."""
    unknown = " OR ".join(f"{key.sql('duckdb')} IS NULL" for key in side.key)
    blank = side.blank_key.sql("duckdb")
    columns = [f"{key.sql('duckdb')} AS k{at}" for at, key in enumerate(side.key)]
    return [*columns, f"({unknown}) AND NOT coalesce({blank}, false) AS odd"]


def same_key(side: Images) -> str:
    """Return whether two relations, `l` and `r`, have the same key."""
    return " AND ".join(f"l.k{at} = r.k{at}" for at in range(len(side.key)))
